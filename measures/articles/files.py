"""The text of an article in a file: TXT, DOCX or PDF, within bounds."""

import re
import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from measures.articles.text import LONGEST, MARKS, STOPS, ArticleError
from measures.texts import one_line_break
from measures.word.elements import Element
from measures.word.faults import RefusedError
from measures.word.package import DOCUMENT, ZIP_BEGINS, Limits, open_package, read_xml

LARGEST = 5 * 1024 * 1024  # bytes of a file
DOCX_LIMITS = Limits(unpacked=60 * 1024 * 1024, text=8 * 1024 * 1024, xml=8 * 1024 * 1024)
PDF_BEGINS = b"%PDF-"
PDF_SECONDS, PDF_WAIT = 20, 40  # of a processor, and in all: less than a request may take
CHILD = Path(__file__).parent / "child.py"
# Of other kinds whose bytes might pass for text.
OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"{\\rtf", b"<?xml", b"<!DOCTYPE", b"<html")
ENCODINGS = ("utf-8-sig", "gb18030")
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BREAKS = {WORD + "br": "\n", WORD + "cr": "\n", WORD + "tab": "\t"}


def text_of_file(data: bytes) -> str:
    """The text. The file's first bytes tell its kind. Raises ArticleError, which says what is wrong."""
    if len(data) > LARGEST:
        raise ArticleError(_("The file is larger than %(size)d MiB.") % {"size": LARGEST // 1024 // 1024})
    if data.startswith(ZIP_BEGINS):
        text = _of_docx(data)
    elif data.startswith(PDF_BEGINS):
        text = _of_pdf(data)
    else:
        text = _of_plain(data)
    if len(text) > LONGEST:
        raise ArticleError(_("The text has more than %(most)d characters.") % {"most": LONGEST})
    if not text.strip():
        raise ArticleError(_("The file holds no text. A scanned paper must be turned into text first."))
    return one_line_break(text)


def _of_plain(data: bytes) -> str:
    if data.startswith(OTHER_KINDS):
        raise ArticleError(_("The file is neither plain text, DOCX nor PDF."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ArticleError(_("The text is neither in UTF-8 nor in GB18030."))


def _of_docx(data: bytes) -> str:
    try:
        parts = open_package(data, DOCX_LIMITS).parts
        xml = next(content for name, content in sorted(parts.items()) if DOCUMENT.fullmatch(name))
        if len(xml) > DOCX_LIMITS.text:
            raise ArticleError(_("The document is too long."))
        root = read_xml("word/document.xml", xml)
    except RefusedError as error:
        raise ArticleError(_("This is not a Word document (.docx), or it is damaged or unsafe.")) from error
    return "\n".join(_paragraph(one) for one in root.iter(WORD + "p"))


def _paragraph(paragraph: Element) -> str:
    """Its own text: not of paragraphs in a text box inside it, nor what a tracked change deletes."""
    pieces = [
        BREAKS.get(str(one.tag), one.text or "")
        for one in paragraph.iter(WORD + "t", *BREAKS)
        if next(one.iterancestors(WORD + "p")) is paragraph
        and next(one.iterancestors(WORD + "del"), None) is None
    ]
    return "".join(pieces)


def _of_pdf(data: bytes) -> str:
    command = [sys.executable, "-I", str(CHILD), str(PDF_SECONDS)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=PDF_WAIT)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise ArticleError(_("Reading this PDF takes too long.")) from error
    if done.returncode:
        raise ArticleError(_("This PDF cannot be read: it is locked, damaged or too long."))
    return paragraphs_of(done.stdout.decode("utf-8", "replace"))


def paragraphs_of(text: str) -> str:
    """The lines of a page as paragraphs: a line that fills the width goes on in the next one."""
    lines = [line.strip() for line in re.split(r"[\n\f]", text)]
    lines = [line for line in lines if line and not re.fullmatch(r"[-—– ]*\d{1,4}[-—– ]*", line)]
    lengths = sorted(map(_width, lines))
    full = lengths[len(lengths) * 9 // 10] if lengths else 0
    joined = ""
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else ""
        ends = _width(line) < full * 0.85 or (
            line[-1] in STOPS and any(mark.match(following) for mark in MARKS)
        )
        space = " " if line[-1].isascii() and following[:1].isascii() else ""
        joined += line + ("\n" if ends else space)
    return joined


def _width(line: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in line)
