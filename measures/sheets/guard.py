"""What a file must pass before anything reads it as a spreadsheet: sizes declared, sizes met, no entities."""

import io
import zlib
from xml.parsers import expat
from xml.parsers.expat import ExpatError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

FILE_LIMIT = 5 * 1024 * 1024  # bytes
UNFOLDED_LIMIT = 100 * 1024 * 1024  # bytes, of all parts together
PARTS_LIMIT = 200
RATIO_LIMIT = 100  # of parts that are large when unfolded
LARGE = 1024 * 1024  # bytes
# 5,000 rows of 50 columns take half of these.
ELEMENTS_LIMIT = 1_000_000
CHUNK = 64 * 1024
MARKUP = (".xml", ".rels", ".vml")


class SheetError(Exception):
    """A file that cannot be read, and why, in words for its user."""


def check_workbook(content: bytes) -> None:
    """Raises SheetError for a workbook that would take too much to unfold, or that brings a DTD."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _check_declared(archive.infolist())
            _check_unfolded(archive)
    # zlib.error: what was packed is broken.
    except (BadZipFile, ExpatError, EOFError, OSError, ValueError, RuntimeError, zlib.error) as error:
        raise SheetError(unreadable()) from error


def unreadable() -> str:
    return _("This file cannot be read as a spreadsheet. Open it, save it as .xlsx, and try again.")


def _check_declared(parts: list[ZipInfo]) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError(_("This file is locked with a password. Save it as .xlsx without one."))
    # The only compression methods in Office's own files; others fail differently.
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise SheetError(unreadable())
    squeezed = any(
        part.file_size > LARGE and part.file_size > RATIO_LIMIT * part.compress_size for part in parts
    )
    if len(parts) > PARTS_LIMIT or squeezed or sum(part.file_size for part in parts) > UNFOLDED_LIMIT:
        raise SheetError(_too_much())


def _too_much() -> str:
    return _("This file unpacks to far more than a checklist contains. Copy the rows into a new file.")


def _check_unfolded(archive: ZipFile) -> None:
    """Sizes once more, as they are and not as they say; and every part of markup read for a DTD."""
    unfolded = elements = 0

    def count(_name: str, _attributes: object) -> None:
        nonlocal elements
        elements += 1
        if elements > ELEMENTS_LIMIT:
            raise SheetError(_too_much())

    for part in archive.infolist():
        parser = expat.ParserCreate() if part.filename.lower().endswith(MARKUP) else None
        if parser:
            parser.StartDoctypeDeclHandler = _refuse_doctype
            parser.StartElementHandler = count
        with archive.open(part) as opened:
            while chunk := opened.read(CHUNK):
                unfolded += len(chunk)
                if unfolded > UNFOLDED_LIMIT:
                    raise SheetError(_too_much())
                if parser:
                    parser.Parse(chunk, False)
        if parser:
            parser.Parse(b"", True)


def _refuse_doctype(*_declared: object) -> None:
    # No spreadsheet program writes one; it is where entities are declared.
    raise SheetError(unreadable())
