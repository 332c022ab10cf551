"""How a checklist came along: what was done, planned and late at the end of each of the last months."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, IntegerField, Max, OuterRef, QuerySet, Subquery, Value, When

from measures.choices import WELL_STATUSES, Status
from measures.database.prepared import prepared
from measures.lights import days_late, end_of_day, local_day, start_of_day
from measures.models import Application, Checklist, Item, Update
from measures.reports.timeline import last_of_month_before

MONTHS = 12

type Standing = tuple[Status, date | None]
type Changes = QuerySet[Update, tuple[int, datetime, str, date | None]]
type Asked = dict[tuple[int, date], tuple[date, date | None]]
NOT_STARTED: Standing = (Status.NOT_STARTED, None)


@dataclass(frozen=True)
class TrendPoint:
    """The end of a day: items in force, those done or standing, those due by then, and those overdue."""

    day: date
    in_force: int
    well: int
    planned: int
    overdue: int

    @property
    def share(self) -> float | None:
        """Done or standing, in percent of what is in force; None if nothing is."""
        return 100 * self.well / self.in_force if self.in_force else None

    @property
    def planned_share(self) -> float | None:
        """Due by this day, in percent of what is in force."""
        return 100 * self.planned / self.in_force if self.in_force else None


def trend_of(checklist: Checklist, *, on: date) -> list[TrendPoint]:
    """The end of each month since the checklist was opened, and of the day `on`: twelve at most.

    Three queries. They read one update at most for each item and month, however many there are.
    """
    days = _days(local_day(checklist.opened_at), on)
    added = dict(_added(checklist.pk))
    histories = _histories(
        checklist.pk, list(added), start_of_day(days[0]), [end_of_day(day) for day in days]
    )
    asked = _asked(checklist.pk, end_of_day(on))
    points = []
    for day in days:
        until = end_of_day(day)
        there = [pk for pk, at in added.items() if at is None or at < until]
        standings = {pk: _standing(histories.get(pk, []), day) for pk in there}
        points.append(_point(day, standings, asked))
    return points


def _days(opened: date, on: date) -> list[date]:
    days, day = [on], last_of_month_before(on)
    while day >= opened and len(days) < MONTHS:
        days.append(day)
        day = last_of_month_before(day)
    return days[::-1]


@prepared
def _added(checklist: int) -> QuerySet[Item, tuple[int, datetime | None]]:
    return Item.objects.filter(checklist=checklist).values_list("pk", "measure__added_at")


def _histories(
    checklist: int, items: list[int], since: datetime, untils: list[datetime]
) -> dict[int, list[tuple[date, Standing]]]:
    """By item, its status and due date before `since` and before each of `untils`, with the day of each."""
    histories: dict[int, list[tuple[date, Standing]]] = {}
    for item, at, status, due in _last_before_each(checklist, items, since, untils) if items else ():
        histories.setdefault(item, []).append((local_day(at), (Status(status), due)))
    return histories


@prepared
def _last_before_each(checklist: int, items: list[int], since: datetime, untils: list[datetime]) -> Changes:
    """Of these items of the checklist. Without their keys, a kept plan would read the whole journal."""
    # In one condition, "or" would read it, too.
    before = Update.objects.filter(item=OuterRef("pk"), at__lt=since).newest_first()
    first = Item.objects.filter(checklist=checklist).annotate(newest=Subquery(before.values("pk")[:1]))
    made = Update.objects.filter(item__pk__in=items, at__gte=since, at__lt=untils[-1])
    spans = [When(at__lt=until, then=Value(number)) for number, until in enumerate(untils)]
    span = Case(*spans, output_field=IntegerField())
    # An item's updates have keys in the order of their moments: they are written under its lock.
    last = made.order_by().values("item", span=span).annotate(last=Max("pk"))
    columns = ("item", "at", "status", "due")
    then = Update.objects.filter(pk__in=first.values("newest")).order_by().values_list(*columns)
    later = Update.objects.filter(pk__in=last.values("last")).order_by().values_list(*columns)
    return then.union(later, all=True).order_by("at")


def _standing(history: list[tuple[date, Standing]], day: date) -> Standing:
    standing = NOT_STARTED
    for changed_on, after in history:
        if changed_on > day:
            break
        standing = after
    return standing


def _asked(checklist: int, until: datetime) -> Asked:
    """By item and due date, when the first application for that date was made and when it was decided.

    As long as it waits, and if it was made by that date, the item is not late.
    """
    asked: Asked = {}
    for item, due, at, decided_at in _applications(checklist, until):
        assert due is not None  # as filtered
        asked.setdefault((item, due), (local_day(at), local_day(decided_at) if decided_at else None))
    return asked


@prepared
def _applications(
    checklist: int, until: datetime
) -> QuerySet[Application, tuple[int, date | None, datetime, datetime]]:
    made = Application.objects.filter(item__checklist=checklist, due__isnull=False, at__lt=until)
    return made.order_by("pk").values_list("item", "due", "at", "decision__at")


def _point(day: date, standings: dict[int, Standing], asked: Asked) -> TrendPoint:
    in_force = {pk: one for pk, one in standings.items() if one[0] != Status.DROPPED}
    return TrendPoint(
        day,
        len(in_force),
        well=sum(status in WELL_STATUSES for status, _due in in_force.values()),
        planned=sum(due is not None and due <= day for _status, due in in_force.values()),
        overdue=sum(
            days_late(status, due, day, asked=_waited(asked, pk, due, day)) > 0
            for pk, (status, due) in in_force.items()
        ),
    )


def _waited(asked: Asked, item: int, due: date | None, day: date) -> bool:
    """Whether an application made by the due date was undecided at the end of this day."""
    if due is None or (item, due) not in asked:
        return False
    made_on, decided_on = asked[item, due]
    return made_on <= min(due, day) and (decided_on is None or decided_on > day)
