"""The progress report: the same figures on the page, in CSV and in XLSX, read back by real readers."""

import csv
import io
import itertools
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from measures.choices import PeriodKind, Status
from measures.models import Checklist, Owner
from measures.reports import FORMATS
from measures.reports.cells import FORMULA_STARTS
from tests.make import SignIn, change, find_item, make_catalogue, make_checklist, make_periods
from tests.sheets import by_heading

ADDRESS = "/checklists/henan/report/"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def filled(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    """Five items annotated: one late in each pillar, one done, one standing, one dropped."""
    today = timezone.localdate()
    annotations: dict[str, dict[str, Any]] = {
        "1.1.1": {
            "status": Status.DONE,
            "owner": owner,
            "due": today - timedelta(9),
            "notes": "已完成\n第二行",
        },
        "1.1.2": {"status": Status.BLOCKED, "owner": owner, "due": today - timedelta(3)},
        "1.2.1": {"status": Status.STANDING},
        "2.1.1": {"status": Status.IN_PROGRESS, "due": today - timedelta(12), "notes": "=1+1"},
        "2.2.3": {"status": Status.DROPPED, "due": today + timedelta(3)},
    }
    for code, values in annotations.items():
        change(find_item(checklist, code), by=administrator, at=timezone.now(), **values)
    return checklist


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def read_csv(client: Client, query: str = "") -> list[list[str]]:
    content = client.get(f"{ADDRESS}?format=csv{query}", headers=ENGLISH).content
    assert content.startswith(b"\xef\xbb\xbf")  # or Excel garbles Chinese
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(client: Client, query: str = "", headers: dict[str, str] = ENGLISH) -> Any:
    content = client.get(f"{ADDRESS}?format=xlsx{query}", headers=headers).content
    return openpyxl.load_workbook(io.BytesIO(content))


def cells_of(sheet: Any, code: str) -> dict[str, Any]:
    """The cells of the row of this code, by their headings."""
    headings, *rows = sheet.iter_rows()
    told = by_heading([[heading.value for heading in headings], *rows])
    return next(row for row in told if row["Code"].value == code)


def summary_counts(book: Any, caption: str) -> dict[str, dict[str, Any]]:
    """The rows of one table of the summary sheet by their name, each figure by its heading."""
    rows = list(book["Summary"].iter_rows(values_only=True))
    start = next(place for place, (name, *_) in enumerate(rows) if name == caption) + 1
    table = itertools.takewhile(lambda row: row[0] is not None, rows[start:])
    headings, *groups = table
    return {name: dict(zip(headings[1:], figures, strict=True)) for name, *figures in groups}


def test_page_csv_and_xlsx_say_the_same_figures(filled: Checklist, client: Client) -> None:
    report = client.get(ADDRESS, headers=ENGLISH).context["report"]
    rows, book = read_csv(client), read_xlsx(client)

    items = by_heading(rows)
    for one in report.whole.statuses:
        assert sum(row["Status"] == str(one.status.label) for row in items) == one.count
    assert len(items) == report.whole.total == 12
    pillars = summary_counts(book, "By pillar")
    assert len(pillars) == 3
    for counts in (*report.pillars, report.whole):
        cells = pillars[f"{counts.code} {counts.title}".strip()]
        assert cells["Items"] == counts.total
        for one in counts.statuses:
            assert cells[str(one.status.label)] == one.count
            assert cells[f"{one.status.label} %"] == pytest.approx(one.count / counts.total)
        assert cells["Overdue"] == counts.overdue
    assert len(summary_counts(book, "By section")) == len(report.sections) == 4
    sheet = by_heading(book["Items"].values)
    codes = [row.code for row in report.rows]
    assert [row["Code"] for row in sheet] == [row["Code"] for row in items] == codes
    assert [row["Status"] for row in sheet] == [row["Status"] for row in items]


def test_the_report_takes_the_lists_own_filters(filled: Checklist, client: Client) -> None:
    for query in ("&pillar=2", "&status=done&status=blocked", "&due=overdue", "&q=已完成", "&section=1.2"):
        listed = client.get(reverse("items", args=["henan"]) + f"?{query}").context["page"]
        codes = [facts.code for facts in listed]

        assert [row["Code"] for row in by_heading(read_csv(client, query))] == codes
        assert [row["Code"] for row in by_heading(read_xlsx(client, query)["Items"].values)] == codes


def test_the_report_names_its_filters_in_words(filled: Checklist, client: Client) -> None:
    page = client.get(
        f"{ADDRESS}?pillar=2&status=done", headers={"Accept-Language": "zh-CN"}
    ).content.decode()

    assert "方面：2 简 支柱 2" in page
    assert "状态：已完成" in page


def test_what_is_overdue_comes_latest_first_with_its_days(filled: Checklist, client: Client) -> None:
    report = client.get(ADDRESS).context["report"]

    assert [(row.code, row.days_late) for row in report.overdue] == [("2.1.1", 12), ("1.1.2", 3)]


def test_every_share_is_of_its_own_rows_items(filled: Checklist, client: Client) -> None:
    first = client.get(ADDRESS).context["report"].pillars[0]

    assert first.total == 6
    assert [one.share for one in first.statuses] == pytest.approx([50, 0, 100 / 6, 100 / 6, 100 / 6, 0])


def test_an_empty_report_divides_by_nothing(filled: Checklist, client: Client) -> None:
    response = client.get(f"{ADDRESS}?q=没有这样的词")

    assert response.status_code == 200
    assert response.context["report"].whole.statuses[0].share is None
    assert read_xlsx(client, "&q=没有这样的词")["Items"].max_row == 1


def test_the_sheet_has_real_dates_frozen_heads_and_an_autofilter(filled: Checklist, client: Client) -> None:
    sheet = read_xlsx(client)["Items"]
    row = cells_of(sheet, "1.1.1")

    assert isinstance(row["Due"].value, datetime)
    assert row["Due"].value.date() == timezone.localdate() - timedelta(9)
    assert isinstance(row["Last update"].value, datetime)
    assert row["Notes"].value == "已完成\n第二行"
    assert row["Notes"].alignment.wrap_text
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.column_dimensions[row["Notes"].column_letter].width > 50


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_is_run_as_a_formula(
    checklist: Checklist, administrator: User, client: Client, start: str
) -> None:
    text = f"{start}SUM(1,2)" if start != "\0" else "@SUM(1,2)"
    change(find_item(checklist), by=administrator, notes=text)

    in_csv = next(row for row in by_heading(read_csv(client)) if row["Code"] == "1.1.1")["Notes"]
    in_xlsx = cells_of(read_xlsx(client)["Items"], "1.1.1")["Notes"]

    assert in_csv == f"'{text}"
    assert in_xlsx.data_type == "s"
    assert in_xlsx.quotePrefix
    assert in_xlsx.value.strip() == text.strip()


def test_an_organisation_or_owner_named_like_a_formula_is_text_too(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    checklist.name = "=cmd"
    checklist.save()
    unit = checklist.owners.create(name="+unit")
    change(find_item(checklist), by=administrator, owner=unit)

    book = read_xlsx(client)

    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    headings, first, *_others = read_csv(client)
    assert first[headings.index("Owner")] == "'+unit"


def test_files_are_named_after_organisation_filter_and_day_in_the_readers_language(
    filled: Checklist, client: Client
) -> None:
    today = timezone.localdate().isoformat()
    for language, name in (
        ("zh-CN", "河南-进展情况报告-2-简-支柱-2"),
        ("zh-TW", "河南-進展情況報告-2-繁-支柱-2"),
    ):
        response = client.get(f"{ADDRESS}?format=xlsx&pillar=2", headers={"Accept-Language": language})

        assert unquote(response["Content-Disposition"]).endswith(f"''{name}-{today}.xlsx")


@pytest.mark.parametrize("code", FORMATS)
def test_every_file_has_its_type_and_a_name_that_old_and_new_browsers_read(
    filled: Checklist, client: Client, code: str
) -> None:
    today = timezone.localdate().isoformat()
    response = client.get(f"{ADDRESS}?format={code}", headers={"Accept-Language": "zh-CN"})
    said = response["Content-Disposition"]

    assert response["Content-Type"] == FORMATS[code].media_type
    assert f'filename="henan-{today}.{code}"' in said
    assert unquote(said).endswith(f"filename*=utf-8''河南-进展情况报告-{today}.{code}")


def test_the_updates_of_a_period_come_as_csv_under_their_own_name(filled: Checklist, client: Client) -> None:
    today = timezone.localdate().isoformat()
    response = client.get(f"{ADDRESS}?format=csv&rows=updates", headers={"Accept-Language": "zh-CN"})

    assert unquote(response["Content-Disposition"]).endswith(f"河南-进展情况报告-更新记录-{today}.csv")


def test_a_long_name_is_cut_before_its_day(filled: Checklist, client: Client) -> None:
    filled.name = "很长的名称" * 20
    filled.save()
    today = timezone.localdate().isoformat()

    response = client.get(f"{ADDRESS}?format=csv", headers={"Accept-Language": "zh-CN"})

    assert unquote(response["Content-Disposition"]).endswith(f"-{today}.csv")


def test_the_sheets_speak_the_readers_language(filled: Checklist, client: Client) -> None:
    book = read_xlsx(client, headers={"Accept-Language": "zh-CN"})

    assert book.sheetnames == ["汇总", "事项", "佐证材料"]
    assert [cell.value for cell in book["事项"][1]][:5] == ["编号", "措施", "方面", "重点任务", "状态"]


def test_a_bad_filter_makes_no_file(filled: Checklist, client: Client) -> None:
    for code in FORMATS:
        response = client.get(f"{ADDRESS}?pillar=9&format={code}")

        assert response.status_code == 422
        assert response["Content-Type"].startswith("text/html")


def test_an_unknown_format_is_no_page(client: Client) -> None:
    assert client.get(f"{ADDRESS}?format=exe").status_code == 404


def test_the_report_asks_the_database_as_often_for_200_items_as_for_20(
    administrator: User,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    counts = []
    for slug, measures in (("small", 5), ("large", 50)):
        made = make_checklist(slug, slug, make_catalogue(2, 2, measures, slug=slug))
        administrator.memberships.create(checklist=made, role="administrator")
        for item in made.items.all()[:15]:
            change(
                item, by=administrator, due=date(2020, 1, 1), owner=made.owners.get_or_create(name="处")[0]
            )
        with django_assert_max_num_queries(26) as asked:
            client.get(reverse("report", args=[slug]))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_unless_told_a_report_is_compared_with_the_day_before_its_period_or_a_month_before(
    filled: Checklist, client: Client
) -> None:
    opened = timezone.make_aware(datetime(2026, 1, 5))
    Checklist.objects.update(opened_at=opened)
    filled.refresh_from_db()

    def since(query: str) -> date | None:
        found: date | None = client.get(f"{ADDRESS}{query}").context["report"].since
        return found

    assert since("?as_of=2026-09-30") == date(2026, 8, 31)
    assert since("?as_of=2026-03-29") == date(2026, 2, 28)
    assert since("?as_of=2026-01-20") == date(2026, 1, 5)
    assert since("?as_of=2026-01-05") is None
    assert since("?as_of=2026-09-30&since=") is None
    make_periods(filled, PeriodKind.BY_HAND, [(date(2026, 7, 1), date(2026, 9, 30))])
    page = client.get(f"{ADDRESS}?as_of=2026-09-30")
    assert page.context["report"].since == date(2026, 6, 30)
    assert page.context["days"]["since"].value() == "2026-06-30"
    assert 'href="?as_of=2026-09-30&amp;since=2026-06-30&amp;format=docx"' in page.content.decode()
