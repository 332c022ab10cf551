"""The audit trail's page: whose records an auditor reads, search, filters, and files of the same."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from measures.choices import Audited, Role, Status
from measures.database.append_only import AUDIT, unguarded
from measures.models import AuditRecord, Checklist, audit
from tests.make import NOW, PASSWORD, SignIn, change, find_item, make_checklist, make_user
from tests.sheets import by_heading

ENGLISH = {"Accept-Language": "en"}


def shown(client: Client, query: str = "") -> list[AuditRecord]:
    return [row["record"] for row in client.get(f"/audit/{query}", headers=ENGLISH).context["rows"]]


def about(client: Client, query: str = "") -> list[str]:
    return [record.about for record in shown(client, query)]


@pytest.fixture
def reading(auditor: User, sign_in: SignIn) -> Client:
    return sign_in(auditor)


@pytest.fixture
def changed(checklist: Checklist, administrator: User) -> Checklist:
    """One item in progress since NOW; another done two days before."""
    change(find_item(checklist, "1.1.1"), by=administrator, status=Status.IN_PROGRESS, notes="开了会")
    earlier = NOW - timedelta(days=2)
    change(find_item(checklist, "2.1.1"), by=administrator, at=earlier, status=Status.DONE)
    return checklist


class TestWhoReadsWhat:
    def test_an_auditor_reads_their_checklist_and_those_below_and_no_other(
        self, checklist: Checklist, stranger: User, reading: Client
    ) -> None:
        below = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
        change(find_item(below), by=make_user("below", below, Role.ADMINISTRATOR), notes="below")
        elsewhere = Checklist.objects.get(slug="elsewhere")
        change(find_item(elsewhere), by=stranger, notes="elsewhere")

        slugs = {record.checklist_slug for record in shown(reading)}

        assert slugs == {"", "henan", "zhengzhou"}

    def test_an_auditor_below_reads_nothing_of_above_and_nothing_site_wide(
        self, changed: Checklist, sign_in: SignIn
    ) -> None:
        below = make_checklist("zhengzhou", "郑州", changed.catalogue, parent=changed)
        client = sign_in(make_user("below", below, Role.AUDITOR))
        Client().post("/sign-in/", {"username": "nobody", "password": "x"})

        assert {record.checklist_slug for record in shown(client)} == {"zhengzhou"}

    def test_an_auditor_of_the_root_reads_the_sign_ins_of_their_own_people_and_of_nobody_known(
        self, checklist: Checklist, stranger: User, viewer: User, reading: Client
    ) -> None:
        operator = User.objects.create_superuser("operator", password=PASSWORD)
        for user in (stranger, viewer, operator):
            Client().force_login(user)
        Client().post("/sign-in/", {"username": "nobody", "password": "x"})

        names = {record.by_name for record in shown(reading) if not record.checklist_slug}

        assert names == {"auditor", "viewer", "operator", "nobody"}

    def test_the_operator_reads_it_all(self, changed: Checklist, stranger: User, sign_in: SignIn) -> None:
        client = sign_in(User.objects.create_superuser("operator"))

        assert {record.checklist_slug for record in shown(client)} == {"", "henan", "elsewhere"}

    @pytest.mark.parametrize("name", ["administrator", "editor", "viewer", "stranger"])
    def test_nobody_else_reads_or_takes_it_and_their_menu_does_not_lead_there(
        self, name: str, request: pytest.FixtureRequest, sign_in: SignIn
    ) -> None:
        client = sign_in(request.getfixturevalue(name))

        assert client.get("/audit/").status_code == 403
        assert client.get("/audit/?format=csv").status_code == 403
        assert "/audit/" not in client.get("/checklists/").content.decode()

    def test_an_auditors_menu_leads_there(self, reading: Client) -> None:
        assert 'href="/audit/"' in reading.get("/checklists/").content.decode()

    def test_one_who_audits_no_longer_is_refused_at_the_next_request(
        self, auditor: User, reading: Client
    ) -> None:
        assert reading.get("/audit/").status_code == 200
        auditor.memberships.update(role=Role.VIEWER)

        assert reading.get("/audit/").status_code == 403


class TestReadingIsRecorded:
    def test_reading_leaves_a_record_with_the_filters(self, changed: Checklist, reading: Client) -> None:
        reading.get("/audit/?q=开了会", headers=ENGLISH, REMOTE_ADDR="10.0.0.7")

        record = AuditRecord.objects.order_by("pk")[AuditRecord.objects.count() - 1]
        assert (record.action, record.by_name, record.by_role, record.address) == (
            Audited.AUDIT_READ,
            "auditor",
            "auditor",
            "10.0.0.7",
        )
        assert "开了会" in record.after

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_so_does_taking_it_away(self, changed: Checklist, reading: Client, kind: str) -> None:
        before = AuditRecord.objects.order_by("-pk")[0].pk

        reading.get(f"/audit/?format={kind}")

        kept = AuditRecord.objects.filter(pk__gt=before)
        assert [record.action for record in kept] == [Audited.AUDIT_EXPORTED]


class TestFilters:
    def test_a_search_looks_at_names_objects_and_what_changed(
        self, changed: Checklist, reading: Client
    ) -> None:
        assert about(reading, "?q=开了会&action=item_changed") == ["1.1.1 简 措施 1.1.1"]
        assert about(reading, "?q=2.1.1&action=item_changed") == ["2.1.1 简 措施 2.1.1"]
        assert about(reading, "?q=administrator 1.1.1&action=item_changed") == ["1.1.1 简 措施 1.1.1"]
        assert about(reading, "?q=nothing-like-it") == []

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("action=item_changed", 2),
            ("who=ADMIN&action=item_changed", 2),
            ("who=nobody", 0),
            ("checklist=henan&action=item_changed", 2),
            ("day_from=2026-11-24&action=item_changed", 1),
            ("day_to=2026-11-23&action=item_changed", 1),
            ("day_from=2026-11-22&day_to=2026-11-24&action=item_changed", 2),
        ],
    )
    def test_each_filter_keeps_what_it_says(
        self, changed: Checklist, reading: Client, query: str, count: int
    ) -> None:
        assert len(shown(reading, f"?{query}")) == count

    @pytest.mark.parametrize(
        "query",
        ["day_from=never", "day_to=9999-12-31", "day_from=0001-01-01", "action=flown", "checklist=elsewhere"],
    )
    def test_a_bad_filter_is_an_error_and_shows_no_record(
        self, changed: Checklist, stranger: User, reading: Client, query: str
    ) -> None:
        for address in (f"/audit/?{query}", f"/audit/?{query}&format=csv"):
            page = reading.get(address)

            assert page.status_code == 422
            assert page.context["rows"] == []
            assert page.context["filter"].form.errors

    def test_words_are_looked_for_among_the_newest_unless_a_first_day_is_given(
        self, changed: Checklist, reading: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("measures.audit.filters.AuditFilter.searched", 3)
        for number in range(3):
            audit(Audited.EXPORTED, at=NOW, checklist=changed, about=f"later {number}")
        words = "Only the newest 3 records were searched"

        for query in ("q=later", "who=nobody"):
            page = reading.get(f"/audit/?{query}", headers=ENGLISH)
            assert words in page.content.decode()
        assert about(reading, "?q=1.1.1&action=item_changed") == []
        assert about(reading, "?q=1.1.1&day_from=2026-11-24&action=item_changed") == ["1.1.1 简 措施 1.1.1"]
        assert words not in reading.get("/audit/?action=exported", headers=ENGLISH).content.decode()

    @pytest.mark.parametrize("before", ["x", "-1", "²", "9" * 30, ""])
    def test_a_bad_place_to_go_on_from_shows_the_newest(self, reading: Client, before: str) -> None:
        assert shown(reading, f"?before={before}")

    def test_an_unknown_file_is_not_found(self, reading: Client) -> None:
        assert reading.get("/audit/?format=exe").status_code == 404


def test_one_pages_through_to_the_oldest_and_no_record_comes_twice(
    checklist: Checklist, reading: Client
) -> None:
    for number in range(120):
        audit(Audited.EXPORTED, at=NOW, checklist=checklist, about=str(number))
    seen: list[str] = []
    page: Any = reading.get("/audit/?action=exported")
    while True:
        seen += [row["record"].about for row in page.context["rows"]]
        if page.context["older"] is None:
            break
        page = reading.get(f"/audit/?action=exported&before={page.context['older']}")

    assert seen == [str(number) for number in reversed(range(120))]


def test_the_page_costs_the_same_for_few_records_and_for_many(
    checklist: Checklist, reading: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    asked = []
    for extra in (3, 45):
        for number in range(extra):
            audit(
                Audited.ITEM_CHANGED,
                at=NOW,
                checklist=checklist,
                about=f"1.1.1 {number}",
                after={"due": None},
            )
        with django_assert_max_num_queries(20) as caught:
            reading.get("/audit/")
        asked.append(len(caught))

    assert asked[0] == asked[1]


def test_the_page_says_in_words_what_changed(changed: Checklist, reading: Client) -> None:
    page = reading.get("/audit/?action=item_changed", headers={"Accept-Language": "zh-CN"}).content.decode()

    assert "<del>未启动</del> → 推进中" in page
    assert 'href="/checklists/henan/items/1.1.1/"' in page
    assert "开了会" in page
    assert f">第{shown(reading, '?action=item_changed')[0].pk}号<" in page


def test_nothing_that_somebody_typed_runs_in_the_page(checklist: Checklist, reading: Client) -> None:
    Client().post("/sign-in/", {"username": "<script>alert(1)</script>", "password": "x"})

    page = reading.get("/audit/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_forged_record_does_not_keep_the_page_from_being_read(changed: Checklist, reading: Client) -> None:
    with unguarded(AUDIT):
        from django.db import connection

        connection.cursor().execute(f"UPDATE {AUDIT} SET after = '[1', about = '../..', checklist_slug = ''")

    assert reading.get("/audit/").status_code == 200


@pytest.fixture
def formulas(checklist: Checklist) -> list[str]:
    typed = ["=1+1", "+1", "-1", "@sum", "＝1"]
    for name in typed:
        audit(Audited.SIGN_IN_FAILED, at=NOW, by_name=name, about="x")
    return typed


def test_the_csv_holds_what_the_filters_keep_and_no_formula(formulas: list[str], reading: Client) -> None:
    body = reading.get("/audit/?action=sign_in_failed&format=csv", headers=ENGLISH).content

    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert body.startswith(b"\xef\xbb\xbf")
    assert [row["Who"] for row in rows] == [f"'{name}" for name in formulas]
    assert {(row["When"], row["Action"]) for row in rows} == {("2026-11-24 09:30:00", "Sign-in failed")}
    assert {row["Hash"] for row in rows} == set(
        AuditRecord.objects.filter(action="sign_in_failed").values_list("hash", flat=True)
    )


def test_the_xlsx_opens_with_real_moments_and_no_formula(formulas: list[str], reading: Client) -> None:
    answer = reading.get("/audit/?action=sign_in_failed&format=xlsx", headers=ENGLISH)

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = by_heading(sheet.values)
    assert [row["Who"] for row in rows] == formulas
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d"}
    assert rows[0]["When"] == NOW.replace(tzinfo=None)
    assert "attachment" in answer["Content-Disposition"]


def test_a_file_that_would_be_too_big_is_refused_in_words(
    formulas: list[str], reading: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("measures.views.site.audit.EXPORT_LIMIT", 3)

    page = reading.get("/audit/?action=sign_in_failed&format=csv", headers=ENGLISH)

    assert page.status_code == 422
    assert "A file can have at most 3 records" in page.content.decode()
