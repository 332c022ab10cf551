"""The Word document: laid out as GB/T 9704-2012 asks, with styles that the navigation pane and WPS go by."""

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from measures.reports import FORMATS
from measures.reports.document import document
from measures.reports.outline import TEXT_WIDTH, WIDE, Table
from tests.reports_make import make_report, make_row, make_small_report

TITLE = "河南关于激励干部担当作为措施库任务进展情况的报告"

pytestmark = pytest.mark.any_engine


@pytest.fixture(scope="module")
def data() -> bytes:
    return FORMATS["docx"].write(make_report())


@pytest.fixture
def word(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def fonts(style: Any) -> dict[str, str]:
    found = style.element.rPr.find(qn("w:rFonts"))
    return {key.split("}")[1]: value for key, value in found.attrib.items()}


def test_the_page_is_a4_with_the_margins_of_an_official_document(word: Any) -> None:
    upright = (210, 297), [37, 35, 28, 26]
    on_its_side = (297, 210), [28, 26, 25, 25]
    pages = []
    for section in word.sections:
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        size = (round(section.page_width.mm), round(section.page_height.mm))
        pages.append((size, [round(margin.mm) for margin in margins]))

    assert pages == [upright, on_its_side, upright, upright]


def test_title_text_and_headings_have_the_faces_and_sizes_that_the_standard_names(word: Any) -> None:
    expected = {
        "Title": ("方正小标宋简体", 22),
        "Normal": ("仿宋_GB2312", 16),
        "Heading 1": ("黑体", 16),
        "Heading 2": ("楷体_GB2312", 16),
    }
    for name, (face, size) in expected.items():
        style = word.styles[name]
        assert fonts(style)["eastAsia"] == face
        assert {"ascii", "hAnsi", "cs"} <= set(fonts(style))
        assert style.font.size.pt == size
    normal = word.styles["Normal"].paragraph_format
    assert 28 <= normal.line_spacing.pt <= 29
    assert str(normal.line_spacing_rule).startswith("EXACTLY")
    indent = word.styles["Body Text"].element.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"


@pytest.mark.parametrize(
    ("language", "face", "tag"),
    [("zh-hans", "仿宋_GB2312", "zh-CN"), ("zh-hant", "仿宋", "zh-TW"), ("en", "仿宋_GB2312", "zh-CN")],
)
def test_language_and_fonts_are_set_for_the_whole_document(language: str, face: str, tag: str) -> None:
    word = docx.Document(io.BytesIO(FORMATS["docx"].write(make_small_report(language=language))))
    defaults = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))

    assert defaults.find(qn("w:rFonts")).get(qn("w:eastAsia")) == face
    assert defaults.find(qn("w:lang")).get(qn("w:eastAsia")) == tag
    assert word.core_properties.language == language


def test_every_font_that_is_named_has_fall_backs(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        table = etree.fromstring(package.read("word/fontTable.xml"))
        styles = etree.fromstring(package.read("word/styles.xml"))
    known = {font.get(qn("w:name")): font.find(qn("w:altName")) for font in table}
    named = {value for node in styles.iter(qn("w:rFonts")) for value in node.attrib.values()}

    assert named <= set(known)
    assert all(known[name] is not None for name in named)


def test_the_page_number_stands_outside_between_dashes(word: Any) -> None:
    section = word.sections[0]
    assert word.settings.odd_and_even_pages_header_footer

    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert " PAGE " in [node.text for node in paragraph._p.iter(qn("w:instrText"))]
        assert paragraph.text.startswith("— ")
        assert paragraph.text.endswith(" —")
    style = word.styles["footer"]
    assert fonts(style)["eastAsia"] == "宋体"
    assert style.font.size.pt == 14


def test_headings_are_headings_and_count_as_official_documents_do(word: Any) -> None:
    first = [p.text for p in word.paragraphs if p.style.name == "Heading 1"]
    second = [p.text for p in word.paragraphs if p.style.name == "Heading 2"]

    of_text, of_figures, of_history = ["一、", "二、", "三、", "四、"], ["一、"], ["一、", "二、", "三、"]
    assert [text[:2] for text in first] == [*of_text, *of_figures, *of_history]
    assert second[0].startswith("（一）")
    assert word.paragraphs[0].style.name == "Title"
    assert word.paragraphs[0].text == TITLE
    for level, name in enumerate(("Heading 1", "Heading 2")):
        outline = word.styles[name].element.pPr.find(qn("w:outlineLvl"))
        assert outline.get(qn("w:val")) == str(level)


def test_tables_repeat_their_heads_and_keep_rows_whole(word: Any) -> None:
    tables = [table for table in word.tables if table.style.name == "Report Table"]

    assert len(tables) > 10
    for table in tables:
        head, *rows = table.rows
        assert head._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_a_row_that_is_taller_than_a_page_may_break() -> None:
    report = make_report(rows=(make_row(notes="很长的一段进展情况。" * 400),))
    word = docx.Document(io.BytesIO(FORMATS["docx"].write(report)))
    row = word.tables[-1].rows[-1]

    assert row._tr.trPr is None


def test_every_table_is_as_wide_as_the_text() -> None:
    for block in document(make_report()).blocks:
        if isinstance(block, Table):
            assert block.width in (TEXT_WIDTH, WIDE)
            assert all(len(line.cells) in (1, len(block.columns)) for line in block.lines)


def test_bars_have_no_more_columns_than_word_takes_and_fill_their_row(word: Any) -> None:
    bars = next(table for table in word.tables if table.style.name == "Normal Table")

    assert len(bars.columns) <= 63
    for row in bars.rows:
        spans = [cell.tcPr.gridSpan.val if cell.tcPr.gridSpan is not None else 1 for cell in row._tr.tc_lst]
        assert sum(spans) == len(bars.columns)


def test_the_file_says_its_title_author_and_day(word: Any) -> None:
    said = word.core_properties

    assert (said.title, said.author) == (TITLE, "张建国")
    assert said.created.isoformat().startswith("2026-10-08T01:30:15")
