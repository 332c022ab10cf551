"""A saved view names a place of the article, whatever its codes look like; an upgrade takes it along."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from measures.editions.mapping import MappedPair, save_mapping
from measures.editions.pairs import PairKind
from measures.editions.upgrading import upgrade
from measures.models import Catalogue, Checklist, EditionMapping, Measure, SavedView, Section
from tests.make import NOW, find_item, in_three, make_catalogue, make_checklist
from tests.upgrades.make import LATER

pytestmark = pytest.mark.any_engine


def with_chapters(slug: str, chapter: str) -> Catalogue:
    """Parts A and B; in each a chapter, in that two sections, in each three articles that count through."""
    made = make_catalogue(slug=slug)
    for pillar, letter in zip(made.pillars.order_by("code"), "AB", strict=True):
        type(pillar).objects.filter(pk=pillar.pk).update(code=letter)
        outer = Section.objects.create(
            pillar=pillar, code=f"{letter}{chapter}", **in_three(title="章", summary="章")
        )
        for number, section in enumerate(pillar.sections.exclude(pk=outer.pk).order_by("code"), start=1):
            code = f"{letter}{chapter}-节{number}"
            Section.objects.filter(pk=section.pk).update(code=code, parent=outer)
    for number, measure in enumerate(Measure.objects.shared_by(made), start=1):
        Measure.objects.filter(pk=measure.pk).update(code=f"第{number}条")
    return made


def test_views_follow_codes_of_any_scheme(administrator: User) -> None:
    old, new = with_chapters("old", "一"), with_chapters("new", "二")
    checklist = make_checklist("articles", "条文", old)
    codes = [f"第{number}条" for number in range(1, 13)]
    moved = [*codes[3:6], *codes[:3], *codes[6:]]  # the first two sections change places
    pairs = [
        MappedPair((one,), (other,), PairKind.MOVED, certain=True)
        for one, other in zip(codes, moved, strict=True)
    ]
    mapping = save_mapping(old, new, pairs, revision=0, by=administrator, at=NOW)
    asked = {"section=A一-节1": "A二-节2", "section=A一": "A二", "pillar=B": "B", "q=第1条": "第4条"}
    views = [
        SavedView.objects.create(checklist=checklist, user=administrator, name=query, query=query)
        for query in asked
    ]

    upgrade(checklist, mapping, by=administrator, at=LATER)

    found = SavedView.objects.in_bulk([view.pk for view in views])
    said = {view.name: found[view.pk].query for view in views}
    assert {name: next(iter(QueryDict(query).values())) for name, query in said.items()} == asked


def test_a_list_of_a_past_day_is_searched_by_the_codes_and_words_of_then(
    worked_on: Checklist, mapping: EditionMapping, administrator: User, client: Client
) -> None:
    now = timezone.now()
    Checklist.objects.filter(pk=worked_on.pk).update(opened_at=now - timedelta(20))
    renumbered = find_item(worked_on, "1.1.2")
    worked_on.refresh_from_db()
    upgrade(worked_on, mapping, by=administrator, at=now - timedelta(1))
    client.force_login(administrator)
    day = (timezone.localdate() - timedelta(5)).isoformat()

    def found(query: str) -> list[int]:
        page = client.get(f"/checklists/henan/items/?{query}")
        return [row.facts.pk for row in page.context["rows"]]

    assert found(f"q=1.1.2&as_of={day}") == [renumbered.pk]
    assert found(f"q=second&as_of={day}") == []
    assert renumbered.pk in found("q=1.1.3 second")
