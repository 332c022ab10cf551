"""What a checklist asks of its units in a month: entries, chasers, and how much of it they type."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from measures.choices import Side
from measures.lights import end_of_day, local_day, start_of_day
from measures.models import Application, Chaser, Checklist, Entry, Period
from measures.models.entries import ENTRY_TEXTS
from measures.models.state import BY_NAME
from measures.querysets.loop_counts import entries_by_unit
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
BY_UNITS = (Side.LEAD, Side.COOPERATING)
MONTHS_SHOWN = 24


@dataclass(frozen=True)
class Burden:
    """What one unit was asked for in one month, and what it wrote.

    `due` and `given` count the entries of the periods that end in the month. `chasers` name `chased` items in
    all. `typed` counts the texts and statuses that the unit wrote in its entries, `statuses` these statuses
    alone; `characters` are those of its entries and of the reasons of its applications.
    """

    unit: str = ""
    key: int | None = None
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
    months, month = [], today.replace(day=1)
    while month >= opened and len(months) < MONTHS_SHOWN:
        months.append(month)
        month = (month - timedelta(1)).replace(day=1)
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
        Burden(unit.name, unit.pk, **_added(counts.get(unit.pk, {}) for counts in found))
        for unit in checklist.owners.all()
    ]


def total_of(burdens: Iterable[Burden]) -> Burden:
    return Burden(**_added({name: getattr(one, name) for name in COUNTS} for one in burdens))


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    added = dict.fromkeys(COUNTS, 0)
    for one in counts:
        for name, count in one.items():
            added[name] += count
    return added


def _entries_due(checklist: Checklist, period: Period, on: date) -> Counted:
    items = checklist.items.there_by(on).as_of(on)
    rows = entries_by_unit(items, on=on, start=period.starts, unit="owner")
    return {unit: {"due": due, "given": given} for unit, due, given in rows}


def _entries(checklist: Checklist, written: Q) -> Counted:
    """What the units wrote themselves; they typed what was withdrawn afterwards as well."""
    entries = Entry.objects.filter(written, unit__checklist=checklist, side__in=BY_UNITS).order_by()
    texts = {f"{name}_texts": Count("pk", filter=~Q(**{name: ""})) for name in ENTRY_TEXTS}
    lengths = {f"{name}_length": Sum(Length(name)) for name in ENTRY_TEXTS}
    rows = entries.values("unit").annotate(
        written=Count("pk"),
        nothing=Count("pk", filter=Q(nothing_new=True)),
        statuses=Count("update"),
        **texts,
        **lengths,
    )
    return {
        row["unit"]: {
            "entries": row["written"],
            "nothing_new": row["nothing"],
            "statuses": row["statuses"],
            "typed": row["statuses"] + sum(row[name] for name in texts),
            "characters": sum(row[name] for name in lengths),
        }
        for row in rows
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
