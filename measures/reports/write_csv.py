"""CSV: one row an item. It starts with a byte-order mark, or Excel garbles Chinese."""

import csv
import io

from measures.reports.build import Report
from measures.reports.cells import as_text, item_columns, safe_cell


def write_csv(report: Report) -> bytes:
    columns = item_columns()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe_cell(column.heading) for column in columns])
    for row in report.rows:
        writer.writerow([safe_cell(as_text(column.value(row))) for column in columns])
    return text.getvalue().encode("utf-8-sig")
