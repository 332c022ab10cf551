"""A checklist in which something of every kind waits, for tests of the to-do page."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import ApplicationKind, ChaserLevel, MilestoneAct, PeriodKind, Side, Status
from measures.models import Application, Assignment, Chaser, Checklist, Item, Milestone, Owner
from measures.models.milestones import NewStep
from measures.models.periods import spans
from measures.todo.model import TodoBlock
from tests.make import NOW, TODAY, change, find_item, make_checklist, make_periods, write_entry

LONG_AGO = NOW - timedelta(100)
LATELY = NOW - timedelta(20)


def milestone(item: Item, by: User) -> Milestone:
    """One that the unit proposes."""
    due, at = TODAY + timedelta(60), NOW - timedelta(9)
    return Milestone.add(item, text="完成试点", due=due, side=Side.LEAD, by=by, at=at).milestone


def let_everything_wait(checklist: Checklist, unit: Owner, *, office: User, editor: User) -> None:
    """Of twelve items, the unit leads nine, each of which waits for something else; nobody leads the last."""
    Checklist.objects.update(opened_at=LONG_AGO)

    def lead(code: str, due: date | None, at: datetime = LATELY, status: Status = Status.IN_PROGRESS) -> None:
        change(find_item(checklist, code), by=office, at=at, owner=unit, status=status, due=due)

    def ask(code: str) -> Application:
        return Application.ask(
            find_item(checklist, code),
            ApplicationKind.CLOSE,
            side=Side.LEAD,
            by=editor,
            at=NOW - timedelta(9),
            reason="已办结",
        )

    late, far = TODAY - timedelta(3), TODAY + timedelta(90)
    for code in ("1.1.1", "1.1.2", "1.1.3"):
        lead(code, late, at=LONG_AGO)
    lead("1.2.1", TODAY + timedelta(2))
    lead("1.2.2", TODAY + timedelta(30))
    lead("1.2.3", far, at=LONG_AGO)
    lead("2.1.1", far)
    lead("2.1.2", far)
    lead("2.1.3", None, status=Status.DONE)
    Chaser.send(
        [find_item(checklist).pk],
        level=ChaserLevel.RED,
        text="请报送进展",
        answer_by=TODAY - timedelta(1),
        by=office,
        at=NOW - timedelta(7),
    )
    Milestone.add(
        find_item(checklist, "1.2.2"),
        text="印发方案",
        due=TODAY + timedelta(3),
        side=Side.OFFICE,
        by=office,
        at=NOW - timedelta(9),
    )
    milestone(find_item(checklist, "2.1.1"), editor)
    returned = milestone(find_item(checklist, "2.1.2"), editor)
    sent_back = NewStep(MilestoneAct.RETURNED, 1, reason="时间过晚")
    returned.take(sent_back, side=Side.OFFICE, by=office, at=NOW - timedelta(2))
    ask("1.1.2").send_back(by=office, at=NOW - timedelta(8), reason="材料不全")
    ask("2.1.1")
    make_periods(checklist, PeriodKind.MONTH, spans(PeriodKind.MONTH, TODAY.year)[8:11])
    write_entry(find_item(checklist, "2.1.1"), editor, at=NOW - timedelta(1))
    above = Checklist.objects.filter(slug="above").first()
    above = above or make_checklist("above", "全省", checklist.catalogue)
    if checklist.parent_id is None:
        checklist.move(above, at=NOW)
    measure, due = find_item(checklist, "2.2.1").measure, TODAY + timedelta(20)
    Assignment.hand_down(above, measure, [checklist], due=due, text="请落实", by=office, at=NOW)


@pytest.fixture
def waiting(checklist: Checklist, owner: Owner, administrator: User, editor: User) -> Checklist:
    let_everything_wait(checklist, owner, office=administrator, editor=editor)
    return checklist


def blocks_of(client: Client) -> dict[str, TodoBlock]:
    page = client.get("/")
    assert page.status_code == 200
    return {str(block.kind): block for block in page.context["todo"].blocks}


def codes_in(block: TodoBlock) -> list[str]:
    return [line.code for line in block.lines]


def in_header(page: str) -> int:
    """The number beside "To-do" on a page."""
    link = re.search(r'<a class="todo-link".*?</a>', page, re.DOTALL)
    assert link
    number = re.search(r'class="badge">(\d+)<', link[0])
    return int(number[1]) if number else 0
