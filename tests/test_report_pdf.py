"""The PDF: Chinese in it on a machine without Chinese fonts, text that can be searched, bookmarks."""

import io
import json
from pathlib import Path
from typing import Any

import polib
import pypdf
import pytest
from fontTools.ttLib import TTFont

from measures.reports import FORMATS
from measures.reports.write_pdf import FONTS, TypesettingError, write_pdf
from tests.reports_make import make_report, make_small_report

pytestmark = pytest.mark.any_engine

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def pdf() -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(make_report(measures=4))))


def test_every_font_is_embedded_and_comes_with_the_app(pdf: pypdf.PdfReader) -> None:
    names = set()
    for page in pdf.pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            names.add(str(descriptor["/FontName"]).split("+")[1])

    assert {"NotoSerifSC-Regular", "NotoSansSC-Regular"} <= names
    # DejaVu comes with typst; it is used for characters that the Chinese fonts lack.
    assert names <= {"NotoSerifSC-Regular", "NotoSansSC-Regular", "DejaVuSansMono", "LibertinusSerif-Regular"}


def test_the_fonts_have_every_character_of_catalogue_and_words() -> None:
    text = (ROOT / "fixtures" / "catalogue.json").read_text(encoding="utf-8")
    for path in ROOT.glob("measures/locale/*/LC_MESSAGES/django.po"):
        text += "".join(entry.msgstr for entry in polib.pofile(str(path)))
    wanted = {letter for letter in text if not letter.isspace()}

    for path in FONTS.glob("*.otf"):
        known = TTFont(path).getBestCmap()
        missing = {letter for letter in wanted if ord(letter) not in known}
        assert not missing, path.name


def test_the_readers_bookmarks_are_the_headings(pdf: pypdf.PdfReader) -> None:
    titles = [one.title for one in pdf.outline if not isinstance(one, list)]

    annexes = ["任务落实情况台账", "分方面、重点任务、单位进展情况统计表", "一、", "变化情况及全部事项详情"]
    text = ["一、", "二、", "三、", "四、"]
    assert [str(title)[:2] for title in titles] == [
        *text,
        *(one[:2] for one in annexes),
        "一、",
        "二、",
        "三、",
    ]
    inner: list[Any] = [one for one in pdf.outline if isinstance(one, list)]
    assert all(one[0].title.startswith("（一）") for one in inner)
    assert len(inner) == 4


@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-CN"), ("zh-hant", "zh-TW"), ("en", "en-GB")])
def test_title_author_day_and_language_are_set(language: str, tag: str) -> None:
    pdf = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(make_small_report(language=language))))

    assert pdf.metadata
    title = str(pdf.metadata.title)
    assert "河南" in title
    assert "激励干部担当作为措施库" in title
    assert pdf.metadata.author == "张建国"
    assert str(pdf.metadata.creation_date).startswith("2026-10-08 09:30:15")
    assert str(pdf.root_object["/Lang"]) == tag


def test_the_pages_are_a4_and_number_themselves(pdf: pypdf.PdfReader) -> None:
    for number, page in enumerate(pdf.pages, 1):
        assert sorted(round(float(side) * 25.4 / 72) for side in page.mediabox[2:]) == [210, 297]
        assert f"— {number} —" in page.extract_text()


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(pdf: pypdf.PdfReader) -> None:
    for number, page in enumerate(pdf.pages[:4], 1):
        found: list[float] = []

        def see(text: str, cm: Any, tm: Any, *_rest: Any, found: list[float] = found) -> None:
            if "—" in text:
                found.append((float(cm[4]) + float(tm[4])) * 25.4 / 72)

        page.extract_text(visitor_text=see)
        assert (min(found) > 105) == (number % 2 == 1)


def test_heads_of_tables_are_on_every_page_of_a_table(pdf: pypdf.PdfReader) -> None:
    # The signature may take a page for itself.
    last_of_the_table = pdf.pages[-2].extract_text()

    assert "措施及备注" in last_of_the_table


def test_a_missing_font_is_an_error_and_no_file_of_empty_boxes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(write_pdf.__wrapped__.__globals__, "FONTS", tmp_path)  # type: ignore[attr-defined]

    with pytest.raises(TypesettingError, match="noto serif sc"):
        write_pdf(make_small_report())


def test_nothing_that_is_typed_is_read_as_typst() -> None:
    source = (ROOT / "measures" / "reports" / "report.typ").read_text(encoding="utf-8")

    # Data comes by one door, as JSON; nothing evaluates it.
    assert source.count("sys.inputs") == 1
    assert "eval(" not in source
    assert json.loads('"#x"') == "#x"
