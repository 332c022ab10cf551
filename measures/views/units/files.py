"""What the page of units gives away: its table, and every item below, as CSV and XLSX."""

from collections.abc import Iterator
from datetime import date
from itertools import batched
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Status
from measures.forms.days import UnitsForm
from measures.lights import days_late
from measures.models import Catalogue, Checklist, ChecklistEdition, Measure
from measures.models.levels import pillar_word, section_word
from measures.models.past_words import put_words_back
from measures.models.people import names_in
from measures.models.state import BY_NAME, FIELDS, STATE_FIELDS, Kind
from measures.reports.cells import labels
from measures.reports.write_table import STREAMED_FORMATS
from measures.tree.loops import Loops, LoopSums
from measures.tree.matrix import FIGURES, Part
from measures.tree.sums import Tally, Unit
from measures.views.access import SignedInRequest
from measures.views.downloads import attached, file_stem, record_export
from measures.views.units.figures import items_on

# How many checklists one query reads: a slow file must not hold a lock on SQLite in the meantime.
AT_ONCE = 40


def units_file(
    request: SignedInRequest,
    checklist: Checklist,
    top: Unit,
    *,
    loops: Loops,
    parts: list[Part],
    form: UnitsForm,
    wanted: str,
    rows: str,
) -> FileResponse:
    """The table of all units below, or with `rows` every item below, as a file that is sent as it is made."""
    if rows:
        about, headings, lines = (
            pgettext("sheet", "Items"),
            item_headings(part_headings(top)),
            item_lines(top, form),
        )
        count = top.whole.items
    else:
        about, headings, lines = (
            pgettext("sheet", "Units"),
            unit_headings(parts),
            unit_lines(top, parts, loops),
        )
        count = sum(1 + bool(unit.children) for unit in top.walk())
    stem = file_stem(checklist.name, _("Roll-up"), about, on=form.day)
    filters = {"as_of": form.day.isoformat(), "start": form.first.isoformat(), "by": form.parts}
    filters |= {"closed": "1"} if form.with_closed else {}
    record_export(request, checklist, about, {"format": wanted, "filters": filters, "rows": count})
    kind = STREAMED_FORMATS[wanted]
    plain = f"{checklist.slug}-{'items' if rows else 'units'}-{form.day}"
    return attached(FileResponse(kind.write(headings, lines)), kind, name=stem, plain=plain)


def unit_headings(parts: list[Part]) -> list[str]:
    headings = [
        _("Level"),
        _("Organisation"),
        _("Address"),
        _("Under"),
        _("Units"),
        _("Units without update"),
    ]
    headings += [_("Items"), str(Status.DROPPED.label), *_figure_headings()]
    headings += [_("Done in time"), _("of"), _("Done by the first due date"), _("of")]
    headings += [_("Entries given"), _("Entries due"), _("Applications waiting")]
    for part in parts:
        headings += [f"{part.code} {part.title} {heading}" for heading in _figure_headings()]
    return headings


def _figure_headings() -> list[str]:
    headings = [_("In force")]
    for figure in FIGURES.values():
        headings += [str(figure.label), f"{figure.label} %"]
    return headings


def unit_lines(top: Unit, parts: list[Part], loops: Loops) -> Iterator[list[str | float | date | None]]:
    """Each unit with all below it; if there are any, a second line counts only its own items."""
    own = _("%(name)s (own items)")
    names = {unit.path: unit.name for unit in top.walk()}
    for unit in top.walk():
        place: list[str | int] = [
            unit.depth - top.depth,
            unit.name,
            unit.slug,
            names.get(unit.parent_path, ""),
        ]
        yield [
            *place,
            unit.units,
            unit.unheard,
            *_figures(unit.whole, unit.parts, parts, loops.whole[unit.key]),
        ]
        if unit.children:
            place[1] = own % {"name": unit.name}
            counts = [int(unit.own.in_force > 0), int(unit.is_unheard)]
            yield [*place, *counts, *_figures(unit.own, unit.own_parts, parts, loops.own[unit.key])]


def _figures(
    whole: Tally, by_part: dict[int, Tally], parts: list[Part], loop: LoopSums
) -> list[float | None]:
    cells: list[float | None] = [whole.items, whole.dropped, *_shares(whole)]
    known = loop.on_time
    cells += [known.in_time, known.of, known.in_time_first, known.of_first]
    cells += [loop.given, loop.owed, loop.waiting]
    for part in parts:
        cells += _shares(by_part.get(part.key, Tally()))
    return cells


def _shares(tally: Tally) -> Iterator[float | None]:
    yield tally.in_force
    for figure in FIGURES.values():
        share = figure.share(tally)
        yield figure.count(tally)
        yield None if share is None else round(share, 1)


def part_headings(top: Unit) -> list[str]:
    """What the catalogues of these units call their parts; no second one if all have a single level."""
    found = Catalogue.objects.filter(pk__in={unit.catalogue for unit in top.walk()})
    named = [one.own_level_names for one in found]
    words = (dict.fromkeys(filter(None, map(word, named))) for word in (pillar_word, section_word))
    return [" / ".join(names) for names in words if names]


def item_headings(parts: list[str]) -> list[str]:
    headings = [_("Organisation"), _("Under"), _("Code"), _("Title"), *parts]
    for one in FIELDS:
        headings += [str(one.label), _("Days late")] if one.has_days_late else [str(one.label)]
    return [*headings, _("Last update")]


def item_lines(top: Unit, form: UnitsForm) -> Iterator[list[str | float | date | None]]:
    """Every item, by unit in the order of the tree, then in that of the article; read in short queries."""
    levels = len(part_headings(top))
    catalogues = {unit.catalogue for unit in top.walk()}
    if form.past:
        catalogues |= set(ChecklistEdition.objects.order_by().values_list("catalogue", flat=True).distinct())
    found = list(
        Measure.objects.filter(section__pillar__catalogue__in=catalogues).select_related("section__pillar")
    )
    if form.past:
        put_words_back(found, form.past)
    measures = {one.pk: (one.position, one.code, one.title, _parts_of(one)[:levels]) for one in found}
    names, statuses = {unit.path: unit.name for unit in top.walk()}, labels(Status)
    for units in batched(top.walk(), AT_ONCE):
        places = {unit.key: (number, unit) for number, unit in enumerate(units) if unit.is_counted}
        rows = (
            items_on(form.past)
            .filter(checklist__in=places)
            .with_cooperating()
            .order_by()
            .values_list("checklist", "measure_id", "updated_at", *(one.lookup for one in FIELDS))
        )
        for key, measure, updated, *state in sorted(
            rows, key=lambda row: (places[row[0]][0], measures[row[1]][0])
        ):
            unit = places[key][1]
            _position, code, title, parts = measures[measure]
            yield [
                *(unit.name, names.get(unit.parent_path, ""), code, title, *parts),
                *_state_cells(dict(zip(STATE_FIELDS, state, strict=True)), statuses, form.day),
                updated,
            ]


def _parts_of(measure: Measure) -> tuple[str, str]:
    section = measure.section
    return str(section.pillar), str(section) if section.title else ""


def _state_cells(
    state: dict[str, Any], statuses: dict[Status, str], on: date
) -> Iterator[str | float | date | None]:
    """What people wrote, with the days late after the due date; an empty cell where nothing is late."""
    for name, value in state.items():
        if name == "status":
            yield statuses[Status(value)]
        else:
            units = BY_NAME[name].kind == Kind.UNITS
            yield names_in(value) if units else "" if value is None and name == "owner" else value
        if BY_NAME[name].has_days_late:
            yield days_late(state["status"], value, on) or None
