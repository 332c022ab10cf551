"""The rows of the list: plain, or with a form to edit the item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.forms import BoundField
from django.urls import reverse
from django.utils import timezone

from measures.forms.items import ItemForm, RowForm
from measures.ledger.columns import Column
from measures.ledger.facts import Facts
from measures.lights import Lit
from measures.models import Item
from measures.models.state import BY_NAME
from measures.rights.roles import Action, Rights
from measures.views.list_state import ListState


@dataclass
class Row:
    """What the list shows of one item; with a form, the row is being edited."""

    facts: Facts
    unit_address: str
    lit: Lit
    days_late: int
    may_change: bool
    form: ItemForm | None = None
    conflict: Mapping[str, object] | None = None
    columns: Sequence[Column] = ()

    @property
    def address(self) -> str:
        """The page of the item. Codes hold nothing that an address must quote."""
        return f"{self.unit_address}items/{self.facts.code}/"

    @property
    def cells(self) -> list[tuple[Column, BoundField | None]]:
        """Yield each column, with the form's field if the cell can be edited."""
        return [(column, self._field_in(column)) for column in self.columns]

    def _field_in(self, column: Column) -> BoundField | None:
        one = BY_NAME.get(column.name)
        return self.form[one.name] if self.form and one and not one.is_long else None

    @property
    def fields_below(self) -> list[BoundField]:
        """The form's fields that are edited in no cell; no long texts."""
        in_cells = {column.name for column in self.columns}
        return [field for field in self.form.short if field.name not in in_cells] if self.form else []


def row_of(
    item: Item,
    rights: Rights,
    *,
    form: ItemForm | None = None,
    conflict: Mapping[str, object] | None = None,
    columns: Sequence[Column] = (),
) -> Row:
    """The item as the list shows it today."""
    on = timezone.localdate()
    unit, may_change = item.checklist.get_absolute_url(), rights.may_change(item)
    return Row(Facts.of(item), unit, item.lit(on), item.days_late(on), may_change, form, conflict, columns)


def rows_of(found: list[Facts], state: ListState, rights: Rights) -> list[Row]:
    """The rows of a page, one with its form where the address asks to edit it and the user may.

    Nobody changes the past, nor items of several checklists in one list.
    """
    checklist, columns, on = state.checklist, state.shown_columns, state.day.day
    reading = state.below or state.day.past is not None
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
            form=_form(one, state, rights) if one.code == state.edit and may_change(one.owner_id) else None,
            columns=columns,
        )
        for one in found
    ]


def _form(facts: Facts, state: ListState, rights: Rights) -> RowForm:
    item = state.checklist.items.for_list().get(pk=facts.pk)
    return RowForm(instance=item, may_hand_over=rights.may(Action.HAND_OVER, state.checklist))
