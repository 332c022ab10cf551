"""The page of a draft as an outline: its rows, and the forms of the row that is open."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render

from measures.catalogues.checking import DraftFault, faults_of
from measures.catalogues.draft import Draft, DraftPart, seen_of, terms_of_row, texts_of_row
from measures.catalogues.editing import following_measure
from measures.catalogues.head_forms import HeadForm
from measures.catalogues.outline_forms import LinesForm, MeasureForm, PartForm, TypedData, WordsForm
from measures.choices import Cadence
from measures.models import Measure, Pillar, Section
from measures.views.access import SignedInRequest

TOP = "top"
FAULTS_SHOWN = 200
type OpenRowForm = MeasureForm | PartForm


@dataclass
class Open:
    """What is open on the page: one row's form, or one to add below, and what is to be said about it."""

    at: str = ""
    add: str = ""
    form: OpenRowForm | None = None
    lines: LinesForm | None = None
    halves: tuple[WordsForm, WordsForm] | None = None
    head: HeadForm | None = None
    seen: str = ""
    error: str = ""
    # What another user saved meanwhile: each field with their text and the one that was typed.
    versus: list[tuple[str, str, str]] = field(default_factory=list)
    # What was typed about a row that is gone.
    lost: list[tuple[str, str]] = field(default_factory=list)
    checked: bool = False
    status: int = 200


@dataclass
class OutlineRow:
    """One line of the outline."""

    key: str
    level: int
    name: str
    code: str
    title: str
    is_part: bool
    holds: str = ""
    cadence: str = ""
    source: str = ""
    terms: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    following: str = ""
    is_open: bool = False
    adds: bool = False


def outline_rows(draft: Draft, shown: Open, faults: list[DraftFault]) -> list[OutlineRow]:
    """All rows in order, in the language that the reader sees."""
    wrong: dict[str, list[str]] = {}
    for fault in faults:
        wrong.setdefault(fault.key, []).append(fault.text)
    rows = list(_rows(draft))
    last = _last_below(draft, rows, shown.add)
    for row in rows:
        row.faults = wrong.get(row.key, [])
        row.is_open = row.key == shown.at
        row.adds = row.key == last
    return rows


def _rows(draft: Draft) -> Iterator[OutlineRow]:
    names = draft.catalogue.level_names
    for part in draft.parts():
        code, title = part.row.code, _title(draft, part.row)
        yield OutlineRow(part.key, part.level, names[part.level - 1], code, title, True, names[part.level])
        for place, one in enumerate(part.measures):
            following = part.measures[place + 1] if place + 1 < len(part.measures) else None
            yield OutlineRow(
                f"m{one.pk}",
                part.level + 1,
                names[-1],
                one.code,
                _title(draft, one),
                False,
                cadence=str(Cadence(one.cadence).label),
                source=one.source,
                terms=terms_of_row(one, [draft.catalogue.shown_language])[draft.catalogue.shown_language],
                following=f"m{following.pk}" if following else "",
            )


def _title(draft: Draft, row: Pillar | Section | Measure) -> str:
    texts = texts_of_row(row, "title", draft.languages)
    return texts.get(draft.catalogue.shown_language) or texts[draft.languages[0]]


def _last_below(draft: Draft, rows: list[OutlineRow], add: str) -> str:
    """The row below which the form to add is shown: the measure itself, or the last in a part."""
    part = draft.by_key.get(add)
    if part is None:
        return rows[-1].key if rows and add == TOP else add
    last = list(part.walk())[-1]
    return f"m{last.measures[-1].pk}" if last.measures else last.key


def outline_page(request: SignedInRequest, draft: Draft, shown: Open) -> HttpResponse:
    faults = faults_of(draft)
    row = draft.row(shown.at) if shown.at else None
    if row and shown.form is None:
        shown.form = form_of(draft, row, None)
    if row and not shown.seen:
        shown.seen = seen_of_row(row)
    if not draft.top and not shown.add:
        shown.add = TOP
    if shown.add and shown.lines is None:
        shown.lines = LinesForm()
    rows = outline_rows(draft, shown, faults)
    names = draft.catalogue.level_names
    context = {
        "catalogue": draft.catalogue,
        "rows": rows,
        "count": sum(not one.is_part for one in rows),
        "faults": faults[:FAULTS_SHOWN],
        "fault_count": len(faults),
        "shown": shown,
        "top_name": names[0],
        "added_name": _added_name(draft, shown.add, names),
        "can_merge": isinstance(row, Measure) and following_measure(draft, row) is not None,
        "seen": draft.seen,
    }
    return render(request, "catalogues/outline.html", context, status=shown.status)


def _added_name(draft: Draft, add: str, names: list[str]) -> str:
    part = draft.by_key.get(add)
    if part is None:
        return names[0] if add == TOP else names[-1]
    return names[part.level]


def form_of(draft: Draft, row: DraftPart | Measure, data: TypedData) -> OpenRowForm:
    return PartForm(data, draft, row) if isinstance(row, DraftPart) else MeasureForm(data, draft, row)


def seen_of_row(row: DraftPart | Measure) -> str:
    return seen_of(row.row if isinstance(row, DraftPart) else row)
