"""What a checklist asks of its units in a month: entries, chasers, and how much of it they type."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from measures.choices import UNIT_SIDES, Side
from measures.lights import end_of_day, local_day, start_of_day
from measures.models import Application, Chaser, Checklist, Entry, Period
from measures.models.entries import ENTRY_TEXTS
from measures.models.state import BY_NAME
from measures.querysets.loop_counts import entries_by_unit
from measures.reports.timeline import last_of_month_before
from measures.texts import Label

# The fields of a ledger's row. Taizhang fills in the first group, and the status unless an entry changes it.
FILLED_IN: tuple[Label, ...] = (
    _("Code"),
    _("Measure"),
    _("Lead unit"),
    BY_NAME["cooperating"].label,
    BY_NAME["leader"].label,
    _("Contact"),
    BY_NAME["target"].label,
    BY_NAME["due"].label,
    _("Day"),
)
WRITTEN: tuple[Label, ...] = (BY_NAME["status"].label, *ENTRY_TEXTS.values())
FIELDS_OF_A_ROW = len(FILLED_IN) + len(WRITTEN)
MONTHS_SHOWN = 24


@dataclass(frozen=True)
class Burden:
    """What one unit was asked for in one month, and what it wrote.

    `due` and `given` count the entries of the periods that end in the month. `chasers` name `chased` items in
    all. `typed` counts the texts and statuses that the unit wrote in its entries, `statuses` these statuses
    alone; `characters` are those of its entries and of the reasons of its applications.
    """

    unit: str
    key: int | None
    due: int = 0
    given: int = 0
    chasers: int = 0
    chased: int = 0
    entries: int = 0
    nothing_new: int = 0
    applications: int = 0
    typed: int = 0
    statuses: int = 0
    characters: int = 0

    @property
    def fields(self) -> int:
        """The fields of the rows that the unit's entries are in a ledger."""
        return self.entries * FIELDS_OF_A_ROW

    @property
    def filled_in(self) -> int:
        """Those of `fields` that Taizhang filled in. The unit left empty what is neither these nor typed."""
        return self.entries * (len(FILLED_IN) + 1) - self.statuses


COUNTS = tuple(one.name for one in fields(Burden) if one.type is int)

type Counted = dict[int, dict[str, int]]


def months_of(checklist: Checklist, today: date) -> list[date]:
    """The first days of the months since the checklist was opened, newest first; 24 at most."""
    opened = local_day(checklist.opened_at).replace(day=1)
    months: list[date] = []
    month = today.replace(day=1)
    while month >= opened and len(months) < MONTHS_SHOWN:
        months.append(month)
        month = last_of_month_before(month).replace(day=1)
    return months or [today.replace(day=1)]


def burden_of(checklist: Checklist, month: date, *, today: date) -> list[Burden]:
    """What each unit of the checklist was asked for in the month that begins on this day.

    One query for each period that ends in the month, and five more.
    """
    end = month.replace(day=monthrange(month.year, month.month)[1])
    last = min(end, today)
    written = Q(at__gte=start_of_day(month), at__lt=end_of_day(last))
    periods = checklist.periods.filter(ends__gte=month, ends__lte=end, starts__lte=today)
    found = [
        *(_entries_due(checklist, period, min(period.ends, today)) for period in periods),
        _entries(checklist, written),
        _chasers(checklist, written),
        _applications(checklist, written),
    ]
    return [
        Burden(unit.name, unit.pk, *_added(counts.get(unit.pk, {}) for counts in found))
        for unit in checklist.owners.all()
    ]


def total_of(burdens: Iterable[Burden]) -> Burden:
    return Burden("", None, *_added({name: getattr(one, name) for name in COUNTS} for one in burdens))


def _added(counts: Iterable[Mapping[str, int]]) -> list[int]:
    """The sum of each of COUNTS, in their order."""
    listed = list(counts)
    return [sum(one.get(name, 0) for one in listed) for name in COUNTS]


def _entries_due(checklist: Checklist, period: Period, on: date) -> Counted:
    items = checklist.items.as_of(on).there_by(on)
    rows = entries_by_unit(items, on=on, start=period.starts, unit="owner")
    return {unit: {"due": due, "given": given} for unit, due, given in rows}


def _entries(checklist: Checklist, written: Q) -> Counted:
    """What the units wrote themselves; they typed what was withdrawn afterwards as well."""
    entries = Entry.objects.filter(written, unit__checklist=checklist, side__in=UNIT_SIDES).order_by()
    rows = entries.values_list("unit").annotate(
        written=Count("pk"),
        nothing=Count("pk", filter=Q(nothing_new=True)),
        statuses=Count("update"),
        parts=sum((Count("pk", filter=~Q(**{name: ""})) for name in ENTRY_TEXTS), Value(0)),
        characters=sum((Sum(Length(name)) for name in ENTRY_TEXTS), Value(0)),
    )
    return {
        unit: {
            "entries": number,
            "nothing_new": nothing,
            "statuses": statuses,
            "typed": statuses + texts,
            "characters": characters,
        }
        for unit, number, nothing, statuses, texts, characters in rows
    }


def _chasers(checklist: Checklist, sent: Q) -> Counted:
    chasers = Chaser.objects.filter(sent, unit__checklist=checklist).order_by()
    rows = chasers.values_list("unit").annotate(number=Count("pk", distinct=True), items=Count("chased"))
    return {unit: {"chasers": number, "chased": chased} for unit, number, chased in rows}


def _applications(checklist: Checklist, asked: Q) -> Counted:
    """By the unit that leads the item now: an application names none."""
    by_units = Application.objects.filter(asked, item__checklist=checklist, side=Side.LEAD).order_by()
    rows = by_units.values_list("item__owner").annotate(number=Count("pk"), characters=Sum(Length("reason")))
    return {unit: {"applications": number, "characters": length} for unit, number, length in rows}
