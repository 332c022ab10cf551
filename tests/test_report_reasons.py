"""Why an item is late, as reports say it: in its unit's words. And the chasers that reports list."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.choices import ApplicationKind, ChaserLevel, Side, Status, Via
from measures.ledger.plans import carry_out
from measures.models import Application, Change, Chaser, Checklist, Item, Owner
from measures.reports import build_report
from measures.reports.as_json import from_data, to_data
from measures.reports.model import MoveKind, Report, ReportRow
from measures.reports.write_xlsx import write_xlsx
from tests.make import NOW, TODAY, change, find_item, make_owner, write_entry
from tests.reports_read import read_book


@pytest.fixture
def late(checklist: Checklist, owner: Owner, administrator: User) -> Item:
    """1.1.1, the editor's, nine days late."""
    Checklist.objects.update(opened_at=NOW - timedelta(60))
    due = TODAY - timedelta(9)
    item = find_item(checklist)
    change(item, by=administrator, owner=owner, due=due, status=Status.IN_PROGRESS, at=NOW - timedelta(50))
    return find_item(checklist)


def report(checklist: Checklist, as_of: int = 0, since: int | None = None) -> Report:
    day = TODAY + timedelta(as_of)
    before = None if since is None else TODAY + timedelta(since)
    given: Any = {"made_at": NOW, "made_by": "甲", "since": before}
    return build_report(checklist.items.as_of(day), checklist=checklist, as_of=day, **given)


def row(item: Item, as_of: int = 0) -> ReportRow:
    return next(row for row in report(item.checklist, as_of).rows if row.code == item.measure.code)


@pytest.mark.parametrize("via", [Via.BULK, Via.IMPORT, Via.UNDO, Via.PAGE])
def test_no_reason_of_the_office_is_one_for_being_late(late: Item, administrator: User, via: Via) -> None:
    values: Any = {"notes": "请一周内报送"}
    if via == Via.PAGE:
        change(late, by=administrator, reason="逾期事项集中提醒", **values)
    else:
        given: Any = {"checklist": late.checklist, "by": administrator, "at": NOW, "via": via}
        carry_out([Change(late.pk, late.version, values)], reason="逾期事项集中提醒", **given)

    assert row(late).reason == ""


def test_the_units_last_problems_or_application_are_the_reason(late: Item, editor: User) -> None:
    write_entry(late, editor, at=NOW - timedelta(8), problems="上位文件未出台")
    write_entry(late, editor, at=NOW - timedelta(7), progress="已开推进会")
    assert row(late).reason == "上位文件未出台"

    ask: Any = {"side": Side.LEAD, "by": editor, "reason": "等待批复", "new_due": TODAY + timedelta(30)}
    asked = Application.ask(late, ApplicationKind.EXTEND, at=NOW - timedelta(5), **ask)
    assert row(late).reason == "等待批复"
    asked.take_back(by=editor, at=NOW - timedelta(4))
    assert row(late).reason == "上位文件未出台"

    wrong = write_entry(late, editor, at=NOW - timedelta(3), problems="写错了")
    wrong.withdraw(by=editor, at=NOW - timedelta(1), reason="写错了事项")

    days = {day: row(late, day).reason for day in (-9, -6, -5, -4, -3, 0)}
    assert days == {
        -9: "",
        -6: "上位文件未出台",
        -5: "等待批复",
        -4: "上位文件未出台",
        -3: "写错了",
        0: "上位文件未出台",
    }


def test_a_blocked_item_keeps_the_reason_with_which_it_was_set(late: Item, editor: User) -> None:
    change(late, by=editor, status=Status.BLOCKED, reason="缺少经费")
    assert row(late).reason == "缺少经费"

    write_entry(find_item(late.checklist), editor, problems="经费未到位")
    assert row(late).reason == "经费未到位"


def test_a_change_of_many_items_at_once_shows_no_reason_of_its_own(late: Item, administrator: User) -> None:
    due = TODAY + timedelta(30)
    move = Change(late.pk, late.version, {"due": due})
    carry_out([move], checklist=late.checklist, by=administrator, at=NOW, via=Via.BULK, reason="统一顺延")
    (moved,) = report(late.checklist, 0, -1).moved(MoveKind.DUE_MOVED)
    assert (moved.reason, moved.by) == ("", "administrator")

    change(find_item(late.checklist), by=administrator, due=due + timedelta(1), reason="经研究再延一天")
    (moved,) = report(late.checklist, 0, -1).moved(MoveKind.DUE_MOVED)
    assert moved.reason == "经研究再延一天"


def chase(*items: Item, by: User, days: int) -> None:
    said: Any = {"level": ChaserLevel.YELLOW, "text": "=请报送进展", "answer_by": TODAY}
    Chaser.send([item.pk for item in items], by=by, at=NOW + timedelta(days), **said)


def test_a_period_lists_the_chasers_that_waited_in_it(late: Item, editor: User, administrator: User) -> None:
    chase(late, by=administrator, days=-40)
    write_entry(late, editor, at=NOW - timedelta(31))
    chase(late, by=administrator, days=-28)
    write_entry(late, editor, at=NOW - timedelta(20))
    chase(late, by=administrator, days=-10)

    def listed(as_of: int, since: int) -> list[tuple[int, int | None]]:
        rows = report(late.checklist, as_of, since).chasers
        return [
            ((one.at - NOW).days, None if one.answered_at is None else (one.answered_at - NOW).days)
            for one in rows
        ]

    assert listed(0, -30) == [(-28, -20), (-10, None)]
    assert listed(-25, -35) == [(-40, -31), (-28, None)]
    assert listed(0, -19) == [(-10, None)]
    assert report(late.checklist).chasers == ()


def test_the_lights_reason_knows_the_chaser_and_its_colour_does_not(late: Item, administrator: User) -> None:
    before = row(late)

    chase(late, by=administrator, days=-1)

    assert row(late).light_reason == f"{before.light_reason}；催办11月24日前回复"
    assert row(late).light == before.light
    assert row(late, -2).light_reason == "逾期7天"


def test_json_and_xlsx_hold_the_chasers(late: Item, administrator: User) -> None:
    chase(late, by=administrator, days=-1)
    built = report(late.checklist, 0, -30)

    assert from_data(json.loads(json.dumps(to_data(built)))).chasers == built.chasers
    sheet = read_book(write_xlsx(built))["催办"]
    _head, line = sheet.iter_rows()
    assert [cell.value for cell in line[1:6]] == ["1.1.1", "简 措施 1.1.1", "干部一处", "催办", "=请报送进展"]
    # A text that looks like a formula stays a text.
    assert line[5].data_type == "s"
    assert line[7].value is None


def test_a_report_takes_as_many_queries_for_many_chasers_as_for_one(
    late: Item, checklist: Checklist, administrator: User
) -> None:
    counts = []
    chase(late, by=administrator, days=-2)
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            report(checklist, 0, -30)
        counts.append(len(queries))
        if number == 0:
            for item in checklist.items.filter(owner=None)[:6]:
                found = find_item(checklist, item.measure.code)
                change(found, by=administrator, owner=make_owner(checklist, f"{item.pk}处"))
            chase(*checklist.items.all(), by=administrator, days=-1)

    assert counts[0] == counts[1]
