"""What was asked for in a report's period, and what became of it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from measures.choices import ApplicationKind, Side
from measures.database.prepared import prepared
from measures.lights import end_of_day
from measures.models import Application, Decision, Item
from measures.reports.loop_rows import ApplicationRow, ApplicationState


def applications_between(items: Iterable[Item], since: date, as_of: date) -> list[Application]:
    """Those made by the end of `as_of` that waited after the end of `since`, oldest first. One query."""
    keys = [item.pk for item in items]
    return _waiting_between(keys, end_of_day(since), end_of_day(as_of)) if keys else []


@prepared
def _waiting_between(items: list[int], since: datetime, until: datetime) -> QuerySet[Application]:
    made = Application.objects.filter(item__pk__in=items, at__lt=until)
    over = Decision.objects.filter(application=OuterRef("pk"), at__lt=since)
    return made.filter(~Exists(over)).select_related("decision").order_by("pk")


def application_rows(
    applications: Iterable[Application], items: Iterable[Item], as_of: date
) -> tuple[ApplicationRow, ...]:
    """The applications as rows of the report, decided or not as they were at the end of `as_of`."""
    about = {item.pk: item for item in items}
    sides = {side.value: str(side.label) for side in Side}
    return tuple(_row(one, about[one.item_id], sides[one.side], as_of) for one in applications)


def _row(one: Application, item: Item, side: str, as_of: date) -> ApplicationRow:
    decision: Decision | None = getattr(one, "decision", None)
    if decision and decision.at >= end_of_day(as_of):
        decision = None
    return ApplicationRow(
        code=item.measure.code,
        title=item.measure.marked_title,
        owner=item.owner.name if item.owner else "",
        kind=ApplicationKind(one.kind),
        side=side,
        by=one.by_name,
        at=one.at,
        reason=one.reason,
        due=one.due,
        new_due=one.new_due,
        state=ApplicationState(decision.state) if decision else ApplicationState.WAITING,
        decided_by=decision.by_name if decision else "",
        decided_at=decision.at if decision else None,
        answer=decision.reason if decision else "",
        by_one_hand=decision.by_one_hand if decision else False,
    )
