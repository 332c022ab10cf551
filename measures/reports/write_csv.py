"""CSV: one row an item, or one row an update. It starts with a byte-order mark, or Excel garbles Chinese."""

import csv
import io
from collections.abc import Iterable

from measures.reports.cells import ReportColumn, as_text, item_columns, journal_columns, safe_cell
from measures.reports.language import in_its_language
from measures.reports.model import Report


@in_its_language
def write_csv(report: Report) -> bytes:
    """The items."""
    return _written(item_columns(report.levels), report.rows)


@in_its_language
def write_updates_csv(report: Report) -> bytes:
    """The updates of the period, each with the whole state after it."""
    return _written(journal_columns(), report.journal)


def _written[T](columns: list[ReportColumn[T]], rows: Iterable[T]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe_cell(column.heading) for column in columns])
    for row in rows:
        writer.writerow([safe_cell(as_text(column.value(row))) for column in columns])
    return text.getvalue().encode("utf-8-sig")
