"""What was done in time, by the present and the first due date, and how it was closed: alike everywhere."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.contrib.auth.models import User

from measures.choices import ApplicationKind, Side, Status, Via
from measures.ledger.plans import carry_out
from measures.models import Application, Change, Checklist, Item, Owner
from measures.progress import OnTime, add_up, progress
from measures.reports import build_report
from measures.reports.as_json import from_data, to_data
from measures.tree import today
from measures.tree.loops import loops_of
from measures.tree.sums import roll_up
from measures.tree.today import loops_today, tree_today
from tests.make import NOW, TODAY, SignIn, change, find_item, make_checklist, write_entry
from tests.reports_read import docx_text, pdf_text, read_book, read_csv
from tests.sheets import ENGLISH

# 1.1.1 in time; 1.1.2 late, by the office; 1.1.3 in time after an extension; 1.2.1 overdue; 1.2.2 by one hand
EXPECTED = OnTime(in_time=3, of=5, in_time_first=2, of_first=5)


@pytest.fixture
def lived(checklist: Checklist, owner: Owner, editor: User, administrator: User) -> Checklist:
    Checklist.objects.update(signs_off=True, extends_by_request=True, opened_at=NOW - timedelta(60))
    begun: dict[str, Any] = {"owner": owner, "status": Status.IN_PROGRESS, "at": NOW - timedelta(50)}
    for code, days in {"1.1.1": -5, "1.1.2": -20, "1.1.3": -20, "1.2.1": -3, "1.2.2": 4}.items():
        change(find_item(checklist, code), by=administrator, due=TODAY + timedelta(days), **begun)

    def ask(code: str, kind: ApplicationKind, days: int, by: User = editor, **said: Any) -> Application:
        side = Side.OFFICE if by == administrator else Side.LEAD
        at = NOW + timedelta(days)
        return Application.ask(
            find_item(checklist, code), kind, side=side, by=by, at=at, reason="已印发", **said
        )

    ask("1.1.1", ApplicationKind.CLOSE, -6).grant(by=administrator, at=NOW - timedelta(2))
    change(find_item(checklist, "1.1.2"), by=administrator, status=Status.DONE, at=NOW - timedelta(10))
    extended = ask("1.1.3", ApplicationKind.EXTEND, -25, new_due=TODAY - timedelta(4))
    extended.grant(by=administrator, at=NOW - timedelta(24))
    ask("1.1.3", ApplicationKind.CLOSE, -5).grant(by=administrator, at=NOW - timedelta(5))
    ask("1.2.1", ApplicationKind.EXTEND, -4, new_due=TODAY + timedelta(9)).send_back(
        by=administrator, at=NOW - timedelta(3), reason="理由不足"
    )
    ask("1.2.2", ApplicationKind.CLOSE, -1, by=administrator).grant(by=administrator, at=NOW, only_one=True)
    write_entry(find_item(checklist, "1.2.1"), editor, progress="已开推进会", problems="缺经费")
    return Checklist.objects.get(pk=checklist.pk)


def report_of(lived: Checklist) -> Any:
    return build_report(
        lived.items.as_of(TODAY),
        checklist=lived,
        as_of=TODAY,
        since=TODAY - timedelta(30),
        made_at=NOW,
        made_by="某人",
    )


def test_overview_report_and_roll_up_count_alike(lived: Checklist, monkeypatch: pytest.MonkeyPatch) -> None:
    below = make_checklist("zhengzhou", "郑州", lived.catalogue, parent=lived)
    items = Item.objects.of_units(Checklist.objects.tree(lived))
    for found in (items, items.as_of(TODAY)):
        (top,) = roll_up(Checklist.objects.tree(lived), found, on=TODAY, start=TODAY - timedelta(29))
        loops = loops_of([top], found, on=TODAY, start=TODAY - timedelta(29))

        assert loops.whole[top.key].on_time == loops.own[lived.pk].on_time == EXPECTED
        assert loops.whole[below.pk].on_time == OnTime()
        reporting = report_of(lived).reporting
        assert (loops.whole[top.key].owed, loops.whole[top.key].given) == (reporting.due, reporting.given)
        assert reporting.given == 1
        assert loops.whole[top.key].waiting == 0
    # Few checklists are found by their keys, many by their path.
    for few in (today.FEW, 0):
        monkeypatch.setattr(today, "FEW", few)
        assert tree_today(lived.path, on=TODAY, start=TODAY - timedelta(29)) == top
        assert loops_today(top, on=TODAY, start=TODAY - timedelta(29)) == loops
    assert add_up("", "", progress(lived.items.counted_by_section(on=TODAY))).on_time == EXPECTED
    assert report_of(lived).whole.on_time == EXPECTED


def test_an_application_that_waits_is_counted_on_the_days_on_which_it_waited(lived: Checklist) -> None:
    (top,) = roll_up(Checklist.objects.tree(lived), lived.items.all(), on=TODAY, start=TODAY)
    waiting = [
        loops_of([top], lived.items.all(), on=TODAY + timedelta(days), start=TODAY).whole[top.key].waiting
        for days in (-7, -6, -4, -1, 0)
    ]

    assert waiting == [0, 1, 2, 1, 0]


@pytest.mark.usefixtures("english")
def test_how_an_item_was_closed_and_moved_is_part_of_its_report(lived: Checklist) -> None:
    report = report_of(lived)
    rows = {row.code: row for row in report.rows}

    assert [rows[code].closed_by for code in ("1.1.1", "1.1.2", "1.1.3", "1.2.2")] == [
        "",
        "office",
        "",
        "one_hand",
    ]
    assert (rows["1.1.2"].days_late_when_done, rows["1.1.1"].days_late_when_done) == (10, 0)
    assert (rows["1.1.3"].first_due, rows["1.1.3"].extensions) == (TODAY - timedelta(20), 1)
    assert rows["1.1.1"].done_on == TODAY - timedelta(6)
    assert rows["1.2.1"].last_entry == "已开推进会\nProblems: 缺经费"
    assert rows["1.2.1"].light_reason == "overdue by 3 days, application returned"
    assert from_data(to_data(report)) == report


def test_a_report_of_an_earlier_release_has_none_of_it(lived: Checklist) -> None:
    data = to_data(report_of(lived))
    for group in (data["whole"], *data["pillars"], *data["owners"]):
        group.pop("on_time")
    late = (
        "first_due",
        "extensions",
        "done_on",
        "days_late_when_done",
        "closed_by",
        "last_entry_on",
        "last_entry",
        "milestone_count",
        "milestones_done",
    )
    del data["milestones"]
    for row in data["items"]:
        for name in late:
            row.pop(name)

    read = from_data(data)

    assert read.whole.on_time == OnTime()
    assert read.rows[0].closed_by == ""
    assert (read.rows[0].milestone_count, read.milestones) == (0, ())


def test_reopening_forgets_how_it_was_closed_and_undoing_that_says_the_office_did_it(
    lived: Checklist, administrator: User
) -> None:
    closed = find_item(lived, "1.1.1")
    reopen = Change(closed.pk, closed.version, {"status": Status.IN_PROGRESS})
    carry_out([reopen], checklist=lived, by=administrator, at=NOW, via=Via.BULK, reason="重新办理")
    assert find_item(lived, "1.1.1").closed_by == ""
    change(find_item(lived, "1.1.1"), by=administrator, status=Status.DONE)
    assert find_item(lived, "1.1.1").closed_by == "office"


def test_list_journal_and_page_say_who_closed_it_and_how_late(
    lived: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    listed = client.get("/checklists/henan/items/", headers=ENGLISH).content.decode()
    page = client.get("/checklists/henan/items/1.1.2/", headers=ENGLISH).content.decode()
    report = client.get("/checklists/henan/report/", headers=ENGLISH).content.decode()
    overview = client.get("/checklists/henan/", headers=ENGLISH).content.decode()

    assert "Closed by the office" in listed
    assert "Closed by one hand" in listed
    assert "10 days late" in listed
    assert "at first, extended 1 time" in listed
    assert "已开推进会" in listed
    assert page.count("Closed by the office") == 2  # beside the state, and in the journal
    assert "3 of 5 (60.0%) by the present due dates, 2 of 5 (40.0%) by the first ones" in report
    assert "Closed without an application: 1 by the office, 1 by one hand." in report
    assert "10 days late" in report
    assert "3 / 5" in overview
    assert "2 / 5" in overview


READ: dict[str, Callable[[bytes], str]] = {
    "csv": lambda data: str(read_csv(data)),
    "xlsx": lambda data: str(
        [[str(cell) for row in sheet.values for cell in row] for sheet in read_book(data)]
    ),
    "docx": docx_text,
    "pdf": pdf_text,
}


@pytest.mark.parametrize("name", READ)
def test_every_file_of_a_report_tells_of_a_late_finish_and_who_closed_it(
    lived: Checklist, administrator: User, sign_in: SignIn, name: str
) -> None:
    answer = sign_in(administrator).get(f"/checklists/henan/report/?format={name}", headers=ENGLISH)
    said = squeezed_more(READ[name](b"".join(answer) if answer.streaming else answer.content))

    for words in ("Closed by the office", "Closed by one hand", "已开推进会", str(TODAY - timedelta(10))):
        assert squeezed_more(words) in said


def test_the_row_of_an_item_in_word_and_pdf_has_all_of_its_last_entry(
    lived: Checklist, administrator: User, editor: User, sign_in: SignIn
) -> None:
    wrong = write_entry(find_item(lived, "1.2.1"), editor, progress="误报")
    wrong.withdraw(by=editor, at=NOW, reason="数字有误")
    client = sign_in(administrator)

    word, pdf = (
        b"".join(client.get(f"/checklists/henan/report/?format={name}&parts=history", headers=ENGLISH))
        for name in ("docx", "pdf")
    )

    tables = [table for table in docx.Document(io.BytesIO(word)).tables if len(table.columns) > 1]
    items = [table for table in tables if table.rows[0].cells[1].text == "Title and notes"]
    rows = {row.cells[0].text: row.cells[1].text for table in items for row in table.rows}
    assert rows["1.2.1"].endswith(f"Entry of {TODAY}: 已开推进会\nProblems: 缺经费")
    assert "Entry of" not in rows["1.2.2"]
    assert "已开推进会Problems:缺经费" in squeezed_more(pdf_text(pdf))
    assert "误报" not in docx_text(word) + pdf_text(pdf)


def squeezed_more(text: str) -> str:
    """Without spaces, line breaks and hyphens, at which a narrow column breaks its lines."""
    return re.sub(r"[\s\xad-]", "", text)


def test_the_units_page_and_its_table_have_the_loops_sums(
    lived: Checklist, administrator: User, sign_in: SignIn
) -> None:
    make_checklist("zhengzhou", "郑州", lived.catalogue, parent=lived)
    client = sign_in(administrator)

    page = client.get("/checklists/henan/units/", headers=ENGLISH).content.decode()
    answer: Any = client.get("/checklists/henan/units/?format=csv", headers=ENGLISH)
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert "3 / 5" in page
    first = lines[1]
    at = lines[0].index("Done in time")
    assert first[at : at + 4] == ["3", "5", "2", "5"]
