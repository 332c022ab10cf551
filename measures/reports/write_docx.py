"""DOCX in the layout of official documents (GB/T 9704-2012). docx_parts/ holds what every file shares."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC
from functools import cache
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from measures.choices import Status
from measures.reports.document import document
from measures.reports.language import in_its_language
from measures.reports.model import Report
from measures.reports.outline import (
    COLOURS,
    TEXT_WIDTH,
    AnnexStart,
    Bars,
    Block,
    Document,
    DocumentHeading,
    LineKind,
    Table,
    TableColumn,
    TableLine,
    Text,
    TextRole,
    shares,
    writable,
)

PARTS = Path(__file__).parent / "docx_parts"
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
STYLES = {
    TextRole.BODY: "BodyText",
    TextRole.NOTE: "Note",
    TextRole.SIGNATURE: "Signature",
    TextRole.ADDRESSEE: "BodyText",
    TextRole.ANNEXES: "Annexes",
}
TIGHT = '<w:tblCellMar><w:top w:w="10" w:type="dxa"/><w:bottom w:w="10" w:type="dxa"/></w:tblCellMar>'
BETWEEN_CODES = re.compile(r"(?<=[0-9）][、，；])(?=[0-9])")
FLUSH_LEFT = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
UNITS = 60  # a bar's columns; Word allows at most 63 in a table
BAR_LABEL = 36  # mm

# Margins of 37, 35, 28 and 26 mm, 22 lines a page, and the page number 7 mm below the text.
SECTION = """<w:sectPr>
<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>
<w:type w:val="nextPage"/><w:pgSz w:w="11906" w:h="16838"/>
<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"
 w:header="851" w:footer="1219" w:gutter="0"/>
<w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr>"""
# The same page on its side, to be bound at its top.
WIDE_SECTION = """<w:sectPr>
<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>
<w:type w:val="nextPage"/><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>
<w:pgMar w:top="1587" w:right="1418" w:bottom="1474" w:left="1418"
 w:header="851" w:footer="737" w:gutter="0"/>
<w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr>"""

# GB2312 fonts have no traditional characters; the plain ones do.
SIMPLIFIED = {
    "body": "仿宋_GB2312",
    "kai": "楷体_GB2312",
    "title_font": "方正小标宋简体",
    "word_language": "zh-CN",
    "head_size": "21",
}
TRADITIONAL = {"body": "仿宋", "kai": "楷体", "title_font": "方正小标宋_GBK", "word_language": "zh-TW"}
FONTS = {
    "zh-hans": SIMPLIFIED,
    "zh-hant": SIMPLIFIED | TRADITIONAL,
    # English heads are longer words in columns that are no wider.
    "en": SIMPLIFIED | {"head_size": "17"},
}


@in_its_language
def write_docx(report: Report) -> bytes:
    return package(document(report))


def package(made: Document) -> bytes:
    """The document as a file that Word opens."""
    values = {
        "title": made.title,
        "author": made.author,
        "organisation": made.organisation,
        "generator": made.generator or "Taizhang",
        "made_at": made.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "language": made.language,
        **FONTS.get(made.language, SIMPLIFIED),
    }
    filled = {name: clean(value) for name, value in values.items()}
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts().items():
            _store(file, name, part.substitute(filled))
        _store(file, "word/document.xml", _body(made))
    return output.getvalue()


@cache
def parts() -> dict[str, Template]:
    """The parts of the package but for the text, by name; the list of types comes first."""
    files = sorted(path for path in PARTS.rglob("*") if path.is_file())
    return {path.relative_to(PARTS).as_posix(): Template(path.read_text(encoding="utf-8")) for path in files}


def _store(file: zipfile.ZipFile, name: str, text: str) -> None:
    # A fixed date, so that the same report gives the same file.
    file.writestr(zipfile.ZipInfo(name), text.encode(), zipfile.ZIP_DEFLATED)


def clean(text: str) -> str:
    """The text as XML takes it."""
    return escape(writable(text))


def twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)


def _body(made: Document) -> str:
    head = _paragraph(made.title, "Title") + "".join(_paragraph(line, "Subtitle") for line in made.subtitle)
    drawn, section = [head, _paragraph("", "BodyText")], SECTION
    for block in made.blocks:
        if isinstance(block, AnnexStart):
            drawn.append(_section_end(drawn.pop(), section))
            section = WIDE_SECTION if block.wide else SECTION
        drawn.append(_block(block))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<w:document {NAMESPACE} {RELATIONS}><w:body>{''.join(drawn)}{section}</w:body></w:document>"
    )


def _section_end(last: str, section: str) -> str:
    """End a section with its last paragraph; a table needs a paragraph after it."""
    if not last.endswith("</w:p>"):
        last += _paragraph("", "Legend")
    before, _properties, after = last.rpartition("</w:pPr>")
    return f"{before}{section}</w:pPr>{after}"


def _block(block: Block) -> str:
    match block:
        case DocumentHeading():
            return _paragraph(block.text, f"Heading{block.level}")
        case Text():
            flush = FLUSH_LEFT if block.role == TextRole.ADDRESSEE else ""
            return _paragraph(block.text, STYLES[block.role], flush, before=block.lead)
        case AnnexStart():
            return _paragraph(block.mark, "AnnexMark") + _paragraph(block.title, "AnnexTitle")
        case Table():
            return _table(block)
        case Bars():
            return _bars(block)


def _paragraph(text: str, style: str, properties: str = "", lead: bool = False, before: str = "") -> str:
    """One paragraph; a line feed in the text breaks the line. With `lead`, the first line stands out.

    `before` comes first, in the face of a heading of the second level.
    """
    first = f'<w:r><w:rPr><w:rStyle w:val="RunIn"/></w:rPr><w:t>{clean(before)}</w:t></w:r>' if before else ""
    # Between codes, LibreOffice breaks a line only where it is told that it may.
    text = BETWEEN_CODES.sub("\u200b", clean(text))
    runs = first + _runs(text, lead)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{runs}</w:p>'


def _runs(text: str, lead: bool) -> str:
    if not text:
        return ""
    face = '<w:rPr><w:rStyle w:val="Lead"/></w:rPr>' if lead else ""
    first, *rest = text.split("\n")
    runs = [f'<w:r>{face}<w:t xml:space="preserve">{first}</w:t></w:r>']
    runs += (f'<w:r><w:br/><w:t xml:space="preserve">{line}</w:t></w:r>' for line in rest)
    return "".join(runs)


def _table(table: Table) -> str:
    head = "".join(
        _cell(column.width, _paragraph(column.heading, _style("TableHead", table)), shade="F2F2F2")
        for column in table.columns
    )
    lines = "".join(_line(table, line) for line in table.lines)
    return (
        _table_start("ReportTable", [column.width for column in table.columns], TIGHT if table.small else "")
        + f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{lines}</w:tbl>"
    )


def _table_start(style: str, widths: Sequence[float], properties: str = "") -> str:
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{twips(sum(widths))}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/>{properties}'
        '<w:tblLook w:val="0020" w:firstRow="1"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


def _line(table: Table, line: TableLine) -> str:
    whole = "" if table.may_break(line) else "<w:trPr><w:cantSplit/></w:trPr>"
    if line.kind in (LineKind.GROUP, LineKind.ACROSS):
        style = "TableStrong" if line.kind == LineKind.GROUP else "TableText"
        text = _paragraph(line.cells[0], _style(style, table))
        shade = "F7F7F7" if line.kind == LineKind.GROUP else ""
        cells = _cell(table.width, text, span=len(table.columns), shade=shade)
    else:
        style = _style("TableStrong" if line.kind == LineKind.SUM else "TableText", table)
        cells = "".join(
            _cell(column.width, _paragraph(text, style, _aligned(column), column.lead))
            for column, text in zip(table.columns, line.cells, strict=True)
        )
    return f"<w:tr>{whole}{cells}</w:tr>"


def _style(name: str, table: Table) -> str:
    return f"{name}Small" if table.small else name


def _aligned(column: TableColumn) -> str:
    return "" if column.align == "left" else f'<w:jc w:val="{column.align}"/>'


def _cell(width: float, content: str, span: int = 1, shade: str = "", borders: str = "") -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shaded = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>{spanned}{borders}{shaded}'
        f'<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'
    )


def _bars(bars: Bars) -> str:
    """A table without lines, its cells as wide as their shares, on one page with the legend under it."""
    unit = (TEXT_WIDTH - BAR_LABEL) / UNITS
    lines = []
    for label, counts in bars.rows:
        cells = [_cell(BAR_LABEL, _paragraph(label, "TableText", "<w:keepNext/>"))]
        for (status, count), units in zip(
            counts, shares([count for _status, count in counts], UNITS), strict=True
        ):
            if units:
                text = str(count) if units > len(str(count)) else ""
                cells.append(_cell(units * unit, _bar_text(text, status), units, COLOURS[status][0], GAP))
        if len(cells) == 1:
            cells.append(_cell(UNITS * unit, _paragraph("", "TableText"), UNITS))
        lines.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>")
    start = _table_start("TableNormal", [BAR_LABEL, *[unit] * UNITS])
    return f"{start}{''.join(lines)}</w:tbl>{_legend()}"


# White lines above and below separate the bars.
GAP = "<w:tcBorders>{}{}</w:tcBorders>".format(
    *(f'<w:{side} w:val="single" w:sz="24" w:space="0" w:color="FFFFFF"/>' for side in ("top", "bottom"))
)


def _bar_text(text: str, status: Status) -> str:
    face = f'<w:rPr><w:color w:val="{COLOURS[status][1]}"/><w:sz w:val="18"/></w:rPr>'
    run = f"<w:r>{face}<w:t>{text}</w:t></w:r>"
    return (
        f'<w:p><w:pPr><w:pStyle w:val="TableText"/><w:jc w:val="center"/></w:pPr>{run if text else ""}</w:p>'
    )


def _legend() -> str:
    runs = "".join(
        f'<w:r><w:rPr><w:color w:val="{COLOURS[status][0]}"/></w:rPr><w:t>■</w:t></w:r>'
        f'<w:r><w:t xml:space="preserve"> {clean(str(status.label))}　</w:t></w:r>'
        for status in Status
    )
    return f'<w:p><w:pPr><w:pStyle w:val="Legend"/></w:pPr>{runs}</w:p>'
