"""The progress report, built once as plain values. Only this module knows models; writers do not."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.lights import light_of
from measures.models import Checklist, Item
from measures.progress import add_up, progress
from measures.querysets import ItemQuerySet
from measures.reports.model import Completeness, Report, Row


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
    rows = tuple(_row(item, on) for item in items.for_list().in_order())
    return Report(
        title=_("Progress report"),
        organisation=checklist.name,
        catalogue=checklist.catalogue.title,
        edition=checklist.catalogue.slug,
        period=checklist.period,
        language=get_language() or "",
        as_of=on,
        since=None,
        made_at=made_at,
        made_by=made_by,
        filters=filters,
        view=view,
        summary=(),
        whole=add_up("", _("Total"), pillars),
        pillars=pillars,
        owners=(),
        timeline=(),
        completeness=Completeness(
            len(rows), sum(bool(row.owner) for row in rows), sum(row.due is not None for row in rows), None
        ),
        rows=rows,
    )


def _row(item: Item, on: date) -> Row:
    section = item.measure.section
    status = Status(item.status)
    updated_on = timezone.localdate(item.updated_at) if item.updated_at else None
    lit = light_of(status, item.due, updated_on, on=on, thresholds=item.checklist.thresholds)
    return Row(
        code=item.measure.code,
        title=item.measure.title,
        pillar=str(section.pillar),
        section=str(section),
        status=status,
        owner=item.owner.name if item.owner else "",
        due=item.due,
        notes=item.notes,
        light=lit.light,
        light_reason=lit.reason,
        updated=item.updated_at,
        updated_by="",
        reason="",
        days_late=item.days_late(on),
    )
