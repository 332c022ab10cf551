"""Word documents that run or fetch something are refused with the place; what Word itself writes is not."""

import io
import re
import zipfile
from pathlib import Path

import pytest

from measures.word.known import RELATIONS as KNOWN_RELATIONS
from tests import word_make as make
from tests.word_check import accepted, refused_words
from tests.word_lists import EVERY_CONTENT_TYPE
from tests.word_make import OFFICE, WORD, relation, word

pytestmark = pytest.mark.no_database


def test_the_small_document_of_these_tests_is_good() -> None:
    accepted(word())
    accepted(word(parts={"word/": b"", "word/media/": b""}))


# Content types and parts


@pytest.mark.parametrize("kind", EVERY_CONTENT_TYPE)
def test_a_part_of_another_type_is_refused(kind: str) -> None:
    line = relation(OFFICE + "customXml", "a.part")
    parts = {"word/a.part": b"<a/>"}
    by_name, by_ending = make.override("word/a.part", kind), make.default("part", kind)
    good = make.default("part", "application/xml"), make.override("word/a.part", "application/xml")

    for types in ((by_name,), (by_ending,), (by_name, good[0]), (by_ending, good[1])):
        words = refused_words(word("", line, parts=parts, types=types))
        assert "a.part" in words
    assert "nowhere" in refused_words(word(types=(make.override("nowhere.xml", kind),)))


def test_every_part_has_one_type_and_is_used() -> None:
    picture = {"word/media/a.png": make.PNG}
    assert "Nothing in the document uses" in refused_words(word(parts=picture))
    assert "what kind of part" in refused_words(word(parts={"word/a.part": b""}))
    assert refused_words(word(types=(make.default("PNG", "image/png"),)))
    assert refused_words(word(types=(make.override("word/styles.xml", WORD + "styles+xml"),)))
    assert refused_words(word(types=(make.override("WORD/styles.xml", WORD + "styles+xml"),)))
    assert refused_words(word(types=("<Default Extension='a' ContentType='image/png' x='y'/>",)))
    assert refused_words(word(types=("<Other/>",)))
    assert refused_words(word(types=(make.override("word/_rels/document.xml.rels", "application/xml"),)))
    island = {"word/media/a.png": make.PNG, "word/b.xml": b"<a/>"}
    island["word/_rels/b.xml.rels"] = make.relations(relation(OFFICE + "image", "media/a.png"))
    assert "word/media/a.png" in refused_words(word(parts=island))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "/word/a.png",
            "../a.png",
            "word/../a.png",
            "word//a.png",
            "word\\a.png",
            "C:/a.png",
            "word/a.png/",
        ),
        *(
            "word/%61.png",
            "word/a b.png",
            "word/a.png.",
            "word/./a.png",
            "WORD/STYLES.XML",
            "word/Styles.xml",
        ),
        *("word/图.png", ".png", "word/.png", "[trash]/0.png", "word/a\x01.png", "[content_types].xml"),
        *("a.rels", "word/a.rels", "word/_rels/.rels", "_rels/nothing.rels", "word/x_rels/styles.xml.rels"),
        *("word/_rels/styles.xml.RELS", "word/_Rels/styles.xml.rels", "word/_rels/none.xml.rels"),
    ],
)
def test_a_part_has_a_name_that_word_would_write(name: str) -> None:
    line = relation(OFFICE + "image", name.removeprefix("word/"))
    data = word("", line, parts={name: make.relations() if name.lower().endswith("rels") else make.PNG})

    assert refused_words(data)


def test_two_parts_of_one_name_are_refused() -> None:
    output = io.BytesIO(word())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(output, "a") as archive:
        archive.writestr(make.MAIN, b"<a/>")

    assert make.MAIN in refused_words(output.getvalue())


def test_a_locked_file_and_one_with_something_before_it_are_refused() -> None:
    locked = bytearray(word())
    for at in [found.start() for found in re.finditer(b"PK\x01\x02", bytes(locked))]:
        locked[at + 8] |= 1
    assert "password" in refused_words(bytes(locked))
    assert "not a Word document" in refused_words(b"#!/bin/sh\n" + word())
    assert "not a Word document" in refused_words(b"")


@pytest.mark.parametrize(
    ("ending", "kind", "good", "bad"),
    [
        ("png", "image/png", make.PNG, b"<svg/>"),
        ("jpeg", "image/jpeg", b"\xff\xd8\xff\xe0", make.PNG),
        ("gif", "image/gif", b"GIF89a", b"GIF"),
        ("bmp", "image/bmp", b"BM0", b"<?xml?><svg/>"),
        ("tif", "image/tiff", b"II*\0", b"%PDF-1.7"),
        ("emf", "image/x-emf", b"\1\0\0\0" + b"\0" * 36 + b" EMF", b"\1\0\0\0"),
        ("wmf", "image/x-wmf", b"\xd7\xcd\xc6\x9a", b"\x1f\x8b"),
        ("wdp", "image/vnd.ms-photo", b"II\xbc", b"PK\x03\x04"),
    ],
)
def test_a_picture_is_what_its_type_says(ending: str, kind: str, good: bytes, bad: bytes) -> None:
    name = f"word/media/a.{ending}"

    def with_picture(content: bytes) -> bytes:
        types = () if ending == "png" else (make.default(ending, kind),)
        return word("", relation(OFFICE + "image", f"media/a.{ending}"), parts={name: content}, types=types)

    accepted(with_picture(good))
    assert name in refused_words(with_picture(bad))


# What Word writes


def test_the_parts_that_word_writes_by_itself_are_accepted() -> None:
    accepted(make.every_part_of_word(KNOWN_RELATIONS))


def test_a_document_with_addresses_in_harmless_places_is_accepted() -> None:
    accepted(make.full_of("http://127.0.0.1:9/"))

    for kind in ("image", "hyperlink"):
        assert refused_words(make.linked_picture("http://127.0.0.1:9/", kind))


def test_what_libreoffice_writes_is_accepted() -> None:
    accepted((Path(__file__).parent / "data" / "libreoffice.docx").read_bytes())
