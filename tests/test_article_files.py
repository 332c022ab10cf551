"""Articles as files, and the command that proposes measures from one."""

import io
import json
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
import typst
from django.core.management import CommandError, call_command

from measures.articles import files
from measures.articles.files import text_of_file
from measures.articles.text import ArticleError
from measures.reports.write_pdf import FONTS

pytestmark = pytest.mark.no_database

TEXT = "供热通知\n一、任务\n建立室温抽测制度。\n严禁擅自停热。"
LONG = "各供热企业要在十月底前完成锅炉检修，" * 6 + "并报市供热办。"


def told(path: Path, *options: str) -> str:
    said = io.StringIO()
    call_command("propose_measures", str(path), *options, stdout=said)
    return said.getvalue()


def as_docx() -> bytes:
    document = docx.Document()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def as_pdf(folder: Path) -> bytes:
    source = "\n\n".join(['#set text(font: "Noto Serif SC")', *f"{TEXT}\n{LONG}".split("\n")])
    path = folder / "article.typ"
    path.write_text(source, encoding="utf-8")
    written, _warnings = typst.compile_with_warnings(str(path), font_paths=[str(FONTS)])
    return written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_is_read_in_the_encodings_of_chinese_offices(encoding: str) -> None:
    assert text_of_file(TEXT.replace("\n", "\r\n").encode(encoding)) == TEXT


def test_a_word_document_is_read_by_its_paragraphs() -> None:
    assert text_of_file(as_docx()) == TEXT


def test_a_pdf_is_read_by_its_paragraphs(tmp_path: Path) -> None:
    assert text_of_file(as_pdf(tmp_path)).strip() == f"{TEXT}\n{LONG}"


def test_lines_of_a_pdf_that_fill_the_width_are_one_paragraph() -> None:
    lines = [
        "一、任务",
        "各供热企业要在十月底前完成",
        "锅炉检修，并把结果报送",
        "市供热办。",
        "- 2 -",
        "严禁停热。",
    ]

    assert files.paragraphs_of("\n".join(lines)) == (
        "一、任务\n各供热企业要在十月底前完成锅炉检修，并把结果报送\n市供热办。\n严禁停热。\n"
    )


def test_files_that_do_harm_or_hold_no_text_are_refused() -> None:
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_docx())) as old,
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("word/extra.xml", b" " * (files.DOCX_LIMITS.unpacked + 1))
    locked = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("x", algorithm="RC4-128")
    writer.write(locked)
    wrong = [
        bomb.getvalue(),
        locked.getvalue(),
        b"%PDF-1.7 broken",
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0 an old .doc",
        b"\x81\xff\xff",
        b" \n ",
        b"a" * (files.LARGEST + 1),
    ]

    for data in wrong:
        with pytest.raises(ArticleError):
            text_of_file(data)


def test_a_pdf_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PDF_WAIT", 0.01)

    with pytest.raises(ArticleError, match="用时过长"):
        text_of_file(as_pdf(tmp_path))


def test_the_command_prints_every_sentence_as_json(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(f"{TEXT}\n近年来供热不断改善。", encoding="gb18030")

    assert json.loads(told(path, "--json")) == [
        {"sentence": 1, "asks": True, "things": ["建立室温抽测制度"]},
        {"sentence": 2, "asks": True, "things": ["严禁擅自停热"]},
        {"sentence": 3, "asks": False, "things": []},
    ]


def test_the_command_lists_sentences_with_locators_for_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(TEXT, encoding="utf-8")

    said = told(path)
    assert said.startswith("供热通知\n")
    assert "1.0.2  严禁擅自停热。\n    - 严禁擅自停热 [standing]" in said
    assert said.endswith("2 sentences, 2 of which ask for 2 things.\n")


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()

    with pytest.raises(CommandError, match="没有文字"):
        told(path)
    with pytest.raises(CommandError):
        told(tmp_path / "missing.txt")
