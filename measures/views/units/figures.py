"""The figures of units side by side, for every page that shows them."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from measures.database.prepared import prepared
from measures.forms.days import PER_PAGE, UnitsForm
from measures.models import Checklist, Item, Pillar, Section
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.ledger import ItemQuerySet
from measures.tree.loops import Loops, loops_of
from measures.tree.matrix import Matrix, Part
from measures.tree.sums import Unit, roll_up
from measures.tree.today import loops_today, tree_today
from measures.views.access import SignedInRequest


def items_on(past: date | None) -> ItemQuerySet:
    """The items of all checklists, now or at the end of a past day."""
    return Item.objects.as_of(past).there_by(past) if past else Item.objects.all()


def rolled(checklists: ChecklistQuerySet, form: UnitsForm, *, by: str = "") -> list[Unit]:
    """These checklists with their counts for the form's days: current or past.

    Closed ones have none, unless the form asks for them.
    """
    there = checklists.opened_by(form.day)
    counted = there.counted(as_of=form.past, with_closed=form.with_closed)
    return roll_up(
        there,
        items_on(form.past).filter(checklist__in=counted.values("pk")),
        on=form.day,
        start=form.first,
        by=by or form.parts,
        as_of=form.past,
        with_closed=form.with_closed,
    )


def rolled_tree(checklist: Checklist, form: UnitsForm, user: User | None = None, *, by: str = "") -> Unit:
    """This checklist with all below it; of a past day, with a user, only with what that user may read now."""
    if form.past is None:
        days = {"on": form.day, "start": form.first}
        return tree_today(checklist.path, **days, by=by or form.parts, with_closed=form.with_closed)
    tree = Checklist.objects.tree(checklist, as_of=form.past)
    return rolled(tree.visible_to(user) if user else tree, form, by=by)[0]


def loops_below(top: Unit, form: UnitsForm) -> Loops:
    """The sums of the loop of the units that count, for the form's days."""
    if form.past is None:
        return loops_today(top, on=form.day, start=form.first, with_closed=form.with_closed)
    counted = [unit.key for unit in top.walk() if unit.is_counted]
    items = items_on(form.past).filter(checklist__in=counted)
    return loops_of([top], items, on=form.day, start=form.first)


def part_columns(catalogue: int, tops: Iterable[Unit], by: str) -> tuple[list[Part], bool]:
    """The pillars or sections of a catalogue, and whether these units have items in none of them."""
    pillars = {pillar.pk: Part(pillar.pk, pillar.code, pillar.title) for pillar in _pillars(catalogue)}
    parts = list(pillars.values())
    if by == "section":
        parts = [_section_column(one, pillars[one.pillar_id]) for one in _sections(catalogue)]
    known = {part.key for part in parts}
    return parts, any(key not in known for top in tops for key in top.parts)


@prepared
def _pillars(catalogue: int) -> QuerySet[Pillar]:
    return Pillar.objects.filter(catalogue=catalogue).order_by("position", "code")


@prepared
def _sections(catalogue: int) -> QuerySet[Section]:
    found: QuerySet[Section] = Section.objects.leaves(catalogue)
    return found


def _section_column(section: Section, pillar: Part) -> Part:
    """The section under its pillar; the pillar itself if only pillars have titles."""
    if not section.title:
        return Part(section.pk, pillar.code, pillar.title)
    return Part(section.pk, section.code, section.title, pillar)


def shown(request: SignedInRequest, matrix: Matrix) -> dict[str, object]:
    """What templates/units/matrix.html needs: a page of rows, and the rest of the table."""
    pages = Paginator(matrix.sorted, PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return {
        "matrix": matrix,
        "rows": matrix.rows(page.object_list),
        "page": page,
        "numbers": pages.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
    }


def usual_starts() -> list[tuple[str, date]]:
    """The first days of the periods that people mostly ask about, this year back to its start."""
    today = timezone.localdate()
    quarter = today.replace(month=today.month - (today.month - 1) % 3, day=1)
    return [
        (_("This month"), today.replace(day=1)),
        (_("This quarter"), quarter),
        (_("This year"), today.replace(month=1, day=1)),
    ]
