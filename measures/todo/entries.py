"""Entries due for the reporting period of today: what a unit still owes, and which units owe some."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from measures.database.prepared import prepared
from measures.models import Checklist, Item, Period
from measures.querysets.waiting import given_in_period, in_present_period
from measures.todo.acting import Acting
from measures.todo.model import SHOWN, TodoBlock, TodoLine, Waits, items_address


class Owing(NamedTuple):
    """How many entries of one unit are due for a period, and how many of them are given."""

    checklist: int
    unit: int
    name: str
    starts: date
    ends: date
    due: int
    given: int


def entry_blocks(acting: Acting, on: date) -> Iterable[TodoBlock]:
    """What the person's units owe, and what units owe to the person's office. One query."""
    if not acting.units and not acting.offices:
        return
    rows = [row for row in _owing(acting, on) if row.given < row.due]
    mine = [row for row in rows if row.unit in acting.units]
    if mine:
        missing = sum(row.due - row.given for row in mine)
        lines = [_own_line(row, acting) for row in mine[:SHOWN]]
        yield TodoBlock(Waits.ENTRIES, _("Entries due for this period"), missing, lines)
    offices = {checklist.pk for checklist in acting.offices}
    others = sorted((row for row in rows if row.checklist in offices), key=_most_missing)
    if others:
        lines = [_unit_line(row, acting) for row in others[:SHOWN]]
        yield TodoBlock(Waits.UNITS, _("Units that have not reported everything"), len(others), lines)


def _owing(acting: Acting, on: date) -> list[Owing]:
    rows = _rows(acting.units, [office.pk for office in acting.offices], on)
    return [Owing._make(row) for row in rows]


@prepared
def _rows(units: list[int], offices: list[int], on: date) -> QuerySet[Item, tuple[object, ...]]:
    wanted = Q(owner__pk__in=units) | Q(checklist__pk__in=offices)
    period = "checklist__periods"
    present = {f"{period}__starts__lte": on, f"{period}__ends__gte": on}
    owing = Item.objects.filter(wanted, in_present_period(on)).filter(**present).order_by()
    return owing.values_list(
        "checklist", "owner", "owner__name", F(f"{period}__starts"), F(f"{period}__ends")
    ).annotate(due=Count("pk"), given=Count("pk", filter=given_in_period(on)))


def _most_missing(row: Owing) -> tuple[bool, int, str]:
    """Units that gave nothing come first, then those that owe most."""
    return row.given > 0, row.given - row.due, row.name


def _own_line(row: Owing, acting: Acting) -> TodoLine:
    checklist = _of(row, acting)
    title = str(Period(starts=row.starts, ends=row.ends))
    about = () if acting.is_of_one else (checklist.name, row.name)
    return TodoLine(_address(row, checklist), title, about=about, said=_given(row))


def _unit_line(row: Owing, acting: Acting) -> TodoLine:
    checklist = _of(row, acting)
    period = str(Period(starts=row.starts, ends=row.ends))
    about = (period,) if acting.is_of_one else (checklist.name, period)
    return TodoLine(_address(row, checklist), row.name, about=about, said=_given(row), is_late=not row.given)


def _of(row: Owing, acting: Acting) -> Checklist:
    return acting.rights.memberships[row.checklist].checklist


def _address(row: Owing, checklist: Checklist) -> str:
    return items_address(checklist, owner=str(row.unit), waits=str(Waits.ENTRIES))


def _given(row: Owing) -> str:
    return _("%(given)s of %(due)s given") % {"given": row.given, "due": row.due}
