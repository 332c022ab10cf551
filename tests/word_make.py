"""Word packages for tests: a small good one, and the same with other parts, relations and markup."""

import io
import zipfile
from collections.abc import Mapping
from functools import cache

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
TYPES = "[Content_Types].xml"
MAIN = "word/document.xml"
PACKAGE_RELATIONS, RELATIONS = "_rels/.rels", "word/_rels/document.xml.rels"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "x": "urn:example",
    }.items()
)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


def relation(kind: str, target: str, mode: str = "", key: str = "rId9") -> str:
    """A line of a table of relations."""
    written = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="{key}" Type="{kind}" Target="{target}"{written}/>'


def relations(*lines: str) -> bytes:
    """A table of relations."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{''.join(lines)}</Relationships>"
    ).encode()


def default(ending: str, kind: str) -> str:
    return f'<Default Extension="{ending}" ContentType="{kind}"/>'


def override(part: str, kind: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{kind}"/>'


def content_types(*lines: str) -> bytes:
    """The table of content types."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f"{''.join(lines)}</Types>"
    ).encode()


USUAL_TYPES = (
    default("rels", "application/vnd.openxmlformats-package.relationships+xml"),
    default("xml", "application/xml"),
    default("png", "image/png"),
    override(MAIN, WORD + "document.main+xml"),
    override("word/styles.xml", WORD + "styles+xml"),
)


def main(body: str, root: str = "document") -> bytes:
    """The XML of a part with these paragraphs."""
    inner = f"<w:body>{body}</w:body>" if root == "document" else body
    return f"<w:{root} {NAMESPACES}>{inner}</w:{root}>".encode()


def text(words: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>'


@cache
def usual_parts() -> Mapping[str, bytes]:
    """The least that Word takes for a document."""
    return {
        TYPES: content_types(*USUAL_TYPES),
        PACKAGE_RELATIONS: relations(relation(OFFICE + "officeDocument", MAIN, key="rId1")),
        RELATIONS: relations(relation(OFFICE + "styles", "styles.xml", key="rId1")),
        MAIN: main(text("{{ title }}")),
        "word/styles.xml": main("", "styles"),
    }


def zipped(parts: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return output.getvalue()


def word(
    body: str = "",
    *lines: str,
    parts: Mapping[str, bytes] | None = None,
    types: tuple[str, ...] = (),
    package: tuple[str, ...] = (),
) -> bytes:
    """A Word document: its text with relations, more parts with types, and the package's relations."""
    changed = {
        TYPES: content_types(*USUAL_TYPES, *types),
        RELATIONS: relations(relation(OFFICE + "styles", "styles.xml", key="rId1"), *lines),
        PACKAGE_RELATIONS: relations(relation(OFFICE + "officeDocument", MAIN, key="rId1"), *package),
        MAIN: main(body or text("{{ title }}")),
    }
    return zipped({**usual_parts(), **changed, **(parts or {})})


def every_part_of_word(known: Mapping[str, tuple[str, ...]]) -> bytes:
    """A document with a part for each of these relation types, by the first content type of each."""
    there = ("/officeDocument", "/styles", "/thumbnail", "/image", "/hdphoto", "/core-properties")
    wanted = [(kind, types[0]) for kind, types in known.items() if not kind.endswith(there)]
    return word(
        "",
        *(
            relation(kind, f"part{place}.xml", key=f"rIdX{place}")
            for place, (kind, _type) in enumerate(wanted)
        ),
        parts={f"word/part{place}.xml": _part(kind) for place, (_kind, kind) in enumerate(wanted)},
        types=tuple(override(f"word/part{place}.xml", kind) for place, (_kind, kind) in enumerate(wanted)),
    )


def _part(kind: str) -> bytes:
    return main("", {WORD + "header+xml": "hdr", WORD + "footer+xml": "ftr"}.get(kind, "part"))


def full_of(address: str) -> bytes:
    """A document with this address wherever it may be: in links, and where nothing reads an address."""
    picture = (
        '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        f'<wp:extent cx="99999" cy="99999"/><wp:docPr id="1" name="{address}" descr="{address}">'
        '<a:hlinkClick r:id="rId9"/></wp:docPr><a:graphic><a:graphicData'
        ' uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic'
        ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>'
        f'<pic:cNvPr id="1" name="{address}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
        '<a:blip r:embed="rId8"/>'
        '</pic:blipFill><pic:spPr><a:xfrm><a:ext cx="99999" cy="99999"/></a:xfrm></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    body = (
        f"{text(address)}<w:p><w:r>{picture}</w:r></w:p>"
        f'<w:p><w:hyperlink r:id="rId9"><w:r><w:t>{address}</w:t></w:r></w:hyperlink></w:p>'
        f"<w:p>{field(f' HYPERLINK &quot;{address}&quot; ')}{field(f' QUOTE &quot;{address}&quot; ')}</w:p>"
        f"<w:p>{field(' TOC \\o &quot;1-3&quot; \\h ')}{field(' PAGE ')}{field(' NUMPAGES ')}</w:p>"
        "<w:p><w:r><w:pict>"
        f'<v:shape style="width:9pt;height:9pt" href="{address}" alt="{address}"/></w:pict></w:r></w:p>'
        f'<w:sdt><w:sdtPr><w:alias w:val="{address}"/>'
        f'<w:dataBinding w:xpath="/a" w:storeItemID="{address}"/></w:sdtPr>'
        f"<w:sdtContent>{text('a')}</w:sdtContent></w:sdt>"
    )
    return word(
        body,
        relation(OFFICE + "hyperlink", address, "External"),
        relation(OFFICE + "image", "media/a.png", key="rId8"),
        relation(OFFICE + "customXml", "../customXml/item1.xml", key="rId7"),
        parts={
            "word/media/a.png": PNG,
            "customXml/item1.xml": f'<a b="{address}">{address}<include href="{address}"/></a>'.encode(),
        },
    )


def linked_picture(address: str, kind: str = "image") -> bytes:
    """A document with a picture from elsewhere, which its reader fetches."""
    body = full_of(address)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[MAIN] = parts[MAIN].replace(b'<a:blip r:embed="rId8"/>', b'<a:blip r:link="rId6"/>')
    line = relation(OFFICE + kind, f"{address}{kind}.png", "External", "rId6").encode()
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", line + b"</Relationships>")
    return zipped(parts)


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def instruction(code: str, name: str = "instrText") -> str:
    return f'<w:r><w:{name} xml:space="preserve">{code}</w:{name}></w:r>'


def field(code: str, result: str = "") -> str:
    """A field inside a paragraph."""
    shown = result or "<w:r><w:t>1</w:t></w:r>"
    return f"{mark('begin')}{instruction(code)}{mark('separate')}{shown}{mark('end')}"


def template(*paragraphs: str) -> bytes:
    """The same as `make_template` without python-docx's many styles, which take time to read."""
    return word("".join(map(text, paragraphs)))


def nested(depth: int, inside: str = "x") -> str:
    return "{% for row in sections %}" * depth + inside + "{% endfor %}" * depth
