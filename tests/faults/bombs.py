"""Malicious uploads: spreadsheets and Word documents that expand hugely, lie, or are broken."""

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping

import docx
import openpyxl

from measures.sheets.guard import FILE_LIMIT
from tests.proofs import SOAK
from tests.sheets import sheet_of

MB = 1024 * 1024
HUGE = (1024 if SOAK else 128) * MB  # making a gigabyte takes longer than refusing it
SHEET, STRINGS, TEXT = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "word/document.xml"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">%s]>'
    % b"".join(b'<!ENTITY %c "%s">' % (n, b"&%c;" % (n - 1) * 20) for n in range(ord("b"), ord("k")))
    + b"<x>&j;</x>"
)
SQUARES = b'<!DOCTYPE x [<!ENTITY a "%s">]><x>%s</x>' % (b"a" * 100_000, b"&a;" * 100_000)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY %% a SYSTEM "http://127.0.0.1:%d/"> %%a;]><x>&a;</x>'


def sheet() -> bytes:
    return sheet_of(["编号", "进展情况"], ["1.1.1", "已办"])


def document() -> bytes:
    made, output = docx.Document(), io.BytesIO()
    made.add_paragraph("{{ title }}")
    made.save(output)
    return output.getvalue()


def with_parts(whole: bytes, parts: Mapping[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The package with these parts replaced or added."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(output, "w", kind) as new:
        for name in {**dict.fromkeys(old.namelist()), **parts}:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return output.getvalue()


def overlapping(whole: bytes, part: str, times: int) -> bytes:
    """A package whose directory names the bytes of one part many times over."""
    output = io.BytesIO(whole)
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as archive:
        first = archive.getinfo(part)
        for number in range(times):
            again = zipfile.ZipInfo(f"xl/worksheets/again{number}.xml")
            again.header_offset, again.compress_type = first.header_offset, first.compress_type
            again.file_size, again.compress_size, again.CRC = (
                first.file_size,
                first.compress_size,
                first.CRC,
            )
            archive.filelist.append(again)
        archive._didModify = True  # type: ignore[attr-defined]
    return output.getvalue()


def nested(depth: int) -> bytes:
    """A zip in a zip in a zip, so many deep."""
    inner = b"\0" * 10 * MB
    for _ in range(depth):
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.zip", inner)
        inner = output.getvalue()
    return inner


def lying(whole: bytes, size: int) -> bytes:
    """The package with every uncompressed size of `size` written as a thousand."""
    return whole.replace(size.to_bytes(4, "little"), struct.pack("<I", 1000))


def spoilt(whole: bytes, chance: random.Random) -> bytes:
    """The file with some bytes changed, cut out or doubled."""
    bytes_ = bytearray(whole)
    for _ in range(chance.choice([1, 1, 2, 8, 64])):
        place = chance.randrange(len(bytes_))
        match chance.randrange(4):
            case 0:
                del bytes_[place : place + chance.randrange(1, 200)]
            case 1:
                bytes_[place:place] = bytes_[place : place + 64]
            case _:
                bytes_[place] = chance.randrange(256)
        if not bytes_:
            break
    return bytes(bytes_)


def cells(*texts: bytes) -> bytes:
    """A sheet of one row of heads and one of these, as XML."""
    inline = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % text for text in texts)
    heads = "".join(
        f'<c t="inlineStr"><is><t>{head}</t></is></c>' for head in ("编号", "进展情况", "截止日期")
    ).encode()
    return b'<worksheet xmlns="%s"><sheetData><row>%s</row><row>%s</row></sheetData></worksheet>' % (
        MAIN,
        heads,
        inline,
    )


def large_text_sheet() -> bytes:
    """What just passes every limit, and takes the longest."""
    chance = random.Random(1)
    rows = [["编号", "进展情况"]]
    rows += [[f"1.1.{n % 9}", f"{chance.getrandbits(2_400):x}"] for n in range(4_990)]
    made = sheet_of(*rows)
    assert len(made) < FILE_LIMIT
    return made


def in_far_corners(count: int) -> bytes:
    """Sheets of a million rows, all but two of them empty."""
    book, output = openpyxl.Workbook(), io.BytesIO()
    for _ in range(count):
        sheet = book.create_sheet()
        sheet.append(["说明"])
        sheet["XFD1048576"] = "x"
    book.save(output)
    return output.getvalue()


def sheets() -> Iterator[tuple[str, bytes]]:
    """By name, spreadsheets that are refused or understood, but never break anything."""
    good = sheet()
    row = b'<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    million = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN, row * 3_000_000)
    yield "147 MB of rows in one sheet", with_parts(good, {SHEET: million})
    strings = b'<sst xmlns="%s">%s</sst>' % (MAIN, b"<si><t/></si>" * 10_000_000)
    yield "130 MB of texts", with_parts(good, {STRINGS: strings})
    yield "spaces without end", with_parts(good, {"xl/media/a.xml": b" " * HUGE})
    hundredth = b" " * (HUGE // 100)
    yield (
        "spaces without end in a hundred parts",
        with_parts(good, {f"xl/{n}.xml": hundredth for n in range(100)}),
    )
    ten = with_parts(good, {SHEET: b"<a>" + b" " * 10 * MB + b"</a>"})
    yield "a part named a hundred times", overlapping(ten, SHEET, 100)
    yield "sizes that lie", lying(ten, 10 * MB + 7)
    yield "a zip forty deep", with_parts(good, {"xl/a.zip": nested(40)})
    yield "a zip forty deep alone", nested(40)
    yield "ten thousand parts", with_parts(good, {f"xl/{n}.xml": b"" for n in range(10_000)})
    for kind, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")):
        yield f"packed by {name}", with_parts(good, {SHEET: b" " * 50 * MB}, kind)
    for part in (SHEET, STRINGS, "xl/workbook.xml", "[Content_Types].xml"):
        for name, bomb in (("laughs", LAUGHS), ("squares", SQUARES), ("outside", OUTSIDE % 9)):
            yield f"{name} in {part}", with_parts(good, {part: bomb})
            yield f"{name} in {part} as UTF-16", with_parts(good, {part: bomb.decode().encode("utf-16")})
    yield "elements 300,000 deep", with_parts(good, {SHEET: b"<a>" * 300_000 + b"</a>" * 300_000})
    many = b"<a %s/>" % b" ".join(b'a%d="1"' % n for n in range(200_000))
    yield "an element of 200,000 attributes", with_parts(good, {SHEET: many})
    yield "an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
    yield "a large one that may be", large_text_sheet()
    yield "nothing", b""
    yield "a text of 10 MB", b"a," * 5 * MB
    yield "a text of one long line", "编号,进展情况\n1.1.1,".encode() + b"x" * 4 * MB
    yield "a quote that never ends", b'\xe7\xbc\x96\xe5\x8f\xb7,"' + b'x"",' * MB
    yield "five million empty lines", b"\n" * (FILE_LIMIT - 1)
    yield "cells in the farthest corners of forty sheets", in_far_corners(40)
    yield "half a picture", b"\x89PNG\r\n\x1a\n" + b"\xff" * 1000


def odd_cells() -> Iterator[tuple[str, bytes]]:
    """By name, spreadsheets whose notes hold what no keyboard types."""
    odd = {
        "a formula": "=1+1",
        "a call of a program": "=cmd|'/c calc'!A0",
        "a full-width formula": "＝SUM(A1)",
        "control characters": "a\x01\x02\x1b[2Jb",
        "a NUL": "a\x00b",
        "marks that turn the text around": "\u202eabc\u202c\u2066x\u2069\u200f",
        "invisible signs": "a\u200b\u200d\ufeffb",
        "no character": "a\ufffe\uffffb",
        "a thousand combining marks": "e" + "\u0301" * 1_000,
    }
    for name, text in odd.items():
        yield f"{name} in a CSV", f"编号,进展情况\r\n1.1.1,{text}".encode()
        yield f"{name} in a CSV as UTF-16", f"编号\t进展情况\r\n1.1.1\t{text}".encode("utf-16")
        written = "".join(f"_x{ord(sign):04X}_" if sign < " " or sign > "\ufffd" else sign for sign in text)
        yield f"{name} in a workbook", with_parts(sheet(), {SHEET: cells(b"1.1.1", written.encode())})
    for name, text in (("a NUL", "_x0000_"), ("half a character", "_xD800_"), ("the other half", "_xDFFF_a")):
        part = cells(b"1.1.1", text.encode())
        yield f"{name}, escaped, in a workbook", with_parts(sheet(), {SHEET: part})
        shared = cells(b"1.1.1").replace(b"</row></sheetData>", b'<c t="s"><v>0</v></c></row></sheetData>')
        strings = b'<sst xmlns="%s"><si><t>%s</t></si></sst>' % (MAIN, text.encode())
        yield f"{name}, shared, in a workbook", with_parts(sheet(), {SHEET: shared, STRINGS: strings})
    half = "编号\t进展情况\r\n1.1.1\ta".encode("utf-16") + b"\x00\xd8"
    yield "half a character in UTF-16", half
    for name, cell in {
        "a number without end": b'<c r="C2"><v>1e999</v></c>',
        "no number": b'<c r="C2"><v>NaN</v></c>',
        "a day of no calendar": b'<c r="C2" t="d"><v>2026-02-30</v></c>',
        "a reference to nowhere": b'<c r="C2" t="s"><v>99999</v></c>',
        "a place beyond the sheet": b'<c r="ZZZZ99999999"><v>1</v></c>',
        "a formula of its own": b'<c r="C2"><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>1</v></c>',
    }.items():
        part = cells(b"1.1.1", b"x").replace(b"</row></sheetData>", cell + b"</row></sheetData>")
        yield f"{name} in a workbook", with_parts(sheet(), {SHEET: part})


def documents() -> Iterator[tuple[str, bytes]]:
    """By name, Word documents that are no templates."""
    good = document()
    text = zipfile.ZipFile(io.BytesIO(good)).read(TEXT)

    def around(inner: bytes) -> bytes:
        return with_parts(good, {TEXT: text.replace(b"{{ title }}", inner)})

    yield "spaces without end", with_parts(good, {"word/media/a.xml": b" " * HUGE})
    yield "sizes that lie", lying(with_parts(good, {"word/a.xml": b" " * 15 * MB}), 15 * MB)
    yield "ten thousand parts", with_parts(good, {f"word/{n}.xml": b"" for n in range(10_000)})
    yield "a zip forty deep", with_parts(good, {"word/a.zip": nested(40)})
    for kind, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")):
        yield f"packed by {name}", with_parts(good, {}, kind)
    for part in (TEXT, "word/styles.xml", "[Content_Types].xml", "docProps/core.xml"):
        for name, bomb in (("laughs", LAUGHS), ("squares", SQUARES), ("outside", OUTSIDE % 9)):
            yield f"{name} in {part}", with_parts(good, {part: bomb})
            yield f"{name} in {part} as UTF-16", with_parts(good, {part: bomb.decode().encode("utf-16")})
    yield "elements 50,000 deep", around(b"</w:t></w:r></w:p>" + b"<w:sdt>" * 50_000)
    yield "brackets without end", around(b"{{ " + b"(" * 50_000)
    yield "loops in loops", around(b"{% for row in items %}" * 3_000)
    yield "thirty thousand fields", around(b"{{ title }}" * 30_000)
    yield "a field a megabyte long", around(b"{{ " + b"a" * 900_000 + b" }}")
    yield "a number without end", around(b"{{ 9" + b"9" * 900_000 + b" }}")
    yield "a workbook", sheet()
    yield "nothing", b""
    yield "10 MB of nothing", b"\0" * 10 * MB


def at_random(make: Callable[[], bytes], chance: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """So many files with some of their bytes spoilt."""
    whole = make()
    for number in range(count):
        yield f"spoilt, the {number}th", spoilt(whole, chance)
