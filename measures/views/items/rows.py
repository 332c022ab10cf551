"""The rows of the list: plain, or with a form to edit the item."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.forms import BoundField
from django.urls import reverse
from django.utils import timezone

from measures.forms.items import ItemForm, RowForm
from measures.forms.loop import RowEntryForm
from measures.ledger.chasers import chased_on, lit_as_chased
from measures.ledger.columns import Column
from measures.ledger.facts import Facts
from measures.ledger.loop import previous_entry
from measures.lights import Lit
from measures.models import Entry, Item
from measures.models.state import BY_NAME
from measures.rights.roles import Action, Rights
from measures.views.list_state import ListState


@dataclass
class RowForms:
    """What edits an item in its row: its state and, if the user may write one, a new entry below the last."""

    state: ItemForm
    entry: RowEntryForm | None = None
    previous: Entry | None = None

    @classmethod
    def of(cls, item: Item, rights: Rights) -> "RowForms | None":
        """The empty forms; None if the user may not change the item."""
        if not rights.may_change(item):
            return None
        may_hand_over, actor = rights.may(Action.HAND_OVER, item.checklist), rights.actor(item.checklist)
        state = RowForm(instance=item, may_hand_over=may_hand_over, actor=actor)
        if not rights.writing_side(item):
            return cls(state)
        return cls(state, RowEntryForm(item=item), previous_entry(item))

    def are_valid(self) -> bool:
        """Whether both are right; each is asked, so that each shows what is wrong."""
        return all([self.state.is_valid(), self.entry is None or self.entry.is_valid()])


@dataclass
class Row:
    """What the list shows of one item; with a form, the row is being edited."""

    facts: Facts
    unit_address: str
    lit: Lit
    days_late: int
    may_change: bool
    forms: RowForms | None = None
    conflict: Mapping[str, object] | None = None
    columns: Sequence[Column] = ()
    last_entry: str = ""
    missed: date | None = None
    language: str = ""  # of the measure's texts, if the reader has another

    @property
    def form(self) -> ItemForm | None:
        return self.forms.state if self.forms else None

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
        if self.form is None or one is None or one.is_long or one.name not in self.form.fields:
            return None
        return self.form[one.name]

    @property
    def fields_below(self) -> list[BoundField]:
        """The form's fields that are edited in no cell; no long texts."""
        in_cells = {column.name for column in self.columns}
        return [field for field in self.form.short if field.name not in in_cells] if self.form else []


def row_of(
    item: Item,
    rights: Rights,
    *,
    forms: RowForms | None = None,
    conflict: Mapping[str, object] | None = None,
    columns: Sequence[Column] = (),
) -> Row:
    """The item as the list shows it today."""
    on = timezone.localdate()
    unit, may_change = item.checklist.get_absolute_url(), rights.may_change(item)
    said = _last_entries([item], columns, on).get(item.pk, "")
    facts, late = Facts.of(item), item.days_late(on)
    lit = lit_as_chased(item.lit(on), chased_on([item.pk], on).get(item.pk), on)
    catalogue = item.measure.section.pillar.catalogue
    language = catalogue.shown_language if catalogue.is_in_other_language else ""
    return Row(facts, unit, lit, late, may_change, forms, conflict, columns, said, facts.missed(on), language)


def _last_entries(items: Iterable[Item | Facts], columns: Sequence[Column], on: date) -> dict[int, str]:
    """What the last entry about each of these items says, if a column shows it. One query, or none."""
    if not any(column.name == "last_entry" for column in columns):
        return {}
    return {key: entry.as_text for key, entry in Entry.objects.last_about(items, on).items()}


def rows_of(found: list[Facts], state: ListState, rights: Rights) -> list[Row]:
    """The rows of a page, one with its form where the address asks to edit it and the user may.

    Nobody changes the past, nor items of several checklists in one list.
    """
    checklist, columns, on = state.checklist, state.shown_columns, state.day.day
    reading = state.below or state.day.past is not None
    language = state.shown_language if state.is_in_other_language else ""
    # Asked once for each owner on the page, not for each row.
    may_change = cache(lambda owner: not reading and rights.may_change_items_of(owner, checklist))
    before, _slug, after = reverse("overview", args=["-"]).rpartition("-")
    said = _last_entries(found, columns, on)
    chased = chased_on([one.pk for one in found], on)
    return [
        Row(
            one,
            f"{before}{one.slug}{after}",
            lit_as_chased(one.lit(on), chased.get(one.pk), on),
            one.days_late(on),
            may_change(one.owner_id),
            forms=_forms(one, state, rights) if one.code == state.edit and may_change(one.owner_id) else None,
            columns=columns,
            last_entry=said.get(one.pk, ""),
            missed=one.missed(on),
            language=language,
        )
        for one in found
    ]


def _forms(facts: Facts, state: ListState, rights: Rights) -> RowForms | None:
    return RowForms.of(state.checklist.items.for_list().get(pk=facts.pk), rights)
