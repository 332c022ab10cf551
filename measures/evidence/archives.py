"""What a ZIP file holds, told from its directory: nothing but one small member is unpacked.

Office documents and OFD are ZIP files. What their directory says is checked against bounds, so that they do
no harm on the computer of a user who opens them.
"""

import struct
import zlib
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

BEGINS = b"PK\x03\x04"
END_OF_DIRECTORY = struct.Struct("<4s4H2LH")
END_MARK, ZIP64_MARK = b"PK\x05\x06", b"PK\x06\x07"
LONGEST_COMMENT = 65_535
DIRECTORY_LIMIT = 1024 * 1024  # bytes: some ten thousand members
MEMBERS_LIMIT = 5_000
UNPACKED_LIMIT = 300 * 1024 * 1024  # bytes, of all members together
RATIO_LIMIT = 200  # of members that are large when unpacked
LARGE = 1024 * 1024  # bytes
TYPES, TYPES_LIMIT = "[Content_Types].xml", 1024 * 1024
OFD_ROOT = "OFD.xml"
# The type of the main part of each Office document, in the order of KINDS.
OFFICE_KINDS = tuple(f"{name}.main+xml" for name in ("document", "sheet", "presentation"))
MAIN_PARTS = {
    OFFICE_KINDS[0]: b"wordprocessingml.document.main+xml",
    OFFICE_KINDS[1]: b"spreadsheetml.sheet.main+xml",
    OFFICE_KINDS[2]: b"presentationml.presentation.main+xml",
}
OFD = "OFD"


class Refused(Exception):
    """A file that is not taken, and why, in words for its user."""


def member_kind(file: IO[bytes]) -> str:
    """One of OFFICE_KINDS, or OFD; empty for any other file. Raises Refused for a ZIP that may do harm."""
    file.seek(0)
    if file.read(len(BEGINS)) != BEGINS:
        return ""
    _check_directory(file)
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(members)
            names = {member.filename for member in members}
            if TYPES in names:
                return _office_kind(archive)
            return OFD if OFD_ROOT in names else ""
    # zlib.error: what was packed is broken. RuntimeError and NotImplementedError: packed in an unusual way.
    except (BadZipFile, OSError, EOFError, ValueError, RuntimeError, struct.error, zlib.error) as error:
        raise Refused(_damaged()) from error


def _check_directory(file: IO[bytes]) -> None:
    """The directory is read whole, so it is bounded first."""
    size = file.seek(0, 2)
    begins = max(size - END_OF_DIRECTORY.size - LONGEST_COMMENT, 0)
    file.seek(begins)
    tail = file.read()
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) - at < END_OF_DIRECTORY.size:
        raise Refused(_damaged())
    if tail[max(at - 20, 0) : at].startswith(ZIP64_MARK):
        raise Refused(_too_much())
    members, length = END_OF_DIRECTORY.unpack_from(tail, at)[4:6]
    if members > MEMBERS_LIMIT or length > DIRECTORY_LIMIT:
        raise Refused(_too_much())


def _check_members(members: list[ZipInfo]) -> None:
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise Refused(_("This file is locked with a password. Save it without one."))
    if any(member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for member in members):
        raise Refused(_damaged())
    if len(set(names)) < len(names) or any(map(_leads_elsewhere, names)):
        raise Refused(_damaged())
    if len(names) > MEMBERS_LIMIT or sum(member.file_size for member in members) > UNPACKED_LIMIT:
        raise Refused(_too_much())
    if any(map(_is_squeezed, members)):
        raise Refused(_too_much())
    if any(name.lower().endswith(("vbaproject.bin", ".vbs", ".js", ".exe", ".dll")) for name in names):
        raise Refused(_macros())


def _leads_elsewhere(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _is_squeezed(member: ZipInfo) -> bool:
    """Whether it unpacks to far more than it takes, or says that it unpacks to less than it takes."""
    if member.file_size > LARGE and member.file_size > RATIO_LIMIT * member.compress_size:
        return True
    # Deflate adds five bytes to each 16 KB that it cannot pack.
    return member.compress_size > member.file_size + member.file_size // 1000 + 64


def _office_kind(archive: ZipFile) -> str:
    with archive.open(TYPES) as opened:
        types = opened.read(TYPES_LIMIT)
    if b"macroEnabled" in types:
        raise Refused(_macros())
    return next((kind for kind, part in MAIN_PARTS.items() if part in types), "")


def _damaged() -> str:
    return _("This file is damaged, or not what its name says. Open it, save it again, and try once more.")


def _too_much() -> str:
    return _("This file unpacks to far more than a document contains. It is not accepted.")


def _macros() -> str:
    return _("This document contains macros or programs. Save it without them, or as PDF.")
