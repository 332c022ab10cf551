"""Progress reports: one builder, plain dataclasses, a writer a format. To add a format, add its line here."""

from collections.abc import Callable
from dataclasses import dataclass

from measures.reports.build import Report, Row, build_report
from measures.reports.write_csv import write_csv
from measures.reports.write_xlsx import write_xlsx

__all__ = ["FORMATS", "Format", "Report", "Row", "build_report"]


@dataclass(frozen=True)
class Format:
    """A kind of file: its name for people, its type, and what writes it."""

    label: str
    content_type: str
    write: Callable[[Report], bytes]


FORMATS: dict[str, Format] = {
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
    "csv": Format("CSV", "text/csv; charset=utf-8", write_csv),
}
