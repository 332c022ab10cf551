"""The progress report, built once as plain values. Only this module knows models; writers do not."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from measures.choices import Status
from measures.models import Checklist, Item
from measures.progress import Counts, add_up, progress
from measures.querysets import ItemQuerySet


@dataclass(frozen=True)
class Row:
    """One item of a report."""

    code: str
    title: str
    pillar: str
    section: str
    status: Status
    owner: str
    due: date | None
    notes: str
    updated: datetime | None
    days_late: int

    @property
    def is_overdue(self) -> bool:
        return self.days_late > 0


@dataclass(frozen=True)
class Report:
    """One checklist on one day, or the part of it that some filters keep.

    `filters` holds (label, value) in words, `view` the name of the saved view that was asked for.
    `whole` sums the pillars; each share is of its own row's total.
    """

    title: str
    organisation: str
    catalogue: str
    period: str
    on: date
    made_at: datetime
    made_by: str
    filters: tuple[tuple[str, str], ...]
    view: str
    whole: Counts
    pillars: tuple[Counts, ...]
    rows: tuple[Row, ...]

    @property
    def sections(self) -> tuple[Counts, ...]:
        return tuple(section for pillar in self.pillars for section in pillar.parts)

    @property
    def overdue(self) -> tuple[Row, ...]:
        """The rows that are late, the latest first."""
        return tuple(sorted((row for row in self.rows if row.is_overdue), key=lambda row: -row.days_late))


def build_report(
    items: ItemQuerySet,
    *,
    checklist: Checklist,
    on: date,
    made_at: datetime,
    made_by: str,
    filters: tuple[tuple[str, str], ...] = (),
    view: str = "",
) -> Report:
    """The report of these items of this checklist, in the active language. Two queries."""
    pillars = tuple(progress(items, on=on))
    return Report(
        title=_("Progress report"),
        organisation=checklist.name,
        catalogue=checklist.catalogue.title,
        period=checklist.period,
        on=on,
        made_at=made_at,
        made_by=made_by,
        filters=filters,
        view=view,
        whole=add_up("", _("Total"), pillars),
        pillars=pillars,
        rows=tuple(_row(item, on) for item in items.for_list().in_order()),
    )


def _row(item: Item, on: date) -> Row:
    section = item.measure.section
    return Row(
        code=item.measure.code,
        title=item.measure.title,
        pillar=str(section.pillar),
        section=str(section),
        status=Status(item.status),
        owner=item.owner.name if item.owner else "",
        due=item.due,
        notes=item.notes,
        updated=item.updated_at,
        days_late=item.days_late(on),
    )
