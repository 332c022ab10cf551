"""A ledger as its preview shows it: its first rows, and everything else counted."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measures.choices import Status
from measures.takeover.columns import LedgerColumn
from measures.takeover.ledger import Why
from measures.takeover.mapping import ReadFile, TableGroup, how_guessed
from measures.takeover.table_taking import REPORTED, SILENT
from measures.takeover.taken import Taking, cut
from measures.texts import Label
from measures.views.takeover.meanings import MeaningOptions, known_meanings, meanings

ROWS_SHOWN = 6
CELL_SHOWN = 90  # characters
# Each is a field of the form, and Django takes a thousand.
COLUMNS_CHANGED, UNITS_CHANGED, STATUSES_CHANGED, DUES_CHANGED = 400, 200, 60, 100
LEFT_SHOWN = 60
HOW: dict[str, Label] = {
    "said": gettext_lazy("as you said"),
    "known": gettext_lazy("as last time"),
    "heading": gettext_lazy("by its heading"),
    "cells": gettext_lazy("by its cells"),
    "unknown": gettext_lazy("heading not known"),
}
WHY: dict[Why, Label] = {
    Why.TITLE: gettext_lazy("title"),
    Why.HEADING: gettext_lazy("headings"),
    Why.SECTION: gettext_lazy("heading of a part: the items below it are in this part"),
    Why.TOTAL: gettext_lazy("total"),
    Why.NOTE: gettext_lazy("note or signature"),
    Why.BLANK: gettext_lazy("nothing in it"),
    Why.NO_TABLE: gettext_lazy("not part of a table"),
}


def field_name(kind: str, text: str) -> str:
    """The name of the form field for what the ledger says."""
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def column_field(group: TableGroup, column: LedgerColumn) -> str:
    return field_name("c", f"{group.signature} {column.letter}")


@dataclass
class ShownColumn:
    """A column with its select. `meaning` is what it is taken for."""

    column: LedgerColumn
    field: str
    meaning: str
    how: Label
    is_uncertain: bool

    @property
    def heading(self) -> str:
        return self.column.heading


@dataclass
class ShownGroup:
    """The tables below the same headings, by their first."""

    group: TableGroup
    field: str
    columns: list[ShownColumn]
    rows: list[tuple[int, list[str]]]
    sheets: list[str]
    is_known: bool
    may_be_changed: bool = True


@dataclass
class ShownLeft:
    """The rows of a sheet that are no items."""

    sheet: str
    rows: list[tuple[int, Label, str]]
    more: int
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Shown:
    """The whole preview."""

    found: ReadFile
    taking: Taking
    groups: list[ShownGroup]
    options: MeaningOptions
    left: list[ShownLeft]

    @property
    def left_count(self) -> int:
        return sum(len(sheet.left_rows) for sheet in self.found.ledger.sheets)

    @property
    def left_out_rows(self) -> int:
        """The rows of tables that a person left out."""
        return sum(group.row_count for group in self.found.groups if not group.is_taken)

    @property
    def uncertain(self) -> int:
        return sum(column.is_uncertain for group in self.groups for column in group.columns)

    @property
    def beyond(self) -> list[str]:
        """The addresses of cells too far to the right to be read."""
        return [f"{sheet.name} {cell}" for sheet in self.found.ledger.sheets for cell in sheet.beyond]

    @property
    def units(self) -> list[dict[str, object]]:
        found = sorted(self.taking.units.values(), key=lambda unit: (-unit.count, unit.said))
        return [
            {"field": field_name("u", unit.said), "unit": unit, "changes": place < UNITS_CHANGED}
            for place, unit in enumerate(found)
        ]

    @property
    def statuses(self) -> list[dict[str, object]]:
        found = sorted(self.taking.statuses.values(), key=lambda one: (one.is_sure, -one.count))
        return [
            {
                "field": field_name("s", one.said),
                "one": one,
                "said": status_words(one.said),
                "options": Status.choices,
                "depends": len(one.guesses) > 1,
                "guesses": [guess.label for guess in one.guesses],
            }
            for one in found[:STATUSES_CHANGED]
        ]

    @property
    def dues(self) -> list[dict[str, object]]:
        found = sorted(
            self.taking.dues.values(),
            key=lambda one: (one.is_sure and bool(one.day or one.is_standing), one.day or date.max),
        )
        return [
            {"field": field_name("d", one.said), "one": one, "is_asked": not one.day and not one.is_standing}
            for one in found[:DUES_CHANGED]
        ]

    @property
    def more_dues(self) -> int:
        return max(0, len(self.taking.dues) - DUES_CHANGED)


def status_words(said: str) -> str:
    if said == REPORTED:
        return _("No status, but progress")
    return _("Neither status nor progress") if said == SILENT else said


def preview_of(found: ReadFile, taking: Taking) -> Shown:
    options = meanings(found.meaning(group, column) for group in found.groups for column in group.columns)
    groups = _groups(found, known_meanings(options))
    return Shown(found, taking, groups, options, list(_left(found)))


def _groups(found: ReadFile, known: set[str]) -> list[ShownGroup]:
    groups = []
    room = COLUMNS_CHANGED
    for group in found.groups:
        is_known = group.signature in found.said.known
        columns = []
        for column in group.columns:
            how = how_guessed(column)
            how = "known" if how == "said" and is_known else how
            columns.append(
                ShownColumn(
                    column,
                    column_field(group, column),
                    found.meaning(group, column),
                    HOW[how],
                    column.is_uncertain,
                )
            )
        room -= len(columns)
        rows = []
        first = group.tables[0]
        for row in first.table.rows[:ROWS_SHOWN]:
            texts = [cut(first.grid.text(row.row, column.index), CELL_SHOWN) for column in group.columns]
            rows.append((row.row, texts))
        sheets = list(dict.fromkeys(one.sheet.name for one in group.tables))
        groups.append(
            ShownGroup(group, field_name("t", group.signature), columns, rows, sheets, is_known, room >= 0)
        )
    return groups


def _left(found: ReadFile) -> Iterable[ShownLeft]:
    for sheet in found.ledger.sheets:
        rows = [row for row in sheet.left_rows if row.why is not Why.BLANK]
        if not sheet.left_rows:
            continue
        lines = [
            (row.row, WHY[row.why], cut(" · ".join(row.texts.values()), CELL_SHOWN))
            for row in rows[:LEFT_SHOWN]
        ]
        counts = Counter(str(WHY[row.why]) for row in sheet.left_rows)
        yield ShownLeft(sheet.name, lines, max(0, len(rows) - LEFT_SHOWN), dict(counts))
