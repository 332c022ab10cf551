"""The milestones that a report lists."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from measures.choices import MilestoneAct
from measures.database.prepared import prepared
from measures.lights import end_of_day, is_missed
from measures.loop.milestones import IN_FORCE, milestone_state
from measures.models import Item, MilestoneStep
from measures.reports.loop_rows import MilestoneRow


def milestone_rows(items: Iterable[Item], as_of: date) -> tuple[MilestoneRow, ...]:
    """Those in force or proposed at the end of a day, in the order of the items, then by date. One query."""
    found = list(items)
    keys = [item.pk for item in found]
    by_item: dict[int, dict[int, list[MilestoneStep]]] = {}
    for step in _steps_about(keys, end_of_day(as_of)) if keys else []:
        made = by_item.setdefault(step.milestone.item_id, {})
        made.setdefault(step.milestone_id, []).append(step)
    return tuple(row for item in found for row in _rows_of(item, by_item.get(item.pk, {}).values(), as_of))


@prepared
def _steps_about(items: list[int], until: datetime) -> QuerySet[MilestoneStep]:
    steps = MilestoneStep.objects.filter(milestone__item__pk__in=items, at__lt=until)
    return steps.select_related("milestone").order_by("milestone", "number")


def _rows_of(item: Item, milestones: Iterable[list[MilestoneStep]], as_of: date) -> list[MilestoneRow]:
    told = (one for one in milestones if one[-1].act in IN_FORCE or one[-1].act == MilestoneAct.PROPOSED)
    return [
        _row(item, one, as_of) for one in sorted(told, key=lambda one: (one[-1].due, one[-1].milestone_id))
    ]


def _row(item: Item, steps: list[MilestoneStep], as_of: date) -> MilestoneRow:
    first, last = steps[0], steps[-1]
    begun = next((step for step in steps if step.act in IN_FORCE), last)
    return MilestoneRow(
        code=item.measure.code,
        title=item.measure.marked_title,
        owner=item.owner.name if item.owner else "",
        text=last.text,
        due=last.due,
        first_due=begun.due,
        state=milestone_state(MilestoneAct(last.act), missed=is_missed(last.due, item.status, as_of)),
        done_on=last.done_on,
        wanted=last.wanted,
        set_by=first.get_side_display(),
        by=first.by_name,
        at=first.at,
    )
