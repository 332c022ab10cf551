"""Progress reports: one builder, plain dataclasses, a writer a format. To add a format, add its line here."""

from collections.abc import Callable

from measures.reports import formats
from measures.reports.as_json import write_json
from measures.reports.build import build_report
from measures.reports.formats import Format
from measures.reports.model import Report, ReportRow
from measures.reports.write_csv import write_csv, write_updates_csv
from measures.reports.write_docx import write_docx
from measures.reports.write_pdf import write_pdf
from measures.reports.write_xlsx import write_xlsx

__all__ = ["FORMATS", "UPDATES_FORMATS", "Format", "Report", "ReportRow", "Writer", "build_report"]

Writer = Callable[[Report], bytes]

# In the order of the buttons: what is sent on, then what is worked with.
FORMATS: dict[str, Format[Writer]] = formats.table_of(
    formats.docx(write_docx),
    formats.pdf(write_pdf),
    formats.xlsx(write_xlsx),
    formats.csv(write_csv),
    formats.json(write_json),
)
# The journal instead of the items, for a format that holds only one table.
UPDATES_FORMATS: dict[str, Format[Writer]] = formats.table_of(formats.csv(write_updates_csv))
