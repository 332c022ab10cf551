"""The list of a checklist's items: filters, sorting, pages, editing in the row. The URL has all state."""

from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from measures.database.prepared import prepared
from measures.ledger.facts import facts_in_order, facts_today
from measures.ledger.paging import AHEAD, COUNTED, LongPaginator, counted
from measures.models import Item
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.downloads import LIST_FORMATS, list_file, tree_file
from measures.views.items.rows import rows_of
from measures.views.limits import limit_exports
from measures.views.list_state import ListState


@dataclass(frozen=True)
class Heading:
    """A column's heading: a click on it leads to `address`, in another order; `sorted` is the current one."""

    name: str
    heading: str
    address: str = ""
    sorted: str = ""


def _headings(state: ListState) -> list[Heading]:
    columns, to_sort, made = state.table.columns, state.to_sort, []
    for column in state.shown_columns:
        if column.name not in columns.names():
            made.append(Heading(column.name, str(column.heading)))
            continue
        bound = columns[column.name]
        direction = "descending" if bound.order_by_alias.is_descending else "ascending"
        address = f"{to_sort}{quote(str(bound.order_by_alias.next))}"
        made.append(Heading(column.name, str(column.heading), address, direction if bound.is_ordered else ""))
    return made


@require_GET
@limit_exports
def items(request: SignedInRequest, slug: str) -> HttpResponseBase:
    """The items that the filters keep; with `format`, the same as a file. A bad value shows no items."""
    checklist = readable_checklist(request, slug)
    state = ListState.of(request, checklist)
    if first := state.default_view:
        return redirect(first)
    if spelt := state.spelt_out:
        return redirect(reverse("items", args=[slug]) + spelt)
    if state.format and state.is_valid:
        if not state.below or state.to_fill:
            return list_file(request, state)
        return tree_file(request, state)
    rights = rights_of(request)
    context = _page(request, state) | {
        "checklist": checklist,
        "tab": "items",
        "list_state": state,
        "has_below": state.below or checklist.has_units,
        "views": state.views,
        "formats": LIST_FORMATS,
        "may_hand_over": not state.below and rights.may(Action.HAND_OVER, checklist),
        "chases": checklist.is_open and rights.may(Action.CHASE, checklist),
        "may_upload": rights.may_change_some(checklist) and not state.day.past,
    }
    return render(request, "items/list.html", context, status=422 if state.format else 200)


def _all(state: ListState) -> int:
    """How many items there are without any filter, up to COUNTED + 1."""
    if state.below or state.day.past:
        return counted(state.filter.queryset)
    return _first_of.count(state.checklist.pk)


@prepared
def _first_of(checklist: int) -> QuerySet[Item, tuple[int]]:
    return Item.objects.filter(checklist=checklist).order_by().values_list("pk")[: COUNTED + 1]


def _page(request: SignedInRequest, state: ListState) -> dict[str, object]:
    """The rows of one page, their headings, and how many items there are in all."""
    pages = LongPaginator(state.items, state.per_page, ahead=1 if state.below else AHEAD)
    page = pages.get_page(state.page)
    past = state.day.past is not None
    page.object_list = facts_in_order(state.filter.queryset, page.keys) if past else facts_today(page.keys)
    rows = rows_of(page.object_list, state, rights_of(request))
    edited = next((place for place, row in enumerate(rows) if row.form), len(rows))
    # Without a filter the same are counted; and all are not fewer than those that are too many to count.
    all_are_counted = pages.has_more or (state.is_valid and not state.filter.chips)
    return {
        "columns": state.shown_columns,
        "headings": _headings(state),
        "page": page,
        "numbers": pages.numbers(page),
        "rows": rows,
        "rows_before": rows[:edited],
        "edited": rows[edited : edited + 1],
        "rows_after": rows[edited + 1 :],
        "may_change_some": any(row.may_change for row in rows),
        "all": pages.found if all_are_counted else _all(state),
        "counted": COUNTED,
    }
