"""The list of a checklist's items: filtered, sorted, in pages, edited in the row. The address holds all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.columns import Column, chosen
from measures.forms import PER_PAGE, DayForm, PageSizeForm, RowForm
from measures.lights import Lit
from measures.limits import at_most
from measures.models import Item
from measures.roles import Action, Rights
from measures.tables import ItemTable
from measures.views.access import (
    SignedInRequest,
    chips,
    default_view,
    filtered,
    named_view,
    opening_and_today,
    readable_checklist,
    spelt_out,
    unfiltered,
)
from measures.views.files import LIST_FORMATS, asks_for_a_file, list_file


@dataclass(frozen=True)
class Heading:
    """A column's heading: `sort` is what a click asks for, `sorted` how the list is sorted by it now."""

    name: str
    heading: str
    sort: str = ""
    sorted: str = ""

    @classmethod
    def of(cls, column: Column, table: ItemTable) -> "Heading":
        if column.name not in table.columns.names():
            return cls(column.name, str(column.heading))
        bound = table.columns[column.name]
        direction = "descending" if bound.order_by_alias.is_descending else "ascending"
        return cls(
            column.name,
            str(column.heading),
            str(bound.order_by_alias.next),
            direction if bound.is_ordered else "",
        )


@dataclass
class Row:
    """What the list shows of one item; with a form, the row is being edited."""

    item: Item
    lit: Lit
    days_late: int
    may_change: bool
    form: RowForm | None = None
    conflict: dict[str, Any] | None = None
    columns: Sequence[Column] = ()

    @property
    def fields_below(self) -> list[BoundField]:
        """The fields whose own columns the list does not show."""
        shown = {column.name for column in self.columns}
        missing = [name for name in ("status", "owner", "due") if name not in shown]
        return [self.form[name] for name in missing] if self.form else []


def row_of(item: Item, rights: Rights, *, past: date | None = None, **more: Any) -> Row:
    """The item as the list shows it today or, as nobody changes it, on a day that is past."""
    on = past or timezone.localdate()
    return Row(item, item.lit(on), item.days_late(on), not past and rights.may_change(item), **more)


def chosen_columns(request: SignedInRequest) -> list[Column]:
    """The columns of this address: `columns=code,status`, or one by one as a form sends them."""
    return chosen(",".join(request.GET.getlist("columns")).split(","))


@require_GET
@at_most(30, within=timedelta(minutes=5), action="export", when=asks_for_a_file)
def items(request: SignedInRequest, slug: str) -> HttpResponse:
    checklist = readable_checklist(request, slug)
    if first := default_view(request, checklist):
        return redirect(first)
    if spelt := spelt_out(request, checklist):
        return redirect(reverse("items", args=[slug]) + spelt)
    day = DayForm(request.GET, **opening_and_today(checklist))
    found = filtered(request, checklist, as_of=day.past)
    size = PageSizeForm(request.GET)
    kept = found.items() if size.is_valid() and day.is_valid() else found.queryset.none()
    table = ItemTable(kept.for_list(), order_by=request.GET.get("sort") or None)
    pages = Paginator(table.data.data, (size.is_valid() and size.cleaned_data["per_page"]) or PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    rights = Rights(request.user)
    shown = chosen_columns(request)
    view = named_view(request, checklist)
    wanted = request.GET.get("format", "")
    if wanted and found.is_valid() and size.is_valid() and day.is_valid():
        return list_file(
            request,
            wanted,
            table.data.data,
            checklist=checklist,
            columns=shown,
            kept=[view.name] if view else [one.text for one in found.chosen()],
            past=day.past,
        )
    rows = [row_of(item, rights, past=day.past, columns=shown) for item in page]
    for row in rows:
        if row.item.measure.code == request.GET.get("edit") and row.may_change:
            may_hand_over = rights.may(Action.HAND_OVER, checklist)
            row.form = RowForm(instance=row.item, may_hand_over=may_hand_over)
    context = {
        "checklist": checklist,
        "tab": "items",
        "filter": found,
        "size": size,
        "day": day,
        "unfiltered": unfiltered(request),
        "chips": chips(request, found),
        "table": table,
        "columns": shown,
        "view": view,
        "views": checklist.saved_views.visible_to(request.user).select_related("checklist"),
        "headings": [Heading.of(column, table) for column in shown],
        "page": page,
        "numbers": pages.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "rows": rows,
        "formats": LIST_FORMATS,
        "may_upload": rights.may_change_some(checklist) and not day.past,
        "may_change_some": any(row.may_change for row in rows),
        "all": checklist.items.count(),
    }
    return render(request, "items/list.html", context, status=422 if wanted else 200)
