"""What waits for an office besides items and decisions: assignments from above, periods and chasers.

A query for each kind, however many wait.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from measures.choices import AssignmentState, ChaserLevel, PeriodState
from measures.database.prepared import prepared
from measures.models import AssignmentCorrection, AssignmentStep, Chaser, Checklist, Period
from measures.querysets.catalogue import in_language
from measures.todo.acting import Acting
from measures.todo.model import SHOWN, ListLink, TodoBlock, TodoLine, Waits

# How many there are in all, read with the first few.
TOTAL = Window(Count("pk"))
CHASER_SHOWN = 24  # characters of its text


class Found(NamedTuple):
    """One line of a block, the checklist that it is about, and how many lines there are in all."""

    total: int
    slug: str
    name: str
    line: TodoLine


def office_blocks(acting: Acting, on: date) -> Iterable[TodoBlock]:
    """A block for each kind of which something waits. A new kind is one more function here."""
    if not acting.offices:
        return
    to_submit, to_judge = _periods(acting, on)
    kinds = [
        (Waits.SIGN, _("Handed down: accept or return"), _to_sign_for(acting, on), "assignments"),
        (Waits.PERIODS, _("Periods to submit"), to_submit, "periods"),
        (Waits.JUDGE, _("Reports to accept or return"), to_judge, "periods"),
        (Waits.UNANSWERED, _("Chasers without an answer"), _unanswered(acting, on), "chasers"),
    ]
    for kind, title, found, page in kinds:
        if found:
            lines = [one.line for one in found]
            yield TodoBlock(kind, title, found[0].total, lines, _lists(page, found))


def _lists(page: str, found: Sequence[Found]) -> list[ListLink]:
    """This page of each checklist that the lines are about."""
    names = {one.slug: one.name for one in found}
    query = "?waiting=on" if page == "chasers" else ""
    return [ListLink(reverse(page, args=[slug]) + query, name) for slug, name in names.items()]


OF_EDITION = "assignment__measure__section__pillar__catalogue"


def _about(acting: Acting, checklist: str, *facts: str | None) -> tuple[str, ...]:
    """The facts that are known, after the name of the checklist if the person has several."""
    return tuple(filter(None, (None if acting.is_of_one else checklist, *facts)))


def _to_sign_for(acting: Acting, on: date) -> list[Found]:
    """Measures handed down from above that the checklist has not answered."""
    found = []
    for total, slug, name, day, above, code, title, edition, of, now in _given(_offices(acting)):
        line = TodoLine(
            reverse("item", args=[slug, code if edition == now else f"{code}@{of}"]) + "#asked",
            title,
            code,
            _about(acting, name, _("from %(name)s") % {"name": above}),
            said=_("due on %(day)s") % {"day": date_format(day)},
            is_late=day < on,
        )
        found.append(Found(total, slug, name, line))
    return found


def _offices(acting: Acting) -> list[int]:
    return [checklist.pk for checklist in acting.offices]


@prepared
def _given(
    offices: list[int],
) -> QuerySet[AssignmentStep, tuple[int, str, str, date, str, str, str, int, str, int]]:
    given = AssignmentStep.objects.filter(checklist__pk__in=offices, state=AssignmentState.GIVEN).newest()
    corrected = AssignmentCorrection.objects.filter(
        assignment=OuterRef("assignment"), version=OuterRef("version")
    )
    due = Coalesce(Subquery(corrected.values("due")[:1]), F("assignment__due"))
    rows = given.annotate(due=due, total=TOTAL).values_list(
        *("total", "checklist__slug", "checklist__name", "due", "assignment__checklist__name"),
        *("assignment__measure__code", in_language("assignment__measure__title")),
        *(OF_EDITION, f"{OF_EDITION}__slug", "checklist__catalogue"),
    )
    return rows.order_by("due", "pk")[:SHOWN]


def _periods(acting: Acting, on: date) -> tuple[list[Found], list[Found]]:
    """Periods to submit, and reports that were submitted to the person."""
    found: tuple[list[Found], list[Found]] = ([], [])
    for judged, total, slug, name, pk, starts, ends, state in _open_periods(_offices(acting), on):
        said = _("ended on %(day)s") % {"day": date_format(ends)}
        line = TodoLine(
            reverse("period", args=[slug, pk]),
            str(Period(starts=starts, ends=ends)),
            about=(name,) if judged else _about(acting, name),
            said=said if state == PeriodState.OPEN else str(PeriodState(state).label),
            is_late=state == PeriodState.RETURNED,
        )
        found[judged].append(Found(total, slug, name, line))
    return found


@prepared
def _open_periods(
    offices: list[int], on: date
) -> QuerySet[Period, tuple[int, int, str, str, int, date, date, str]]:
    unsubmitted = (PeriodState.OPEN, PeriodState.RETURNED)
    to_submit = Q(checklist__pk__in=offices, ends__lt=on, state__in=unsubmitted)
    own = Q(checklist__pk__in=offices, checklist__parent=None)
    to_judge = Q(state=PeriodState.SUBMITTED) & (own | Q(checklist__parent__pk__in=offices))
    # Found by their keys first: the conditions below alone make SQLite read every checklist there is.
    near = Checklist.objects.filter(Q(pk__in=offices) | Q(parent__pk__in=offices)).order_by().values("pk")
    numbered = Period.objects.filter(to_submit | to_judge, checklist__in=near).annotate(
        judged=Case(When(to_judge, then=Value(1)), default=Value(0)),
        place=Window(RowNumber(), partition_by=["judged"], order_by=["ends", "pk"]),
        total=Window(Count("pk"), partition_by=["judged"]),
    )
    rows = numbered.filter(place__lte=SHOWN).values_list(
        *("judged", "total", "checklist__slug", "checklist__name", "pk", "starts", "ends", "state")
    )
    return rows.order_by("judged", "place")


def _unanswered(acting: Acting, on: date) -> list[Found]:
    """Chasers that units have not answered."""
    found = []
    for total, slug, name, pk, level, answer_by, text, unit in _chasers(_offices(acting)):
        line = TodoLine(
            reverse("chaser", args=[slug, pk]),
            unit,
            about=_about(acting, name, str(ChaserLevel(level).label), Truncator(text).chars(CHASER_SHOWN)),
            said=_("answer by %(day)s") % {"day": date_format(answer_by)},
            is_late=answer_by < on,
        )
        found.append(Found(total, slug, name, line))
    return found


@prepared
def _chasers(offices: list[int]) -> QuerySet[Chaser, tuple[int, str, str, int, str, date, str, str]]:
    waiting = Chaser.objects.filter(unit__checklist__pk__in=offices).waiting().order_by("answer_by", "pk")
    rows = waiting.annotate(total=TOTAL).values_list(
        *("total", "unit__checklist__slug", "unit__checklist__name"),
        *("pk", "level", "answer_by", "text", "unit__name"),
    )
    return rows[:SHOWN]
