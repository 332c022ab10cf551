"""Milestones on the to-do page: what the office has to decide, and what it returned to a unit."""

import pytest
from django.contrib.auth.models import User

from measures.choices import MilestoneAct, Side
from measures.models import Checklist, Milestone
from measures.models.milestones import NewStep
from tests.make import NOW, TODAY, SignIn, change, find_item
from tests.todo_make import blocks_of, codes_in, in_header, waiting

__all__ = ["waiting"]  # a fixture is found by its name

pytestmark = pytest.mark.usefixtures("clock")


def test_a_milestone_waits_for_the_office_or_its_unit_until_one_acts_or_the_item_ends(
    waiting: Checklist, administrator: User, editor: User, sign_in: SignIn
) -> None:
    office, unit = sign_in(administrator), sign_in(editor)
    again = NewStep(MilestoneAct.PROPOSED, 2, day=TODAY, text="完成试点")
    returned = Milestone.objects.get(item=find_item(waiting, "2.1.2"))
    returned.take(again, side=Side.LEAD, by=editor, at=NOW)

    assert "milestone-returned" not in blocks_of(unit)
    decide = blocks_of(office)["decide-milestone"]
    assert [(line.code, line.said) for line in decide.lines] == [
        ("2.1.1", "已等待7个工作日"),
        ("2.1.2", "今日提出"),
    ]
    assert decide.total == 2

    change(find_item(waiting, "2.1.1"), by=administrator, status="done")

    assert codes_in(blocks_of(office)["decide-milestone"]) == ["2.1.2"]
    assert in_header(office.get("/checklists/").content.decode()) == 3
