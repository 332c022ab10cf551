"""The demo's milestones: met in time and late, missed, moved by request, proposed and returned."""

from datetime import date, timedelta

from django.contrib.auth.models import User

from measures.choices import MilestoneAct, Side
from measures.demo.plots import HANDED_OUT, PLOTS, Days
from measures.models import Checklist, Item, Membership, Milestone, MilestoneStep, NewStep

SET = HANDED_OUT + 4  # the day on which the office sets them
TEXTS = ("制定实施方案并印发", "完成动员部署和任务分解", "形成阶段性成果并报送", "开展成效评估并总结验收")
# By the plot of an item: the dates of its milestones, and when each was done; None: not yet.
SCHEDULES: dict[str, tuple[tuple[int, int | None], ...]] = {
    "soon": ((-130, -132), (-75, -70), (-20, -22), (2, None)),
    "late": ((-120, -121), (-60, -49), (-15, None)),
    "resumed": ((-110, -112), (-40, None), (20, None)),
    "moved": ((-100, -101), (6, None), (45, None)),
}
# By the codes of the second edition.
MOVED, TO_MOVE = "1.1.13", "4.3.1"
PROPOSED, RETURNED = "2.2.2", "3.1.1"


def set_and_meet(checklist: Checklist, days: Days, *, by: User) -> None:
    """What the office sets when the items are handed out, and what their units have done since."""
    for item in _items(checklist):
        for place, (number, done) in enumerate(SCHEDULES[PLOTS[item.measure.code]]):
            at = days.moment(SET, place)
            due = days.at_work(number)
            step = Milestone.add(item, text=TEXTS[place], due=due, side=Side.OFFICE, by=by, at=at)
            if done is not None:
                _take(step, MilestoneAct.DONE, item, days, done, day=days.at_work(done))


def ask_and_propose(checklist: Checklist, days: Days, *, by: User) -> None:
    """What units ask for at the end: one date is moved, another request and a proposal wait."""
    for code, number in ((MOVED, -7), (TO_MOVE, -2)):
        item = checklist.items.get(measure__code=code)
        last = MilestoneStep.objects.about([item.pk]).last_steps().exclude(act=MilestoneAct.DONE)[0]
        later = last.due + timedelta(days=28)
        reason = "配套文件征求意见时间延长，需顺延"
        asked = _take(last, MilestoneAct.MOVE_ASKED, item, days, number, day=later, reason=reason)
        if code == MOVED:
            new = NewStep(MilestoneAct.MOVE_GRANTED, asked.number)
            asked.milestone.take(new, side=Side.OFFICE, by=by, at=days.moment(-5))
    for code, number in ((RETURNED, -11), (PROPOSED, -3)):
        item = checklist.items.get(measure__code=code)
        text, due, at = "组织一次专题调研并形成报告", days.at_work(33), days.moment(number)
        step = Milestone.add(item, text=text, due=due, side=Side.LEAD, by=_editor(item), at=at)
        if code == RETURNED:
            new = NewStep(MilestoneAct.RETURNED, step.number, reason="完成时间偏晚，请提前后再报")
            step.milestone.take(new, side=Side.OFFICE, by=by, at=days.moment(-10))


def _items(checklist: Checklist) -> list[Item]:
    codes = [code for code, plot in PLOTS.items() if plot in SCHEDULES]
    return list(checklist.items.filter(measure__code__in=codes).select_related("measure").in_order())


def _take(
    last: MilestoneStep,
    act: MilestoneAct,
    item: Item,
    days: Days,
    number: int,
    *,
    day: date,
    reason: str = "",
) -> MilestoneStep:
    """By the item's unit, on the day of this number."""
    new = NewStep(act, last.number, day=day, reason=reason)
    return last.milestone.take(new, side=Side.LEAD, by=_editor(item), at=days.moment(number, 50))


def _editor(item: Item) -> User:
    return Membership.objects.filter(owner=item.owner_id).select_related("user")[0].user
