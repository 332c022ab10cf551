"""Progress reports: one builder, plain dataclasses, a writer a format. To add a format, add its line here."""

from collections.abc import Callable
from dataclasses import dataclass

from measures.reports.as_json import write_json
from measures.reports.build import build_report
from measures.reports.model import Report, ReportRow
from measures.reports.write_csv import write_csv, write_updates_csv
from measures.reports.write_docx import write_docx
from measures.reports.write_pdf import write_pdf
from measures.reports.write_xlsx import write_xlsx

__all__ = ["FORMATS", "Format", "Report", "ReportRow", "Writer", "build_report"]

Writer = Callable[[Report], bytes]


@dataclass(frozen=True)
class Format:
    """A kind of file: its name for people, its type, and what writes it.

    `write_updates` writes the journal in place of the items, for a format that holds one table only.
    """

    label: str
    content_type: str
    write: Writer
    write_updates: Writer | None = None


OFFICE = "application/vnd.openxmlformats-officedocument"

# In the order of the buttons: what is sent on, then what is worked with.
FORMATS: dict[str, Format] = {
    "docx": Format("DOCX", f"{OFFICE}.wordprocessingml.document", write_docx),
    "pdf": Format("PDF", "application/pdf", write_pdf),
    "xlsx": Format("XLSX", f"{OFFICE}.spreadsheetml.sheet", write_xlsx),
    "csv": Format("CSV", "text/csv; charset=utf-8", write_csv, write_updates_csv),
    "json": Format("JSON", "application/json", write_json),
}
