"""What each format's library costs bare: the same cells, and nothing of what makes a report of them."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast

import docx
import typst
import xlsxwriter

from measures.reports.document import document
from measures.reports.model import Report
from measures.reports.outline import Table, writable
from measures.reports.write_pdf import FONTS


def tables_of(report: Report) -> list[list[list[str]]]:
    """The cells of the document's tables."""
    tables = (block for block in document(report).blocks if isinstance(block, Table))
    return [[list(line.cells) for line in table.lines] for table in tables]


def values_of(row: Any) -> list[Any]:
    """The fields of a row, moments as the clock shows them."""
    return [
        value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in vars(row).values()
    ]


def bare_docx(report: Report) -> bytes:
    """python-docx, one cell after another, as its documentation has it."""
    word = docx.Document()
    for lines in tables_of(report):
        width = max(len(line) for line in lines) if lines else 1
        table = word.add_table(rows=0, cols=width)
        for line in lines:
            cells = table.add_row().cells
            for cell, text in zip(cells, line, strict=False):
                cell.text = writable(text)
    output = io.BytesIO()
    word.save(output)
    return output.getvalue()


def bare_pdf(report: Report) -> bytes:
    """typst, the tables without style, set in the same font."""
    source = """
#set text(font: "Noto Serif SC", size: 10.5pt)
#for lines in json(bytes(sys.inputs.data)) {
  table(columns: 6, ..lines.map(line => line.map(cell => [#cell])).flatten())
}
"""
    data = [[[writable(cell) for cell in line] for line in lines] for lines in tables_of(report)]
    return bytes(
        typst.compile(
            cast(Any, source.encode()),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data)},
        )
    )


def bare_xlsx(report: Report) -> bytes:
    output = io.BytesIO()
    book = xlsxwriter.Workbook(
        output, {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    )
    for rows in (report.rows, report.moves, report.journal):
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, value in enumerate(values_of(row)):
                sheet.write(line, place, writable(value) if isinstance(value, str) else value)
    book.close()
    return output.getvalue()


def bare_csv(report: Report) -> bytes:
    return _csv(values_of(row) for row in report.rows)


def bare_updates_csv(report: Report) -> bytes:
    return _csv(values_of(row) for row in report.journal)


def _csv(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def bare_json(report: Report) -> bytes:
    """json's own way with objects: what it does not know, it asks for."""
    return json.dumps(report, default=_plain, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else vars(value)
