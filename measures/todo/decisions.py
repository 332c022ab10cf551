"""What waits for a decision, and the milestones that came back from one. One query for all of it."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Model, QuerySet, Value, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from measures.choices import ApplicationKind, MilestoneAct
from measures.database.prepared import prepared
from measures.lights import local_day
from measures.models import Application, MilestoneStep
from measures.models.special_days import working_days
from measures.querysets.catalogue import in_language
from measures.texts import Label
from measures.todo.acting import Acting
from measures.todo.model import SHOWN, ListLink, TodoBlock, TodoLine, Waits, items_address

PATIENCE = 5  # working days that an application or a milestone may wait
TITLES: dict[Waits, Label] = {
    Waits.DECIDE: gettext_lazy("Applications to decide"),
    Waits.DECIDE_MILESTONE: gettext_lazy("Milestones to decide"),
    Waits.MILESTONE_RETURNED: gettext_lazy("Milestones returned by the office"),
}


ASKED = (Waits.DECIDE, Waits.DECIDE_MILESTONE)
OF_A_STEP = ("act", "at", "milestone", "text", "due", "wanted")


class WaitingRow(NamedTuple):
    """An application or a milestone: `total` is how many of its kind wait, `place` its number among them.

    `what` is the kind of the application, or the last act on the milestone with this key, text and date;
    `wanted` is the date that is asked for.
    """

    waits: Waits
    total: int
    place: int
    slug: str
    name: str
    code: str
    title: str
    unit: str | None
    what: str
    at: datetime
    milestone: int
    text: str
    due: date | None
    wanted: date | None


def decision_blocks(acting: Acting, on: date) -> Iterable[TodoBlock]:
    """What the person's office has to decide, the oldest first, and what came back to their units."""
    for name, same in groupby(_asked(acting), key=lambda row: row.waits):
        kind, rows = Waits(name), list(same)
        lines = [_line(kind, row, acting, on) for row in rows]
        yield TodoBlock(kind, str(TITLES[kind]), rows[0].total, lines, _links(kind, rows, acting))


def _asked(acting: Acting) -> list[WaitingRow]:
    """The first few of each kind, by kind."""
    offices = [office.pk for office in acting.offices]
    if not (offices or acting.units):
        return []
    return [WaitingRow._make(row) for row in _rows(offices, acting.units)]


@prepared
def _rows(offices: list[int], units: list[int]) -> QuerySet[Model, tuple[object, ...]]:
    parts: list[QuerySet[Model, tuple[object, ...]]] = []
    if offices:
        asked = Application.objects.filter(item__checklist__pk__in=offices).pending()
        facts = ("kind", "at", Value(0), Value(""), "due", "new_due")
        parts.append(_first(Waits.DECIDE, asked, "item", *facts))
        steps = MilestoneStep.objects.filter(milestone__item__checklist__pk__in=offices)
        parts.append(_first(Waits.DECIDE_MILESTONE, steps.to_decide(), "milestone__item", *OF_A_STEP))
    if units:
        steps = MilestoneStep.objects.filter(milestone__item__owner__pk__in=units)
        parts.append(_first(Waits.MILESTONE_RETURNED, steps.returned(), "milestone__item", *OF_A_STEP))
    first, *others = parts
    return first.union(*others, all=True).order_by("waits", "place")


def _first[Row: Model](
    waits: Waits, found: QuerySet[Row, Row], item: str, *facts: str | Combinable
) -> QuerySet[Model, tuple[object, ...]]:
    """The columns of `WaitingRow` for the first few of these rows, which lead to items by `item`."""
    numbered = found.annotate(
        waits=Value(str(waits)),
        total=Window(Count("pk")),
        place=Window(RowNumber(), order_by=["at", "pk"]),
    )
    of_item = ("checklist__slug", "checklist__name", "measure__code", "measure__title", "owner__name")
    slug, name, code, title, unit = (f"{item}__{path}" for path in of_item)
    columns = ("waits", "total", "place", slug, name, code, in_language(title), unit, *facts)
    return numbered.filter(place__lte=SHOWN).order_by().values_list(*columns)


def _line(kind: Waits, row: WaitingRow, acting: Acting, on: date) -> TodoLine:
    address = reverse("item", args=[row.slug, row.code])
    facts = [] if acting.is_of_one else [row.name]
    if kind == Waits.DECIDE:
        address += "#applications"
        facts += [str(ApplicationKind(row.what).label), row.unit or ""]
    else:
        address += f"#milestone-{row.milestone}"
        facts += [str(MilestoneAct(row.what).label), row.text, _days(row)]
    days = working_days().between(local_day(row.at), on)
    is_asked = kind in ASKED
    return TodoLine(
        address,
        row.title,
        row.code,
        tuple(filter(None, facts)),
        said=_waited(days)
        if is_asked
        else _("returned on %(day)s") % {"day": date_format(local_day(row.at))},
        is_late=is_asked and days > PATIENCE,
    )


def _days(row: WaitingRow) -> str:
    """The date of a milestone and, if another is asked for, that one."""
    days = [date_format(day) for day in (row.due, row.wanted) if day]
    return " → ".join(days)


def _waited(days: int) -> str:
    said = ngettext("waiting %(days)d working day", "waiting %(days)d working days", days)
    return said % {"days": days} if days else _("made today")


def _links(kind: Waits, rows: Iterable[WaitingRow], acting: Acting) -> list[ListLink]:
    """For each checklist of these lines, the page where all are decided or the list of what came back."""
    names = {row.slug: row.name for row in rows}
    if kind == Waits.MILESTONE_RETURNED:
        held = {one.checklist.slug: one for one in acting.open}
        return [
            ListLink(
                items_address(held[slug].checklist, owner=str(held[slug].owner_id), milestone="returned"),
                name,
            )
            for slug, name in names.items()
        ]
    part = "#milestones" if kind == Waits.DECIDE_MILESTONE else ""
    return [ListLink(reverse("applications", args=[slug]) + part, name) for slug, name in names.items()]
