"""After an upgrade: what an address means, what a unit confirms, past lists, and a tree that is moved."""

import io
from datetime import date
from unittest import mock

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from measures.choices import Audited, Status
from measures.editions.mapping import MappedPair, save_mapping
from measures.editions.pairs import PairKind
from measures.editions.tree import upgrade_below
from measures.editions.upgrading import upgrade
from measures.ledger.facts import facts_of
from measures.lights import start_of_day
from measures.models import (
    Answered,
    AuditRecord,
    Checklist,
    EditionMapping,
    Measure,
)
from measures.models.past_words import keep_past_words, words_now
from measures.reports.bulletin import BulletinDays, bulletin_of_owners
from tests.make import NOW, find_item, make_catalogue, make_checklist
from tests.sheets import changes, saved, upload
from tests.upgrades.make import BEFORE, DAY, LATER, csv_of, now

ITEMS = "/checklists/henan/items/"


def test_an_address_means_todays_edition_and_a_day_or_an_edition_asked_for(
    worked_on: Checklist, mapping: EditionMapping, administrator: User, client: Client
) -> None:
    retired, renumbered = find_item(worked_on, "2.1.2"), find_item(worked_on, "1.1.2")
    Checklist.objects.filter(pk=worked_on.pk).update(opened_at=timezone.now() - 10 * DAY)
    upgrade(worked_on, mapping, by=administrator, at=timezone.now() - DAY)
    day = (timezone.localdate() - 3 * DAY).isoformat()
    client.force_login(administrator)

    assert client.get(f"{ITEMS}1.1.3/").context["item"] == renumbered
    then = client.get(f"{ITEMS}1.1.2/?as_of={day}")
    assert then.context["item"] == renumbered
    assert then.context["measure"].code == "1.1.2"
    assert client.get(f"{ITEMS}1.1.2@test/").headers["Location"] == f"{ITEMS}1.1.3/"
    gone = client.get(f"{ITEMS}2.1.2@test/")
    assert gone.context["item"] == retired
    assert "form" not in gone.context or gone.context["form"] is None
    assert client.get(f"{ITEMS}2.1.2@test/dossier/").status_code == 200
    assert client.get(f"{ITEMS}2.1.2@other/").status_code == 404
    assert client.post(f"{ITEMS}2.1.2@test/", {"status": "done"}).status_code == 302
    retired.refresh_from_db()
    assert retired.status == Status.DONE or retired.version == 2


def test_the_unit_confirms_a_new_wording_and_nobody_else(
    worked_on: Checklist, mapping: EditionMapping, administrator: User, editor: User, client: Client
) -> None:
    upgrade(worked_on, mapping, by=administrator, at=LATER)
    item = find_item(worked_on, "1.2.1")
    item = item if item.owner == editor.memberships.get().owner else find_item(worked_on, "2.1.2")
    address = f"{ITEMS}{item.measure.code}/confirm-wording/"
    client.force_login(administrator)
    assert client.post(address).status_code == 403
    client.force_login(editor)
    assert "confirm-wording" in client.get(item.get_absolute_url()).text

    client.post(address)

    item.refresh_from_db()
    assert not item.to_confirm
    assert AuditRecord.objects.filter(action=Audited.WORDING_CONFIRMED).count() == 1


def test_a_tree_that_was_stopped_half_way_goes_on_where_it_was(
    checklist: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    below = [make_checklist(f"unit-{number}", f"单位{number}", mapping.old, checklist) for number in range(4)]
    steps = upgrade_below(
        checklist, mapping.new, {mapping.old_id: mapping}, by=administrator, clock=lambda: LATER
    )
    assert [next(steps).done, next(steps).done] == [1, 2]
    stopped = mock.patch.object(Answered.objects, "bulk_create", side_effect=[[], KeyboardInterrupt])
    with stopped, pytest.raises(KeyboardInterrupt):
        next(steps)
    assert Checklist.objects.filter(catalogue=mapping.new).count() == 2

    out = io.StringIO()
    call_command("upgrade_checklists", "henan", "second", by=administrator.username, stdout=out)

    assert "Moved 3 checklists to second." in out.getvalue()
    for one in [checklist, *below]:
        assert {item.measure.section.pillar.catalogue_id for item in now(one).values()} == {mapping.new_id}
        assert one.editions.count() == 2


def test_an_upgrade_asks_the_database_as_often_for_60_items_as_for_12(
    checklist: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    with CaptureQueriesContext(connection) as few:
        upgrade(checklist, mapping, by=administrator, at=LATER)
    old, new = (make_catalogue(2, 2, 15, slug=slug) for slug in ("long", "longer"))
    codes = [measure.code for measure in Measure.objects.shared_by(old)]
    pairs = [MappedPair((code,), (code,), PairKind.REWORDED, certain=True) for code in codes[3:]]
    pairs += [MappedPair(tuple(codes[:3]), (codes[0],), PairKind.MERGED, certain=True)]
    pairs += [MappedPair((), (code,), PairKind.NEW, certain=True) for code in codes[1:3]]
    longer = save_mapping(old, new, pairs, revision=0, by=administrator, at=NOW)
    large = make_checklist("large", "大", old)

    with CaptureQueriesContext(connection) as many:
        upgrade(large, longer, by=administrator, at=LATER)

    assert len(many) <= len(few) + 2


def test_reloaded_words_leave_earlier_days_as_they_read(worked_on: Checklist, administrator: User) -> None:
    before = csv_of(worked_on, BEFORE.date())
    words = words_now()
    measure = find_item(worked_on, "1.1.1").measure
    for name in ("title_en", "title_zh_hans", "title_zh_hant"):
        setattr(measure, name, "改过的措施")
    measure.save()
    section = measure.section
    setattr(section, "title_zh_hans", "改过的板块")  # noqa: B010 (mypy does not know the column)
    section.save()

    assert keep_past_words(words, at=LATER) == 2

    assert csv_of(worked_on, BEFORE.date()) == before
    assert "改过的措施" in csv_of(worked_on, LATER.date()).decode("utf-8-sig")
    with translation.override("zh-hans"):
        then = facts_of(worked_on.items.as_of(BEFORE.date()).in_order())[0]
        today = facts_of(worked_on.items.in_order())[0]
    assert (then.title, then.section_title) == ("简 措施 1.1.1", "简 板块 1.1")
    assert (today.title, today.section_title) == ("改过的措施", "改过的板块")


def test_a_list_of_a_past_day_has_its_codes_and_counts(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    with translation.override("zh-hans"):
        before = facts_of(worked_on.items.as_of(BEFORE.date()).there_by(BEFORE.date()).in_order())
    on, since = BEFORE.date(), start_of_day(NOW.date())
    sums = sorted(worked_on.items.counted_by_unit(on=on, since=since, by="section"))

    upgrade(worked_on, mapping, by=administrator, at=LATER)

    then = worked_on.items.as_of(BEFORE.date()).there_by(BEFORE.date())
    with translation.override("zh-hans"):
        found = facts_of(then.in_order())
    assert [(one.pk, one.code, one.title, one.section, one.pillar) for one in found] == [
        (one.pk, one.code, one.title, one.section, one.pillar) for one in before
    ]
    assert sorted(then.counted_by_unit(on=on, since=since, by="section")) == sums


def test_a_bulletin_of_a_past_day_counts_the_items_of_then(
    worked_on: Checklist, mapping: EditionMapping, administrator: User
) -> None:
    asked = BulletinDays(date(2027, 1, 31), NOW.date(), None, NOW, "甲")
    at = start_of_day(date(2027, 3, 1))
    before = bulletin_of_owners(worked_on, asked)

    upgrade(worked_on, mapping, by=administrator, at=at)

    after = bulletin_of_owners(worked_on, asked)
    assert before.whole.in_force == 12
    assert (after.rows, after.whole, after.late) == (before.rows, before.whole, before.late)


def rewritten(content: bytes, kind: str, words: dict[str, str]) -> bytes:
    """The file with some of its texts replaced, as somebody types over cells."""
    if kind == "csv":
        text = content.decode("utf-8-sig")
        for old, new in words.items():
            text = text.replace(old, new)
        return text.encode()
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if str(cell.value) in words:
                cell.value = words[str(cell.value)]
    return saved(book)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_of_the_former_edition_reaches_the_items_that_it_meant(
    worked_on: Checklist, mapping: EditionMapping, administrator: User, client: Client, kind: str
) -> None:
    client.force_login(administrator)
    sheet = client.get(f"{ITEMS}?format={kind}&columns=code,notes").content
    upgrade(worked_on, mapping, by=administrator, at=timezone.now())

    changed = rewritten(sheet, kind, {"备注 1.1.2": "从旧表来", "备注 2.1.2": "停用的"})
    page = upload(client, changed, f"list.{kind}")

    assert [(code, then) for code, _field, _now, then in changes(page)] == [("1.1.3", "从旧表来")]
    assert "This checklist has no item with this code." in page.text
