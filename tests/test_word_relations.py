"""The relations of a Word document lead to its own parts, and hyperlinks alone lead out of it."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.word.faults import RefusedError
from measures.word.guard import check_document
from measures.word.known import RELATIONS as KNOWN_RELATIONS
from measures.word.package import TEMPLATE
from tests import word_make as make
from tests.proofs import share
from tests.word_check import accepted, refused_words
from tests.word_lists import EVERY_RELATION, HYPERLINK
from tests.word_make import OFFICE, WORD, relation, word

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize("kind", dict.fromkeys(EVERY_RELATION))
def test_no_relation_but_a_hyperlink_leads_out_of_the_file(kind: str) -> None:
    for target in (
        "http://127.0.0.1:9/hyperlink.png",
        "file://host/hyperlink/evil.dotm",
        "http://a/&gt;",
        "#a",
    ):
        for where in ("document", "package", "settings"):
            line = relation(kind, target, "External")
            data = {
                "document": word("", line),
                "package": word(package=(line,)),
                "settings": word(parts={"word/_rels/styles.xml.rels": make.relations(line)}),
            }[where]
            words = refused_words(data)
            assert "relation rId9 to" in words
            assert "rels" in words


@pytest.mark.parametrize(
    "kind", [kind for kind in dict.fromkeys(EVERY_RELATION) if kind not in KNOWN_RELATIONS]
)
def test_no_unknown_relation_leads_to_a_part(kind: str) -> None:
    data = word(
        "",
        relation(kind, "a.xml"),
        parts={"word/a.xml": b"<a/>"},
        types=(make.override("word/a.xml", "application/xml"),),
    )

    assert "relation rId9 to “word/a.xml”" in refused_words(data)


def test_a_relation_leads_only_to_parts_of_its_own_types() -> None:
    for kind, types in KNOWN_RELATIONS.items():
        for other in {"image/png", "application/xml", WORD + "header+xml", WORD + "document.main+xml"} - {
            *types
        }:
            data = word(
                "",
                relation(kind, "a.part"),
                parts={"word/a.part": b"<a/>"},
                types=(make.default("part", other),),
            )
            assert "does not fit" in refused_words(data) or kind.endswith("/officeDocument")


@pytest.mark.parametrize("mode", ["&#69;xternal", "Ex&#116;ernal", "External"])
def test_an_escaped_target_mode_is_read(mode: str) -> None:
    assert "loads content from elsewhere" in refused_words(
        word("", relation(OFFICE + "image", "http://a/b.png", mode))
    )


@pytest.mark.parametrize("mode", ["external", "EXTERNAL", " External", "Internal ", "", "x"])
def test_any_other_target_mode_is_refused(mode: str) -> None:
    line = relation(HYPERLINK, "http://a/", "X").replace('"X"', f'"{mode}"')

    assert refused_words(word("", line)) or mode == ""


@pytest.mark.parametrize(
    "target",
    [
        *(
            "http://a/b",
            "//host/a",
            "\\\\host\\a",
            "file:///a",
            "media/none.png",
            "",
            "/",
            "..",
            "../../a",
            ".",
        ),
        *(
            "styles.xml?a",
            "styles.xml#a",
            "styles%2Exml",
            "%73tyles.xml",
            " styles.xml",
            "styles.xml ",
            "STYLES.XML",
        ),
        *("styles.xml&#0;", "styles.xml&#9;", "word\\styles.xml", "/word//styles.xml", "a:styles.xml", "./"),
        *("../[Content_Types].xml", "_rels/document.xml.rels", "x:../styles.xml", "sty&#8203;les.xml"),
    ],
)
def test_a_target_inside_is_the_name_of_a_part(target: str) -> None:
    for kind in (OFFICE + "styles", OFFICE + "image", HYPERLINK):
        assert refused_words(word("", relation(kind, target)))
        assert refused_words(word("", relation(kind, target, "Internal")))


@pytest.mark.parametrize("target", ["/word/styles.xml", "../word/styles.xml", "styles.xml", "./styles.xml"])
def test_a_part_may_be_named_from_here_or_from_the_root(target: str) -> None:
    accepted(word("", relation(OFFICE + "styles", target)))


def tables_that_are_not_well_formed() -> Iterator[bytes]:
    good = relation(HYPERLINK, "http://a/", "External")
    yield make.relations(good, good)
    yield make.relations(good.replace(" Id=", " xml:base='http://b/' Id="))
    yield make.relations(good.replace(" Id=", " Extra='1' Id="))
    yield make.relations(good.replace('Id="rId9" ', ""))
    yield make.relations(good.replace("/>", "><a/></Relationship>"))
    yield make.relations(good.replace("/>", ">text</Relationship>"))
    yield make.relations("<?xml-stylesheet href='http://a/'?>", good)
    yield make.relations(good.replace("Relationship ", "Other "))
    yield make.relations(f"<mc:Choice xmlns:mc='urn:a'>{good}</mc:Choice>")
    yield make.relations(good).replace(b"package/2006/relationships", b"package/2007/relationships", 1)
    yield make.relations(good).replace(b"<Relationships", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Relationships")
    yield make.relations(good).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    yield make.relations(good).decode().replace("UTF-8", "UTF-7").encode("utf-7")
    yield make.relations(good).replace(b"UTF-8", b"ISO-8859-1")
    yield make.relations(good).decode().replace("UTF-8", "cp037").encode("cp037")
    yield b"<"
    yield b""


@pytest.mark.parametrize("table", tables_that_are_not_well_formed())
def test_a_table_of_relations_holds_nothing_else(table: bytes) -> None:
    assert make.RELATIONS in refused_words(word(parts={make.RELATIONS: table}))


def test_a_table_may_begin_with_a_byte_order_mark_and_hold_comments() -> None:
    table = make.relations("<!-- a -->", relation(OFFICE + "styles", "styles.xml"))

    accepted(word(parts={make.RELATIONS: b"\xef\xbb\xbf" + table}))


NAMES_AND_TEXTS = st.sampled_from(
    [
        HYPERLINK,
        OFFICE + "image",
        "External",
        "http://a/",
        "styles.xml",
        "rId1",
        "&#69;",
        "&a;",
        "\\",
        "//a",
        "\0",
        "",
    ]
)


@pytest.mark.proof
@settings(max_examples=share(1_000), deadline=None)
@given(
    st.lists(st.tuples(NAMES_AND_TEXTS, NAMES_AND_TEXTS, NAMES_AND_TEXTS, st.text(max_size=9)), max_size=3),
    st.binary(max_size=40),
)
def test_any_table_is_read_or_refused(lines: list[tuple[str, str, str, str]], tail: bytes) -> None:
    table = make.relations(
        *(
            relation(kind, target, mode, f"r{number}{end}")
            for number, (kind, target, mode, end) in enumerate(lines)
        )
    )
    for data in (table, table[: -len(tail) - 1], table + tail, tail):
        for part in (make.RELATIONS, make.TYPES):
            with suppress(RefusedError):
                check_document(word(parts={part: data}), TEMPLATE)
