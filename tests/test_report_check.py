"""What a report lacks, and what moved between two: read from the reports alone, without a database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.translation import override

from measures.choices import Light, Status
from measures.progress import Counts, add_up
from measures.reports.check import items_missing_something, missing
from measures.reports.compare import Comparison, comparison_of
from measures.reports.model import Completeness, JournalRow, Report, ReportRow

DAY = date(2026, 10, 31)
MOMENT = datetime(2026, 10, 20, tzinfo=UTC)


def row(code: str, status: Status = Status.IN_PROGRESS, **values: Any) -> ReportRow:
    plain: dict[str, Any] = {
        "title": f"措施 {code}",
        "pillar": code[0],
        "section": code[:3],
        "owner": "干部一处",
        "due": None,
        "notes": "",
        "light": Light.GREEN,
        "light_reason": "",
        "updated": MOMENT,
        "updated_by": "甲",
        "reason": "",
        "days_late": 0,
    }
    return ReportRow(code=code, status=status, **plain | values)


def told(code: str) -> JournalRow:
    state: dict[str, Any] = {"status": Status.IN_PROGRESS, "owner": "", "due": None, "notes": ""}
    return JournalRow(at=MOMENT, code=code, title="", by="甲", via="page", reason="", **state)


def report(*rows: ReportRow, journal: tuple[str, ...] = ()) -> Report:
    pillars = []
    for code in sorted({one.pillar for one in rows}):
        mine = [one for one in rows if one.pillar == code]
        by_status = {status: sum(one.status == status for one in mine) for status in Status}
        pillars.append(Counts(code, f"支柱 {code}", by_status, sum(one.is_overdue for one in mine)))
    return Report(
        title="进展情况报告",
        organisation="河南",
        catalogue="措施库",
        edition="2026",
        period="2026年10月",
        language="zh-hans",
        as_of=DAY,
        since=None,
        made_at=MOMENT,
        made_by="甲",
        filters=(),
        view="",
        summary=(),
        whole=add_up("", "合计", pillars),
        pillars=tuple(pillars),
        owners=(),
        timeline=(),
        completeness=Completeness(len(rows), 0, 0, None),
        rows=rows,
        journal=tuple(told(code) for code in journal),
    )


def codes(found: Report) -> dict[str, list[str]]:
    return {str(finding.label): [row.code for row in finding.rows] for finding in missing(found)}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


def test_the_check_finds_each_kind_of_gap() -> None:
    late: dict[str, Any] = {"due": date(2026, 10, 1), "days_late": 30}
    found = report(
        row("1.1.1"),
        row("1.1.2", owner=""),
        row("1.1.3"),
        row("1.1.4", **late),
        row("1.1.5", reason="等待批复", **late),
        journal=("1.1.1", "1.1.2", "1.1.4", "1.1.5"),
    )

    assert codes(found) == {
        "No owner": ["1.1.2"],
        "No update in the period": ["1.1.3"],
        "Late, and no reason given": ["1.1.4"],
    }
    assert items_missing_something(missing(found)) == 3


def test_an_item_that_lacks_two_things_counts_once() -> None:
    assert items_missing_something(missing(report(row("1.1.1", owner="")))) == 1


def test_nothing_more_is_heard_from_what_is_done_or_dropped() -> None:
    done, dropped = row("1.1.1", Status.DONE), row("1.1.2", Status.DROPPED, owner="")
    standing, idle = row("1.1.3", Status.STANDING), row("1.1.4", Status.NOT_STARTED)

    assert codes(report(done, dropped, standing, idle)) == {"No update in the period": ["1.1.3", "1.1.4"]}
    assert codes(report(row("1.1.1", Status.DONE, owner=""))) == {"No owner": ["1.1.1"]}


def moved(found: Comparison) -> dict[str, list[tuple[str, Any, Any]]]:
    return {item.code: [(one.field, one.before, one.after) for one in item.moved] for item in found.items}


def test_a_comparison_tells_each_field_that_moved_and_nothing_else() -> None:
    before = report(row("1.1.1"), row("1.1.2"), row("2.1.1"))
    after = report(
        row("1.1.1", Status.DONE),
        row("1.1.2", owner="二处", due=DAY, light=Light.AMBER, notes="只改文字"),
        row("2.1.1", notes="只改文字"),
    )

    assert moved(comparison_of(before, after)) == {
        "1.1.1": [("status", Status.IN_PROGRESS, Status.DONE)],
        "1.1.2": [
            ("owner", "干部一处", "二处"),
            ("due", None, DAY),
            ("light", Light.GREEN, Light.AMBER),
        ],
    }
    assert comparison_of(before, before).is_same


def test_the_matrix_holds_both_counts_and_their_difference() -> None:
    before = report(row("1.1.1"), row("1.1.2"), row("2.1.1", days_late=3))
    found = comparison_of(before, report(row("1.1.1", Status.DONE), row("1.1.2", Status.DONE), row("2.1.1")))

    first, second = found.lines
    figures = [(cell.before, cell.after, cell.difference) for cell in first.cells]
    assert figures == [
        (2, 2, 0),
        (0, 0, 0),
        (2, 0, -2),
        (0, 0, 0),
        (0, 2, 2),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
    ]
    assert second.cells[-1].difference == -1
    assert [cell.after for cell in found.whole.cells] == [3, 0, 1, 0, 2, 0, 0, 0]


def test_what_only_one_edition_knows_stands_apart() -> None:
    found = comparison_of(report(row("1.1.1"), row("2.1.1")), report(row("1.1.1"), row("3.1.1")))

    assert ([one.code for one in found.added], [one.code for one in found.gone]) == (["3.1.1"], ["2.1.1"])
    assert [(line.code, line.before is None, line.after is None) for line in found.lines] == [
        ("1", False, False),
        ("2", False, True),
        ("3", True, False),
    ]
    assert not found.items
    assert not found.is_same
