"""Links of a Word document lead to the web and to mail; markup that runs or fetches is refused."""

import base64

import pytest

from tests import word_make as make
from tests.word_check import accepted, refused_words
from tests.word_lists import BAD_ADDRESSES, GOOD_ADDRESSES, HYPERLINK
from tests.word_make import OFFICE, WORD, field, relation, text, word

pytestmark = pytest.mark.no_database


def escaped(address: str) -> str:
    return address.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\t", "&#9;")


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
    assert "loads content from elsewhere" in refused_words(
        shape(relation(OFFICE + "image", "http://a/", "External"))
    )


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
