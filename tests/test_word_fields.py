"""Fields of a Word document that ask others are refused, however they are written."""

import base64
import re
from collections.abc import Iterator

import pytest

from tests import word_make as make
from tests.word_check import accepted, faults_of, refused_words
from tests.word_lists import BAD_FIELDS
from tests.word_make import OFFICE, WORD, field, instruction, mark, relation, text, word

pytestmark = pytest.mark.no_database


def in_every_form(code: str) -> Iterator[tuple[str, str]]:
    """By name, paragraphs with this field."""
    yield "complex", field(f" {code} a b ")
    yield "simple", f'<w:fldSimple w:instr=" {code} a b "/>'
    yield "in small letters", field(f"{code.lower()} a b")
    letters = "".join(instruction(letter) for letter in f" {code} a")
    yield "a letter a run", f"{mark('begin')}{letters}{mark('end')}"
    yield "as deleted text", f"{mark('begin')}{instruction(f'{code} a', 'delInstrText')}{mark('end')}"
    yield "as plain text", f"{mark('begin')}<w:r><w:t>{code} a</w:t></w:r>{mark('end')}"
    yield "never ended", f"{mark('begin')}{instruction(f'{code} a')}"
    yield "without marks", instruction(f"{code} a")
    yield "in another's result", field(" PAGE ", field(f" {code} a "))
    yield (
        "in another's code",
        f"{mark('begin')}{instruction(' IF ')}{field(f' {code} a ')}{instruction(' = 1 ')}{mark('end')}",
    )
    yield "in a simple one", f'<w:fldSimple w:instr=" PAGE ">{field(f" {code} a ")}</w:fldSimple>'
    yield (
        "in two paragraphs",
        f"{mark('begin')}{instruction(code[:2])}</w:p><w:p>{instruction(code[2:] + ' a')}{mark('end')}",
    )
    yield "in a hyperlink", f'<w:hyperlink w:anchor="a">{field(f" {code} a ")}</w:hyperlink>'


@pytest.mark.parametrize("code", BAD_FIELDS)
def test_a_field_that_asks_others_is_refused_however_it_is_written(code: str) -> None:
    for form, markup in in_every_form(code):
        words = refused_words(word(text("a") + f"<w:p>{markup}</w:p>"))
        assert re.search(r"paragraph [23], .*field", words), form


@pytest.mark.parametrize("part", ["header", "footer", "footnotes", "endnotes", "comments"])
def test_fields_are_looked_for_in_every_part(part: str) -> None:
    body = f"<w:p>{field(' DDEAUTO a b ')}</w:p>"
    data = word(
        "",
        relation(OFFICE + part, f"{part}1.xml"),
        parts={f"word/{part}1.xml": make.main(body, part)},
        types=(make.override(f"word/{part}1.xml", f"{WORD}{part}+xml"),),
    )

    assert "DDEAUTO" in refused_words(data)


def test_a_field_has_a_name_that_does_not_depend_on_others() -> None:
    quote = field(" QUOTE DDE ")
    skipped = '<mc:AlternateContent><mc:Choice Requires="x">{}</mc:Choice></mc:AlternateContent>'
    unknown = "<x:unknown>{}</x:unknown>"
    for markup in (
        f"{mark('begin')}{quote}{instruction(' a b ')}{mark('end')}",
        f"{mark('begin')}{instruction('PAGE')}{quote}{mark('end')}",
        f"{mark('begin')}{instruction(' HYPERLINK ')}{quote}{mark('end')}",
        *(
            f"{mark('begin')}{wrapper.format(instruction(' IF 1 '))}{instruction(' DDE a ')}{mark('end')}"
            for wrapper in (skipped, unknown, "<w:del>{}</w:del>", "<w:ins>{}</w:ins>")
        ),
        f"{mark('begin')}{instruction(' IF ')}{skipped.format(mark('separate'))}{mark('end')}",
    ):
        assert "paragraph 1" in refused_words(word(f"<w:p>{markup}</w:p>"))


def test_a_field_code_holds_no_braces() -> None:
    for code in ("{{ title }}", "PAGE {% if a %}", "IF {# a #}", "PAGE }"):
        assert "must not contain" in refused_words(word(f"<w:p>{field(code)}</w:p>"))
        assert "must not contain" in refused_words(word(f'<w:p><w:fldSimple w:instr="{code}"/></w:p>'))


def test_data_beside_a_field_names_no_address() -> None:
    def with_data(data: bytes) -> bytes:
        packed = base64.b64encode(data).decode()
        begin = f'<w:r><w:fldChar w:fldCharType="begin"><w:fldData>{packed}</w:fldData></w:fldChar></w:r>'
        return word(f"<w:p>{begin}{instruction(' PAGEREF _Toc1 ')}{mark('end')}</w:p>")

    accepted(with_data(b"\x08\xd0" + "_Toc1".encode("utf-16-le")))
    for address in ("http://a/", "file:///a", "\\\\host\\a", "javascript:x", "C:\\a"):
        assert "not shown" in refused_words(with_data(b"\x08\xd0" + address.encode("utf-16-le")))
        assert "not shown" in refused_words(with_data(address.encode()))


@pytest.mark.parametrize(
    "code",
    [
        *(
            " PAGE ",
            "PAGE  \\* MERGEFORMAT",
            "NUMPAGES",
            " = ",
            'TOC \\o "1-3" \\h \\z \\u',
            "PAGEREF _Toc1 \\h",
            "page",
        ),
        *(
            'DATE \\@ "yyyy年M月d日"',
            "TIME\\@&quot;H:mm&quot;",
            "STYLEREF 标题",
            "SEQ 表 \\* ARABIC",
            "REF a \\h",
        ),
        *(
            "EQ \\o\\ac(○,1)",
            "CREATEDATE",
            "SAVEDATE",
            "AUTHOR",
            "TITLE",
            "FILENAME \\p",
            "SECTIONPAGES",
            "FORMTEXT",
        ),
        *("=1+2", "SHAPE \\* MERGEFORMAT", "XE a", "INDEX", "CITATION a", "BIBLIOGRAPHY", "DOCPROPERTY a"),
    ],
)
def test_the_fields_that_word_writes_are_accepted(code: str) -> None:
    code = code.replace('"', "&quot;")

    accepted(word(f'<w:p>{field(code)}<w:fldSimple w:instr="{code}"/></w:p>'))
    inside = f"{mark('begin')}{instruction(' = ')}{field(' NUMPAGES ')}{instruction(' - 1 ')}{mark('end')}"
    accepted(word(f"<w:p>{inside}</w:p>"))


def test_several_faults_are_told_at_once() -> None:
    body = "".join(f"<w:p>{field(f' {code} a ')}</w:p>" for code in BAD_FIELDS)

    assert len(faults_of(word(body))) == 10
