"""The list of a checklist's items: filtered, sorted, in pages, edited in the row. The address holds all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.forms import BoundField
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.forms.days import PER_PAGE, DayForm, PageSizeForm
from measures.forms.items import RowForm
from measures.ledger.columns import UNIT, Column, chosen
from measures.ledger.facts import Facts, facts_in_order
from measures.ledger.paging import AHEAD, COUNTED, LongPaginator, counted
from measures.ledger.tables import ItemTable, TreeTable
from measures.lights import Lit
from measures.models import Checklist, Item
from measures.models.state import BY_NAME
from measures.rights.roles import Action, Rights, rights_of
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
from measures.views.downloads import LIST_FORMATS, asks_for_a_file, list_file, tree_file
from measures.views.limits import at_most


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

    facts: Facts
    unit_address: str
    lit: Lit
    days_late: int
    may_change: bool
    form: RowForm | None = None
    conflict: dict[str, Any] | None = None
    columns: Sequence[Column] = ()

    @property
    def address(self) -> str:
        """The page of the item. Codes hold nothing that an address must quote."""
        return f"{self.unit_address}items/{self.facts.code}/"

    @property
    def cells(self) -> list[tuple[Column, BoundField | None]]:
        """Each column, with the form's field where it is edited in the cell."""
        return [(column, self._field_in(column)) for column in self.columns]

    def _field_in(self, column: Column) -> BoundField | None:
        one = BY_NAME.get(column.name)
        return self.form[one.name] if self.form and one and not one.is_long else None

    @property
    def fields_below(self) -> list[BoundField]:
        """The form's fields that are edited in no cell; no long texts."""
        in_cells = {column.name for column in self.columns}
        return [field for field in self.form.short if field.name not in in_cells] if self.form else []


def row_of(item: Item, rights: Rights, **more: Any) -> Row:
    """The item as the list shows it today."""
    on = timezone.localdate()
    unit, may_change = item.checklist.get_absolute_url(), rights.may_change(item)
    return Row(Facts.of(item), unit, item.lit(on), item.days_late(on), may_change, **more)


def rows_of(
    found: list[Facts],
    checklist: Checklist,
    columns: Sequence[Column],
    rights: Rights,
    day: DayForm,
    *,
    below: bool,
) -> list[Row]:
    """The rows of a page. Nobody changes the past, nor items of several checklists in one list."""
    on, reading = day.day, below or day.past is not None
    # Asked once for each unit and each owner on the page, not for each row.
    address = cache(lambda slug: reverse("overview", args=[slug]))
    may_change = cache(lambda owner: not reading and rights.may_change_items_of(owner, checklist))
    return [
        Row(
            one,
            address(one.slug),
            one.lit(on),
            one.days_late(on),
            may_change(one.owner_id),
            columns=columns,
        )
        for one in found
    ]


def edit_row(rows: list[Row], code: str, checklist: Checklist, rights: Rights) -> None:
    """Give the row of this code its form, where the user may change it."""
    for row in rows:
        if row.facts.code == code and row.may_change:
            item = checklist.items.for_list().get(pk=row.facts.pk)
            row.form = RowForm(instance=item, may_hand_over=rights.may(Action.HAND_OVER, checklist))


def chosen_columns(request: SignedInRequest) -> list[Column]:
    """The columns of this address: `columns=code,status`, or one by one as a form sends them."""
    return chosen(",".join(request.GET.getlist("columns")).split(","))


def wants_all_below(request: SignedInRequest) -> bool:
    """Whether the list is to hold the items of all checklists below as well."""
    return request.GET.get("below") == "1"


@require_GET
@at_most(30, within=timedelta(minutes=5), action="export", when=asks_for_a_file)
def items(request: SignedInRequest, slug: str) -> HttpResponseBase:
    checklist = readable_checklist(request, slug)
    if first := default_view(request, checklist):
        return redirect(first)
    if spelt := spelt_out(request, checklist):
        return redirect(reverse("items", args=[slug]) + spelt)
    below = wants_all_below(request)
    day = DayForm(request.GET, **opening_and_today(checklist))
    found = filtered(request, checklist, as_of=day.past, below=below)
    size = PageSizeForm(request.GET)
    fit = size.is_valid() and day.is_valid() and found.is_valid()
    kept = found.items() if fit else found.queryset.none()
    table = (TreeTable if below else ItemTable)(kept, order_by=request.GET.get("sort") or None)
    shown = [UNIT, *chosen_columns(request)] if below else chosen_columns(request)
    view = named_view(request, checklist)
    wanted = request.GET.get("format", "")
    if wanted and fit:
        give = tree_file if below else list_file
        words = [view.name] if view else [one.text for one in found.chosen()]
        return give(
            request, wanted, table.items, checklist=checklist, columns=shown, kept=words, past=day.past
        )
    per_page = (size.is_valid() and size.cleaned_data["per_page"]) or PER_PAGE
    pages = LongPaginator(table.items, per_page, ahead=1 if below else AHEAD)
    page = pages.get_page(request.GET.get("page"))
    rights = rights_of(request)
    listed = facts_in_order(found.queryset, page.keys)
    page.object_list = listed
    rows = rows_of(listed, checklist, shown, rights, day, below=below)
    edit_row(rows, request.GET.get("edit", ""), checklist, rights)
    in_use = chips(request, found)
    # Without a filter the same are counted; and all are not fewer than those that are too many to count.
    all_are_counted = pages.has_more or (fit and not in_use)
    context = {
        "checklist": checklist,
        "tab": "items",
        "below": below,
        "has_below": below or checklist.has_units,
        "filter": found,
        "size": size,
        "day": day,
        "unfiltered": unfiltered(request),
        "chips": in_use,
        "table": table,
        "columns": shown,
        "view": view,
        "views": checklist.saved_views.visible_to(request.user),
        "headings": [Heading.of(column, table) for column in shown],
        "page": page,
        "numbers": pages.numbers(page),
        "rows": rows,
        "formats": LIST_FORMATS,
        "may_upload": rights.may_change_some(checklist) and not day.past and not below,
        "may_change_some": any(row.may_change for row in rows),
        "all": pages.found if all_are_counted else counted(found.queryset),
        "one_character": below and any(len(word) == 1 for word in request.GET.get("q", "").split()),
        "counted": COUNTED,
    }
    return render(request, "items/list.html", context, status=422 if wanted else 200)
