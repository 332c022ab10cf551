"""Report files read back by real readers, each into the same plain figures."""

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

import docx
import openpyxl
import pypdf
from django.utils import translation

from measures.choices import Status
from measures.progress import Counts
from measures.reports.model import MoveKind, Report

# Of a group: the share of each status that has items, and of what is done or standing.
Shares = dict[str, dict[str, str]]
# Of a group: how many items, of each status, late, and done or standing.
Figures = tuple[int, ...]


@dataclass
class Read:
    """What a file says: figures and shares by a group's name, moves by kind, codes of items, completeness."""

    groups: dict[str, Figures]
    shares: Shares
    moves: dict[MoveKind, int]
    codes: list[str]
    completeness: tuple[int, ...]


@dataclass
class ReadRows:
    """What a file of items alone says: the code and the status of each."""

    codes: list[str]
    statuses: list[Status]


def expected(report: Report) -> Read:
    """The same of the report itself."""
    groups = (*report.pillars, report.whole, *report.sections, *report.owners)
    known = report.completeness
    complete = (known.total, known.with_owner, known.with_due, known.updated)
    return Read(
        groups={name_of(one): figures(one) for one in groups},
        shares={
            name_of(one): {
                part.status.value: f"{part.share:.1f}%" for part in one.statuses if part.count and part.share
            }
            | ({} if one.well_share is None else {"well": f"{one.well_share:.1f}%"})
            for one in groups
        },
        moves={kind: len(report.moved(kind)) for kind in MoveKind} if report.since else {},
        codes=[row.code for row in report.rows],
        completeness=tuple(number for number in complete if number is not None),
    )


def name_of(counts: Counts) -> str:
    return squeezed(f"{counts.code} {counts.title}") or squeezed(no_owner())


def figures(counts: Counts) -> Figures:
    by_status = (counts.by_status[status] for status in Status)
    return (counts.total, *by_status, counts.overdue, counts.well)


def no_owner() -> str:
    return translation.gettext("No owner")


def squeezed(text: object) -> str:
    """Without white space, invisible breaks and control characters: what a line break would change."""
    return re.sub(r"[\s\u200b\x00-\x1f]", "", str(text))


def read_json(data: bytes) -> Read:
    found = json.loads(data)
    groups: dict[str, Figures] = {}
    shares: Shares = {}
    sections = [part for pillar in found["pillars"] for part in pillar["parts"]]
    for one in [*found["pillars"], found["whole"], *sections, *found["owners"]]:
        name = squeezed(f"{one['code']} {one['title']}") or squeezed(no_owner())
        by_status = one["by_status"]
        groups[name] = (one["total"], *(by_status[status] for status in Status), one["overdue"], one["well"])
        said = {status.value: one["shares"][status] for status in Status if by_status[status]}
        if one["well_share"] is not None:
            said["well"] = one["well_share"]
        shares[name] = {key: f"{share:.1f}%" for key, share in said.items()}
    kinds = [move["kind"] for move in found["moves"]]
    known = found["completeness"]
    return Read(
        groups,
        shares,
        {kind: kinds.count(kind) for kind in MoveKind} if found["since"] else {},
        [row["code"] for row in found["items"]],
        tuple(value for value in known.values() if value is not None),
    )


def read_xlsx(data: bytes) -> Read:
    sheets = read_book(data).worksheets
    rows: list[Any] = [list(row) for row in sheets[0].iter_rows(values_only=True)]
    groups: dict[str, Figures] = {}
    shares: Shares = {}
    moves: dict[MoveKind, int] = {}
    labels = {str(kind.label): kind for kind in MoveKind}
    known = {translation.gettext(name): name for name in ("With an owner", "With a due date")}
    known |= {translation.gettext("Updated in this period"): "updated", translation.gettext("Items"): "total"}
    completeness: list[int] = []
    headings: list[Any] = []
    for row in rows:
        if translation.gettext("Overdue") in row[1:]:
            headings = row
        elif len([cell for cell in row if cell is not None]) >= 10 and isinstance(row[1], int):
            name, told = squeezed(row[0]), dict(zip(headings, row, strict=True))
            groups[name], shares[name] = _figures_in(told)
        if row[0] in labels and isinstance(row[1], int):
            moves[labels[row[0]]] = row[1]
        if row[0] in known and isinstance(row[1], int) and row[2] is None:
            completeness.append(row[1])
    codes = [str(row[0].value) for row in sheets[1].iter_rows(min_row=2)]
    return Read(groups, shares, moves, codes, tuple(completeness))


def _figures_in(told: dict[str, Any]) -> tuple[Figures, dict[str, str]]:
    """The counts and the shares of a row of a sheet, by its headings."""
    gettext = translation.gettext
    counts = {status: told[str(status.label)] for status in Status}
    said = {status.value: told[f"{status.label} %"] for status, count in counts.items() if count}
    well = told[gettext("Done or standing, % of those in force")]
    if well is not None:
        said["well"] = well
    figures = (
        told[gettext("Items")],
        *counts.values(),
        told[gettext("Overdue")],
        told[gettext("Done or standing")],
    )
    return figures, {key: f"{100 * share:.1f}%" for key, share in said.items()}


def read_docx(data: bytes) -> Read:
    document = docx.Document(io.BytesIO(data))
    tables = [table for table in document.tables if table.style and table.style.name == "Report Table"]
    cells = [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    items = [rows for rows in cells if rows[0][1] == translation.gettext("Title and notes")]
    groups, shares = _count_rows(cells)
    return Read(
        groups,
        shares,
        _moves_in_headings(words),
        [row[0] for rows in items for row in rows[1:] if len(set(row)) > 1],
        _completeness_in(words),
    )


def _count_rows(tables: list[list[list[str]]]) -> tuple[dict[str, Figures], Shares]:
    groups: dict[str, Figures] = {}
    shares: Shares = {}
    for table in tables:
        if table[0][1] != translation.gettext("Items"):
            continue
        for row in table[1:]:
            name, total, *statuses, well, overdue = row
            counts = [cell.split("\n") for cell in statuses]
            name = squeezed(name)
            numbers = (int(cell[0]) for cell in counts)
            groups[name] = (int(total), *numbers, int(overdue), int(well.split("\n")[0]))
            shares[name] = {
                status.value: cell[1] for status, cell in zip(Status, counts, strict=True) if cell[0] != "0"
            }
            if "\n" in well:
                shares[name]["well"] = well.split("\n")[1]
    return groups, shares


def _moves_in_headings(words: str) -> dict[MoveKind, int]:
    moves = {}
    for kind in MoveKind:
        if found := re.search(rf"{kind.label}\s*[（(]\s*(\d+)", words):
            moves[kind] = int(found[1])
    return moves


def _completeness_in(words: str) -> tuple[int, ...]:
    """The numbers of the sentence on completeness: it begins with the total."""
    sentence = translation.ngettext(
        "Of %(total)d item, %(owner)d has an owner and %(due)d has a due date.",
        "Of %(total)d items, %(owner)d have an owner and %(due)d have a due date.",
        2,
    )
    more = translation.ngettext(
        "%(updated)d was updated in this period.", "%(updated)d were updated in this period.", 2
    )
    found: list[int] = []
    for text in (sentence, more):
        pattern = re.sub(r"%\\?\(\w+\\?\)d", r"(\\d+)", re.escape(squeezed(text)))
        if match := re.search(pattern, squeezed(words)):
            found += (int(number) for number in match.groups())
    return tuple(found)


def pdf_text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def read_pdf(data: bytes, report: Report) -> Read:
    """A PDF has no cells, so what the report says is looked for: a group's row is its name and nine cells."""
    words = pdf_text(data).replace("\u200b", "")
    groups: dict[str, Figures] = {}
    shares: Shares = {}
    cell = r"(\d+)(?:\s+(\d+\.\d%))?(?:\s+[+−]\d+)?\s+"
    for name in expected(report).groups:
        pattern = r"\s*".join(map(_in_pdf, name)) + r"\s+(\d+)\s+" + cell * 7 + r"(\d+)\s"
        if match := re.search(pattern, words):
            total, *middle, overdue = match.groups()
            counts, parts = middle[0:12:2], middle[1:14:2]
            groups[name] = (int(total), *map(int, counts), int(overdue), int(middle[12]))
            words_of = (*(status.value for status in Status), "well")
            shares[name] = {word: part for word, part in zip(words_of, parts, strict=True) if part}
    # The last chapter has each item's code at the beginning of its row.
    last = words[words.rindex(translation.gettext("All items")) :]
    codes = re.findall(r"^\s*(\d\.\d\.\d+)\b", last, re.MULTILINE)
    return Read(groups, shares, _moves_in_headings(words), codes, _completeness_in(words))


def _in_pdf(letter: str) -> str:
    """A letter's pattern; any for those that the fonts lack, and those that run from right to left."""
    return re.escape(letter) if ord(letter) < 0x600 or 0x3000 <= ord(letter) < 0xFFFF else r"\S*"


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")  # or Excel garbles Chinese
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_csv_rows(data: bytes) -> ReadRows:
    headings, *rows = read_csv(data)
    place = headings.index(translation.gettext("Status"))
    statuses = {str(status.label): status for status in Status}
    return ReadRows([row[0] for row in rows], [statuses[row[place]] for row in rows])


def read_book(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def docx_text(data: bytes) -> str:
    """All text of the body, squeezed."""
    return squeezed("".join(docx.Document(io.BytesIO(data)).element.body.itertext()))
