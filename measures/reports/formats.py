"""The kinds of file that the app writes.

A table of formats says what a page gives away: it pairs each kind with what writes it there. Media types are
written here alone.
"""

from dataclasses import dataclass

ICALENDAR = "text/calendar; charset=utf-8"  # RFC 5545
OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Format[W]:
    """A kind of file, and what writes it.

    `name` is the format's name in addresses, and the extension of the file. `label` is for people.
    """

    name: str
    label: str
    media_type: str
    write: W


def docx[W](write: W) -> Format[W]:
    return Format("docx", "DOCX", f"{OFFICE}.wordprocessingml.document", write)


def xlsx[W](write: W) -> Format[W]:
    return Format("xlsx", "XLSX", f"{OFFICE}.spreadsheetml.sheet", write)


def pdf[W](write: W) -> Format[W]:
    return Format("pdf", "PDF", "application/pdf", write)


def csv[W](write: W) -> Format[W]:
    return Format("csv", "CSV", "text/csv; charset=utf-8", write)


def json[W](write: W) -> Format[W]:
    return Format("json", "JSON", "application/json", write)


def zipped[W](write: W) -> Format[W]:
    return Format("zip", "ZIP", "application/zip", write)


def to_save(name: str) -> Format[None]:
    """A file of any content, which no browser shows or runs."""
    return Format(name, name.upper(), "application/octet-stream", None)


def table_of[W](*formats: Format[W]) -> dict[str, Format[W]]:
    """These formats by their names, in the order of their buttons."""
    return {one.name: one for one in formats}
