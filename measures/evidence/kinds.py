"""Which files are taken as evidence. The content decides what a file is, and its name must agree."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from measures.evidence.archives import OFD, OFFICE_KINDS, Refused, member_kind

LARGEST_FILE = 20 * 1024 * 1024  # bytes of one file
NAME_LIMIT = 200  # characters of its name
CHUNK = 64 * 1024
# Controls that text files have: tab, line feed, form feed, carriage return.
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\f\r") + b"\x7f"
CONTROL_SIGNS = set(CONTROLS.decode())
ENCODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
ANY = ("utf-8", "gb18030")  # of text that does not name its encoding


@dataclass(frozen=True)
class FileKind:
    """A type of file: what names of such files end with, and whether content that begins so is of it."""

    media_type: str
    suffixes: tuple[str, ...]
    holds: Callable[[IO[bytes]], bool]

    @property
    def label(self) -> str:
        return self.suffixes[0].upper()


def file_kind(file: IO[bytes]) -> FileKind:
    """What the file is, by its content. Raises Refused, with the reason for its user."""
    for kind in KINDS:
        file.seek(0)
        if kind.holds(file):
            return kind
    raise Refused(
        _("This type of file is not accepted. Choose one of these: %(kinds)s.") % {"kinds": kinds_in_words()}
    )


def refuse_other_name(name: str, kind: FileKind) -> None:
    """Raise Refused if the name says that the file is of another type."""
    _stem, dot, suffix = name.rpartition(".")
    if not dot or suffix.lower() not in kind.suffixes:
        said = _(
            "The content of this file is %(kind)s, but its name does not end with .%(suffix)s. Rename it."
        )
        raise Refused(said % {"kind": kind.label, "suffix": kind.suffixes[0]})


def tidy_name(name: str) -> str:
    """The name without folders and characters that cannot be seen, cut to NAME_LIMIT before its ending."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = " ".join("".join(sign if sign.isprintable() else " " for sign in last).split())
    stem, dot, suffix = seen.rpartition(".")
    if not dot or len(suffix) > 10:
        return seen[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(suffix) - 1].rstrip()}.{suffix}"


def suffix_of(media_type: str) -> str:
    """The ending of names of this type."""
    return next((kind.suffixes[0] for kind in KINDS if kind.media_type == media_type), "bin")


def kinds_in_words() -> str:
    return _(", ").join(kind.label for kind in KINDS)


def accepted_suffixes() -> str:
    """For the attribute `accept` of a form's input."""
    return ",".join(f".{suffix}" for kind in KINDS for suffix in kind.suffixes)


def _is_pdf(file: IO[bytes]) -> bool:
    return file.read(5) == b"%PDF-"


def _is_jpeg(file: IO[bytes]) -> bool:
    return file.read(3) == b"\xff\xd8\xff"


def _is_png(file: IO[bytes]) -> bool:
    head = file.read(16)
    return head[:8] == b"\x89PNG\r\n\x1a\n" and head[12:] == b"IHDR"


def _is_member_kind(wanted: str) -> Callable[[IO[bytes]], bool]:
    return lambda file: member_kind(file) == wanted


def _is_text(file: IO[bytes]) -> bool:
    """Text without control characters that is not markup. UTF-8, UTF-16 with its mark, or GB 18030."""
    head = file.read(4)
    named = next((encoding for mark, encoding in ENCODINGS.items() if head.startswith(mark)), None)
    left = {name: codecs.getincrementaldecoder(name)() for name in ([named] if named else ANY)}
    begun = ""
    chunk = head
    while left and chunk:
        if named != "utf-16" and chunk.translate(None, CONTROLS) != chunk:
            return False
        for name, decoder in list(left.items()):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError:
                del left[name]
            else:
                if named == "utf-16" and not CONTROL_SIGNS.isdisjoint(text):
                    return False
                begun = begun or text.lstrip("\ufeff \t\n\f\r")[:1]
        chunk = file.read(CHUNK)
    return any(_ends_well(decoder) for decoder in left.values()) and bool(begun) and begun != "<"


def _ends_well(decoder: codecs.IncrementalDecoder) -> bool:
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = (
    FileKind("application/pdf", ("pdf",), _is_pdf),
    FileKind(f"{_OFFICE}.wordprocessingml.document", ("docx",), _is_member_kind(OFFICE_KINDS[0])),
    FileKind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",), _is_member_kind(OFFICE_KINDS[1])),
    FileKind(f"{_OFFICE}.presentationml.presentation", ("pptx",), _is_member_kind(OFFICE_KINDS[2])),
    FileKind("application/ofd", ("ofd",), _is_member_kind(OFD)),
    FileKind("image/jpeg", ("jpg", "jpeg"), _is_jpeg),
    FileKind("image/png", ("png",), _is_png),
    FileKind("text/plain", ("txt",), _is_text),
)
