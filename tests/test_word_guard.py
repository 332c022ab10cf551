"""Word documents that run or fetch something are refused with the place; what Word itself writes is not."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.word.faults import Fault, RefusedError
from measures.word.guard import check_document
from measures.word.known import RELATIONS as KNOWN_RELATIONS
from measures.word.known import WORD_FIELDS
from measures.word.package import TEMPLATE
from tests import word_make as make
from tests.word_make import (
    MICROSOFT,
    OFFICE,
    PACKAGE,
    STRICT,
    WORD,
    field,
    instruction,
    mark,
    relation,
    text,
    word,
)

pytestmark = pytest.mark.no_database

HYPERLINK = OFFICE + "hyperlink"

# ECMA-376 parts 1 and 2, [MS-DOCX], [MS-OE376], and what else Office writes: names after the last slash.
OFFICE_RELATIONS = (
    *("aFChunk", "activeXControlBinary", "attachedTemplate", "attachedToolbars", "audio", "bibliography"),
    *("calcChain", "chart", "chartUserShapes", "chartsheet", "commentAuthors", "comments", "connections"),
    *(
        "control",
        "ctrlProp",
        "custom-properties",
        "customProperty",
        "customXml",
        "customXmlProps",
        "dialogsheet",
    ),
    *("diagramColors", "diagramData", "diagramLayout", "diagramQuickStyle", "drawing", "endnotes"),
    *("extended-properties", "externalLink", "externalLinkPath", "font", "fontTable", "footer", "footnotes"),
    *("frame", "functionPrototypes", "glossaryDocument", "graphicFrameDoc", "groupShapeXml", "handoutMaster"),
    *(
        "header",
        "htmlPubSaveAs",
        "image",
        "legacyDiagramText",
        "mailMergeHeaderSource",
        "mailMergeRecipientData",
    ),
    *("mailMergeSource", "media", "notesMaster", "notesSlide", "numbering", "officeDocument", "oleObject"),
    *("package", "pivotCacheDefinition", "presProps", "printerSettings", "queryTable", "recipientData"),
    *("revisionHeaders", "settings", "sharedStrings", "sheetMetadata", "slide", "slideLayout", "slideMaster"),
    *(
        "slideUpdateInfo",
        "slideUpdateUrl",
        "styles",
        "subDocument",
        "table",
        "tableSingleCells",
        "tableStyles",
    ),
    *("tags", "theme", "themeOverride", "transform", "usernames", "video", "viewProps", "vmlDrawing"),
    *(
        "volatileDependencies",
        "webSettings",
        "worksheet",
        "xmlMaps",
        "hyperlinkX",
        "HYPERLINK",
        "a/hyperlink",
    ),
)
MICROSOFT_RELATIONS = (
    *(
        "2006/relationships/vbaProject",
        "2006/relationships/wordVbaData",
        "2006/relationships/attachedToolbars",
    ),
    *("2006/relationships/keyMapCustomizations", "2006/relationships/activeXControlBinary"),
    *("2006/relationships/ui/extensibility", "2007/relationships/ui/extensibility"),
    *("2006/relationships/ui/userCustomization", "2006/relationships/xlMacrosheet"),
    *("2006/relationships/legacyDocTextInfo", "2006/relationships/stylesWithtEffects"),
    *("2007/relationships/media", "2007/relationships/slicer", "2007/relationships/customDataProps"),
    *("2011/relationships/webextension", "2011/relationships/webextensiontaskpanes"),
    *("2011/relationships/chartStyle", "2011/relationships/chartColorStyle", "2014/relationships/chartEx"),
    *("2017/06/relationships/model3d", "2017/10/relationships/threadedComment"),
    *("2017/06/relationships/rdRichValue", "2020/07/relationships/rdRichValueWebImage"),
)
PACKAGE_RELATIONS = (
    *("digital-signature/origin", "digital-signature/signature", "digital-signature/certificate"),
    "metadata/other",
)
EVERY_RELATION = (
    *(OFFICE + name for name in OFFICE_RELATIONS),
    *(STRICT + name for name in (*OFFICE_RELATIONS, "hyperlink")),
    *(MICROSOFT + name for name in MICROSOFT_RELATIONS),
    *(PACKAGE + name for name in PACKAGE_RELATIONS),
    *KNOWN_RELATIONS,
    *("", "hyperlink", "urn:anything", "http://example.com/hyperlink", OFFICE + "image/hyperlink"),
    *(HYPERLINK + "?", " " + HYPERLINK, HYPERLINK + "/", HYPERLINK.replace("http:", "https:")),
)

EVERY_CONTENT_TYPE = (
    *(WORD + name for name in ("document.macroEnabled.main+xml", "template.main+xml", "printerSettingsX")),
    *("application/vnd.ms-word.document.macroEnabled.main+xml", "application/vnd.ms-office.vbaProject"),
    *(
        "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
        "application/vnd.ms-word.vbaData+xml",
    ),
    *("application/vnd.ms-word.keyMapCustomizations+xml", "application/vnd.ms-word.attachedToolbars"),
    *(
        "application/vnd.ms-office.activeX",
        "application/vnd.ms-office.activeX+xml",
        "application/x-msdownload",
    ),
    *("application/vnd.ms-office.webextension+xml", "application/vnd.ms-office.webextensiontaskpanes+xml"),
    *("application/vnd.openxmlformats-officedocument.oleObject", "application/octet-stream"),
    *(
        "application/vnd.openxmlformats-officedocument.package",
        "application/vnd.ms-excel",
        "application/msword",
    ),
    *("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/x-ole-storage"),
    *("application/vnd.openxmlformats-officedocument.vmlDrawing", "application/rtf", "text/rtf", "text/html"),
    *("application/vnd.openxmlformats-officedocument.drawingml.chart+xml", "message/rfc822", "text/plain"),
    *("application/vnd.openxmlformats-officedocument.obfuscatedFont", "application/x-fontdata", "text/xml"),
    *("application/xhtml+xml", "application/javascript", "application/x-font-ttf", "application/pdf"),
    *("application/inkml+xml", "image/svg+xml", "image/x-eps", "image/pict", "image/webp", "audio/mpeg"),
    *("video/mp4", "model/gltf.binary", "application/XML", "application/xml; charset=utf-7", "", "*/*"),
)

# ECMA-376 part 1, 17.16.5, [MS-OI29500], and Word's dialog: every field that there is.
EVERY_FIELD = (
    *("ADDIN", "ADDRESSBLOCK", "ADVANCE", "ASK", "AUTHOR", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT", "AUTOTEXT"),
    *("AUTOTEXTLIST", "BARCODE", "BIBLIOGRAPHY", "BIDIOUTLINE", "CITATION", "COMMENTS", "COMPARE", "CONTROL"),
    *(
        "CREATEDATE",
        "DATA",
        "DATABASE",
        "DATE",
        "DDE",
        "DDEAUTO",
        "DISPLAYBARCODE",
        "DOCPROPERTY",
        "DOCVARIABLE",
    ),
    *(
        "EDITTIME",
        "EMBED",
        "EQ",
        "FILENAME",
        "FILESIZE",
        "FILLIN",
        "FORMCHECKBOX",
        "FORMDROPDOWN",
        "FORMTEXT",
    ),
    *(
        "FTNREF",
        "GLOSSARY",
        "GOTOBUTTON",
        "GREETINGLINE",
        "HTMLACTIVEX",
        "HYPERLINK",
        "IF",
        "IMPORT",
        "INCLUDE",
    ),
    *("INCLUDEPICTURE", "INCLUDETEXT", "INDEX", "INFO", "KEYWORDS", "LASTSAVEDBY", "LINK", "LISTNUM"),
    *(
        "MACRO",
        "MACROBUTTON",
        "MERGEBARCODE",
        "MERGEFIELD",
        "MERGEREC",
        "MERGESEQ",
        "NEXT",
        "NEXTIF",
        "NOTEREF",
    ),
    *(
        "NUMCHARS",
        "NUMPAGES",
        "NUMWORDS",
        "PAGE",
        "PAGEREF",
        "PRINT",
        "PRINTDATE",
        "PRIVATE",
        "QUOTE",
        "RD",
        "REF",
    ),
    *(
        "REVNUM",
        "SAVEDATE",
        "SECTION",
        "SECTIONPAGES",
        "SEQ",
        "SET",
        "SHAPE",
        "SKIPIF",
        "STYLEREF",
        "SUBJECT",
    ),
    *("SUBSCRIBER", "SYMBOL", "TA", "TC", "TEMPLATE", "TIME", "TITLE", "TOA", "TOC", "USERADDRESS"),
    *("USERINITIALS", "USERNAME", "XE", "bookmark", "日期", "DDEAUTO\\c", "PAGEX", "PAGE.REF"),
)
BAD_FIELDS = [code for code in EVERY_FIELD if code not in WORD_FIELDS]

BAD_ADDRESSES = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html,x", "file:///etc/passwd"),
    *(
        "file://host/share/a.dotm",
        "\\\\host\\share",
        "//host/share",
        "/\\host",
        "ms-word:ofe|u|http://a/",
        "ftp://a/",
    ),
    *(
        "ms-msdt:/id",
        "search-ms:query=x",
        "mhtml:http://a/!x",
        "jar:http://a/",
        "res://a",
        "about:blank",
        "tel:1",
    ),
    *(
        "a.docx",
        "../a.docx",
        "C:\\a.exe",
        "http:\\\\host\\a",
        "http:/a",
        "http://",
        "http:a",
        "https:///a",
        "mailto:",
    ),
    *(
        "http://a/ b",
        "http://a\\b",
        "http://a/\u00a0b",
        " javascript:x",
        "java\tscript:x",
        "http\u200b://a",
        "cid:x",
    ),
    *("http://a/" + "b" * 2048, "#a b", "#", "#a:b", "smb://host/a", "ldap://host/", "view-source:http://a/"),
)
GOOD_ADDRESSES = (
    "http://example.com",
    "HTTPS://example.com/a?b=c&amp;d=e#f",
    "http://[::1]:80/",
    "mailto:a@b.cn",
)


def faults_of(data: bytes) -> tuple[Fault, ...]:
    """What is wrong with it; a test fails if nothing is."""
    with pytest.raises(RefusedError) as caught:
        check_document(data, TEMPLATE)
    return caught.value.faults


def refused_words(data: bytes) -> str:
    """What is wrong with it, with the places, as English."""
    return "\n".join(
        f"{fault.place % fault.place_values if fault.place else ''} {fault.message % fault.values}".strip()
        for fault in faults_of(data)
    )


def accepted(data: bytes) -> None:
    check_document(data, TEMPLATE)


def escaped(address: str) -> str:
    return address.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\t", "&#9;")


def test_the_small_document_of_these_tests_is_good() -> None:
    accepted(word())
    accepted(word(parts={"word/": b"", "word/media/": b""}))


# Relations


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
    assert "fetches" in refused_words(word("", relation(OFFICE + "image", "http://a/b.png", mode)))


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


@settings(max_examples=20, deadline=None)
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
    assert "no Word document" in refused_words(b"#!/bin/sh\n" + word())
    assert "no Word document" in refused_words(b"")


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


# Addresses


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_links_lead_to_the_web_and_to_mail_alone(address: str) -> None:
    line = relation(HYPERLINK, escaped(address), "External")
    in_field = text("a") + f"<w:p>{field(f' HYPERLINK &quot;{escaped(address)}&quot; ')}</w:p>"
    in_switch = f"<w:p>{field(f' HYPERLINK \\x&quot;{escaped(address)}&quot; \\l &quot;b&quot; ')}</w:p>"
    in_shape = f'<w:p><w:r><w:pict><v:shape href="{escaped(address)}"/></w:pict></w:r></w:p>'

    assert "relation rId9 to" in refused_words(word("", line))
    assert "paragraph 2" in refused_words(word(in_field))
    assert "paragraph 1" in refused_words(word(in_switch))
    assert "paragraph 1" in refused_words(word(in_shape))
    assert "paragraph 1" in refused_words(
        word(f'<w:p><w:fldSimple w:instr="HYPERLINK {escaped(address)}"/></w:p>')
    ) or (address.startswith("#") or not address.strip())


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_links_to_the_web_to_mail_and_to_bookmarks_are_accepted(address: str) -> None:
    body = (
        '<w:p><w:hyperlink r:id="rId9" w:anchor="b"/></w:p>'
        f"<w:p>{field(f' HYPERLINK &quot;{address}&quot; \\o &quot;a:b&quot; \\t &quot;_top&quot;')}</w:p>"
        f"<w:p>{field(' HYPERLINK \\l &quot;_Toc1&quot; ')}</w:p>"
        f'<w:p><w:r><w:pict><v:shape href="{address}"/></w:pict></w:r></w:p>'
    )

    accepted(word(body, relation(HYPERLINK, address, "External"), relation(HYPERLINK, "#b.1", key="rId8")))


def test_a_picture_cannot_take_its_address_from_a_hyperlink() -> None:
    line = relation(HYPERLINK, "http://127.0.0.1:9/", "External")
    for markup in (
        '<a:blip r:link="rId9"/>',
        '<a:blip r:embed="rId9"/>',
        '<v:imagedata r:href="rId9"/>',
        '<v:imagedata r:id="rId9"/>',
        '<v:fill r:id="rId9"/>',
        '<v:imagedata o:relid="rId9"/>',
        '<w:anything r:pict="rId9"/>',
        '<x:anything id="rId9"/>',
    ):
        assert "paragraph 2" in refused_words(word(text("a") + f"<w:p>{markup}</w:p>", line))


# Markup


@pytest.mark.parametrize(
    "markup",
    [
        *(
            '<w:altChunk r:id="rId1"/>',
            '<w:subDoc r:id="rId1"/>',
            "<w:object/>",
            "<o:OLEObject/>",
            "<w:control/>",
        ),
        *(
            "<w:ffData><w:entryMacro/></w:ffData>",
            "<w:ffData><w:exitMacro/></w:ffData>",
            "<w:attachedTemplate/>",
        ),
        *(
            "<w:mailMerge/>",
            "<w:dataSource/>",
            "<w:headerSource/>",
            "<w:frameset/>",
            "<w:frame/>",
            "<w:movie/>",
        ),
        *(
            "<w:sourceFileName/>",
            "<w:saveThroughXslt/>",
            "<w:contentPart/>",
            "<x:webVideoPr/>",
            "<a:videoFile/>",
        ),
        *(
            "<a:audioFile/>",
            "<a:wavAudioFile/>",
            "<a:quickTimeFile/>",
            "<w:embedRegular/>",
            "<x:schemaLibrary/>",
        ),
        *('<v:imagedata src="http://a/"/>', '<v:fill src="a"/>', '<v:imagedata o:href="http://a/"/>'),
        *('<v:imagedata o:althref="http://a/"/>', '<w:smartTagType w:url="http://a/"/>', "<x:externalData/>"),
        *('<a:hlinkClick action="ppaction://program"/>', '<a:hlinkClick invalidUrl="file://a/"/>'),
        *("<?xml-stylesheet href='http://a/'?>", '<v:shape o:gfxdata="AAAA"/>'),
        "<mc:AlternateContent><mc:Fallback><w:object/></mc:Fallback></mc:AlternateContent>",
    ],
)
def test_markup_that_runs_or_fetches_is_refused_in_every_part(markup: str) -> None:
    for part in ("document", "header", "footer", "footnotes", "endnotes", "comments", "settings", "styles"):
        if part == "document":
            data = word(f"<w:p>{markup}</w:p>")
        else:
            name = f"word/{part}.xml"
            data = word(
                "",
                relation(OFFICE + part, f"{part}.xml"),
                parts={name: make.main(f"<w:p>{markup}</w:p>", part)},
                types=() if part == "styles" else (make.override(name, f"{WORD}{part}+xml"),),
            )
        assert refused_words(data)


def test_a_drawing_packed_into_an_attribute_is_unpacked() -> None:
    def shape(line: str) -> bytes:
        inner = make.zipped({"_rels/.rels": make.relations(line), "drs/shapexml.xml": b"<a/>"})
        packed = base64.b64encode(inner).decode()
        return word(
            f'<w:p><w:r><w:pict><v:shape o:gfxdata="{packed[:70]}&#10;{packed[70:]}"/></w:pict></w:r></w:p>'
        )

    accepted(shape(relation(OFFICE + "image", "a.png")))
    assert "fetches" in refused_words(shape(relation(OFFICE + "image", "http://a/", "External")))


def test_properties_do_not_turn_links_elsewhere() -> None:
    def properties(inner: str) -> bytes:
        return word(
            package=(relation(OFFICE + "extended-properties", "docProps/app.xml"),),
            parts={"docProps/app.xml": f"<Properties>{inner}</Properties>".encode()},
            types=(
                make.override(
                    "docProps/app.xml",
                    "application/vnd.openxmlformats-officedocument.extended-properties+xml",
                ),
            ),
        )

    accepted(properties("<HyperlinkBase/><HyperlinksChanged>false</HyperlinksChanged>"))
    accepted(properties("<HyperlinkBase>http://a/</HyperlinkBase>"))
    assert "docProps/app.xml" in refused_words(properties("<HyperlinkBase>file://host/</HyperlinkBase>"))
    assert "docProps/app.xml" in refused_words(properties("<HyperlinksChanged>true</HyperlinksChanged>"))


# Fields


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
        assert "must not hold" in refused_words(word(f"<w:p>{field(code)}</w:p>"))
        assert "must not hold" in refused_words(word(f'<w:p><w:fldSimple w:instr="{code}"/></w:p>'))


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


# What Word writes


def test_the_parts_that_word_writes_by_itself_are_accepted() -> None:
    accepted(make.every_part_of_word(KNOWN_RELATIONS))


def test_a_document_with_addresses_in_harmless_places_is_accepted() -> None:
    accepted(make.full_of("http://127.0.0.1:9/"))

    for kind in ("image", "hyperlink"):
        assert refused_words(make.linked_picture("http://127.0.0.1:9/", kind))


def test_what_libreoffice_writes_is_accepted() -> None:
    accepted((Path(__file__).parent / "data" / "libreoffice.docx").read_bytes())


def test_several_faults_are_told_at_once() -> None:
    body = "".join(f"<w:p>{field(f' {code} a ')}</w:p>" for code in BAD_FIELDS)

    assert len(faults_of(word(body))) == 10
