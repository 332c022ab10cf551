"""Better words for a published edition: the old ones stay, for its page and for past days."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from measures.choices import Audited, Role
from measures.models import AuditRecord, Catalogue, Checklist, Measure, Membership, PastWording
from tests.outline_make import make_draft, measure_of, operator, part, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_engine]

__all__ = ["operator"]  # fixtures are found by their names

NEW = {"title_zh_hans": "门口贴好限载牌", "detail_zh_hans": "逐门查看。", "terms_zh_hans": "限载、门口"}


@pytest.fixture
def published() -> Catalogue:
    made = make_draft()
    Catalogue.objects.update(is_draft=False)
    return made


def address(code: str) -> str:
    return f"/catalogues/safety/words/m{measure_of(code).pk}/"


def seen_at(operator: Client, page: str) -> dict[str, str]:
    found = re.findall(r'name="seen" value="(\w+)"', operator.get(page).content.decode())
    return {"seen": found[0]}


def test_a_corrected_measure_shows_both_wordings_and_keeps_its_meaning(
    operator: Client, published: Catalogue
) -> None:
    page = address("1.1.1")
    meaning = {"code": "9.9.9", "cadence": "standing", "source": "第九条"}

    answer = operator.post(page, NEW | meaning | seen_at(operator, page))

    measure = measure_of("1.1.1")
    assert answer.headers["Location"] == f"/catalogues/safety/#m{measure.pk}"
    texts = words_of("1.1.1")
    assert (texts["title_zh_hans"], texts["title_en"]) == (NEW["title_zh_hans"], NEW["title_zh_hans"])
    assert (measure.cadence, measure.source, measure.section.code) == ("once", "第一条", "1.1")
    shown = operator.get("/catalogues/safety/").content.decode()
    assert "<del>门口贴限载牌</del> <ins>门口贴好限载牌</ins>" in shown
    assert timezone.localdate().isoformat() in shown
    assert "逐门查看。</del>" not in shown
    record = AuditRecord.objects.get(action=Audited.CATALOGUE_EDITED)
    assert ("门口贴限载牌" in record.before, "门口贴好限载牌" in record.after) == (True, True)


def test_a_part_is_corrected_too(operator: Client, published: Catalogue) -> None:
    for code, title in (("1.1", "出口与入口"), ("1", "各场所")):
        page = f"/catalogues/safety/words/{part(code)}/"
        operator.post(page, {"title_zh_hans": title} | seen_at(operator, page))

    shown = operator.get("/catalogues/safety/").content.decode()
    assert "<del>出入口</del> <ins>出口与入口</ins>" in shown
    assert "<del>场所</del> <ins>各场所</ins>" in shown


def test_a_past_days_csv_keeps_the_words_of_that_day(operator: Client, published: Catalogue) -> None:
    now = timezone.now()
    checklist = Checklist(slug="works", name="厂区", catalogue=published, period="2026")
    checklist.open(at=now - timedelta(days=9))
    Membership.objects.create(
        user=User.objects.get(username="operator"), checklist=checklist, role=Role.ADMINISTRATOR
    )
    past = (timezone.localdate() - timedelta(days=2)).isoformat()

    def titles(query: str) -> list[str]:
        content = operator.get(f"/checklists/works/report/?format=csv{query}").content.decode("utf-8-sig")
        return [cell for row in csv.reader(io.StringIO(content)) for cell in row if "限载牌" in cell]

    before = titles(f"&as_of={past}")
    for title in ("门口贴好限载牌", "每门贴限载牌"):
        page = address("1.1.1")
        operator.post(page, NEW | {"title_zh_hans": title} | seen_at(operator, page))

    assert titles("") == ["每门贴限载牌"]
    assert titles(f"&as_of={past}") == before == ["门口贴限载牌"]
    assert PastWording.objects.count() == 2


def test_who_is_second_sees_both_wordings(operator: Client, published: Catalogue) -> None:
    page = address("1.1.1")
    seen = seen_at(operator, page)
    operator.post(page, NEW | seen)

    again = operator.post(page, NEW | {"title_zh_hans": "我的写法"} | seen)

    assert again.status_code == 409
    assert "我的写法" in again.content.decode()
    assert NEW["title_zh_hans"] in again.content.decode()
    assert words_of("1.1.1")["title_zh_hans"] == NEW["title_zh_hans"]


def test_saving_the_same_words_keeps_no_old_ones(operator: Client, published: Catalogue) -> None:
    page = address("1.1.2")
    same = {"title_zh_hans": "出口常年畅通", "detail_zh_hans": "每月走一遍。", "terms_zh_hans": "出口"}

    operator.post(page, same | seen_at(operator, page))

    assert not PastWording.objects.exists()
    assert operator.post(page, {"title_zh_hans": ""} | seen_at(operator, page)).status_code == 422


def test_a_draft_has_no_old_words_and_others_correct_none(
    operator: Client, published: Catalogue, administrator: User
) -> None:
    page, other = address("1.1.1"), Client()
    other.force_login(administrator)
    assert other.get(page).status_code == 403
    assert "/words/" not in other.get("/catalogues/safety/").content.decode()
    for key in ("m0", "p0", "s0", "x1", "m" + "9" * 30, "m٣"):
        assert operator.get(f"/catalogues/safety/words/{key}/").status_code == 404
    Catalogue.objects.update(is_draft=True)
    assert operator.get(page).status_code == 404


def test_the_next_edition_begins_as_a_copy_and_knows_what_it_follows(
    operator: Client, published: Catalogue
) -> None:
    begin = "/catalogues/new/?from=safety"
    assert 'value="safety-2"' in operator.get(begin).content.decode()
    head = {"title_zh_hans": "安全生产", "levels_zh_hans": "章/节/条", "date": "2027-01-01"}
    assert operator.post(begin, head | {"slug": "safety"}).status_code == 422
    assert operator.post(begin, head | {"slug": "new"}).status_code == 422

    operator.post(begin, head | {"slug": "safety-2"})

    made = Catalogue.objects.get(slug="safety-2")
    assert (made.previous, made.is_draft, made.date.year) == (published, True, 2027)
    codes = [list(Measure.objects.shared_by(one).values_list("code", flat=True)) for one in (published, made)]
    assert codes[0] == codes[1]
