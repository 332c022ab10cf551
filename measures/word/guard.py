"""Checks that a Word document is safe to store, fill and pass on: nothing in it runs or fetches anything."""

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Iterator
from itertools import chain

from lxml import etree

from measures.word.elements import Element
from measures.word.faults import (
    ELSEWHERE,
    NO_DOCUMENT,
    PROGRAMS,
    STRANGE_XML,
    TOO_MUCH_TEXT,
    Fault,
    FaultValues,
    RefusedError,
    gettext_noop,
    in_part,
    refuse_if_any,
    short,
)
from measures.word.fields import ADDRESS, field_faults, is_web_address
from measures.word.known import (
    CONTENT_TYPES,
    CUSTOM,
    HYPERLINK,
    LINKS,
    OFFICE,
    PICTURES,
    PRINTER_TYPE,
    REFUSED_ELEMENTS,
    REFUSED_RELATIONS,
    RELATIONS,
    RELATIONS_TYPE,
    STRICT,
    STRICT_DOCUMENT,
    WITH_FIELDS,
)
from measures.word.package import DOCUMENT, Limits, Package, Relation, is_picture, open_package, read_xml
from measures.word.paragraphs import local, part_name, place_of

UNKNOWN_TYPE = gettext_noop("Parts of the type “%(kind)s” are not allowed in a template.")
UNKNOWN_RELATION = gettext_noop("Relations of the type “%(kind)s” are not allowed in a template.")
WRONG_TYPE = gettext_noop("It leads to a part of the type “%(kind)s”, which does not fit.")
UNREACHABLE = gettext_noop(
    "Nothing in the document uses this part. Open the file in Word and save it again as .docx."
)
NO_PICTURE = gettext_noop("This is not a picture of the type “%(kind)s”. Insert it again as PNG or JPEG.")

BOOKMARK = re.compile(r"#[\w.-]+")
INSTRUCTIONS = {"mso-contentType"}  # SharePoint writes it
# Attributes, of whatever element, from which a reader would load something.
SOURCES = {"src", "althref", "url", "manifestLocation", "embeddedHtml", "invalidUrl", "action", "dest"}
# Document properties that could turn every link of the document elsewhere: the values that do not.
BASES = {"HyperlinkBase": ("",), "HyperlinksChanged": ("", "false", "0")}
MOST_HIDDEN = 1024 * 1024  # bytes of a drawing that is packed into an attribute


def check_document(data: bytes, limits: Limits) -> Package:
    """The package, read; raises RefusedError with everything that is wrong with it."""
    package = open_package(data, limits)
    refuse_if_any(chain(_relation_faults(package), _type_faults(package)))
    refuse_if_any(_part_faults(package, limits))
    return package


def _type_faults(package: Package) -> Iterator[Fault]:
    for part, kinds in package.types.items():
        for kind in kinds:
            if (kind == RELATIONS_TYPE) is not part.endswith(".rels"):
                # By its extension every other XML part is plain XML; its name says more.
                yield in_part(UNKNOWN_TYPE, part, kind=short(kind))
            elif "macroEnabled" in kind or "vba" in kind.lower():
                yield in_part(PROGRAMS, part)
            elif kind not in CONTENT_TYPES:
                yield in_part(UNKNOWN_TYPE, part, kind=short(kind))


def _relation_faults(package: Package) -> Iterator[Fault]:
    for relation in package.relations:
        yield from _one_relation(relation, package)
    reached, new = set(), {""}
    while new:
        reached |= new
        new = {
            relation.target
            for relation in package.relations
            if relation.source in new and not relation.external
        } - reached
    for part in package.parts:
        if part not in reached:
            yield in_part(UNREACHABLE, part)
    mains = [one for one in package.relations if one.kind == OFFICE + "officeDocument"]
    if [main.source for main in mains] != [""] or not DOCUMENT.fullmatch(mains[0].target):
        yield Fault(NO_DOCUMENT)


def _one_relation(relation: Relation, package: Package) -> Iterator[Fault]:
    word = relation.kind.rpartition("/")[2]
    if relation.kind == HYPERLINK:
        inside = relation.target.startswith("#") and BOOKMARK.fullmatch(relation.target)
        if not inside and not (relation.external and is_web_address(relation.target)):
            yield relation.fault(ADDRESS, address=short(relation.target))
    elif word in REFUSED_RELATIONS:
        yield relation.fault(REFUSED_RELATIONS[word])
    elif relation.kind.startswith(STRICT):
        yield relation.fault(STRICT_DOCUMENT)
    elif relation.external:
        yield relation.fault(ELSEWHERE)
    elif relation.kind not in RELATIONS:
        yield relation.fault(UNKNOWN_RELATION, kind=short(relation.kind))
    elif package.type_of(relation.target) not in RELATIONS[relation.kind]:
        yield relation.fault(WRONG_TYPE, kind=short(package.type_of(relation.target)))


def _part_faults(package: Package, limits: Limits) -> Iterator[Fault]:
    for part, content in package.parts.items():
        kind = package.type_of(part)
        if kind in PICTURES:
            if not is_picture(kind, content):
                yield in_part(NO_PICTURE, part, kind=kind)
            continue
        if len(content) > (limits.text if kind in WITH_FIELDS else limits.xml):
            yield in_part(TOO_MUCH_TEXT, part_name(part))
            continue
        if kind == PRINTER_TYPE:
            continue
        root = read_xml(part, content)
        yield from _instruction_faults(part, root)
        if kind != CUSTOM:
            outside = {one.key for one in package.relations if one.source == part and _leaves(one)}
            yield from _element_faults(part, root, outside)
            yield from field_faults(part, root)


def _leaves(relation: Relation) -> bool:
    return relation.external or relation.target.startswith("#")


def _instruction_faults(part: str, root: Element) -> Iterator[Fault]:
    """Processing instructions may name style sheets to load."""
    around = [*root.itersiblings(preceding=True), *root.itersiblings()]
    for node in (*around, *root.iter(etree.ProcessingInstruction, etree.Entity)):
        if node.tag is etree.Entity or (
            node.tag is etree.ProcessingInstruction and node.target not in INSTRUCTIONS
        ):
            yield in_part(STRANGE_XML, part)


def _element_faults(part: str, root: Element, outside: set[str]) -> Iterator[Fault]:
    for element in root.iter(etree.Element):
        name = local(element)
        if name in REFUSED_ELEMENTS:
            yield Fault(REFUSED_ELEMENTS[name], {}, *place_of(part, element))
        elif name in BASES and not _is_good_base(name, (element.text or "").strip()):
            yield in_part(ADDRESS, part, address=short(element.text or ""))
        for key, value in element.attrib.items():
            if fault := _attribute_fault(name, key, value, outside):
                yield Fault(*fault, *place_of(part, element))


def _is_good_base(name: str, value: str) -> bool:
    return value in BASES[name] or (name == "HyperlinkBase" and is_web_address(value))


def _attribute_fault(name: str, key: str, value: str, outside: set[str]) -> tuple[str, FaultValues] | None:
    namespace, _brace, attribute = key.rpartition("}")
    if not value:
        return None
    if value in outside and name not in LINKS:
        # A picture may name the relation of a hyperlink, and readers then fetch it.
        return ELSEWHERE, {}
    if attribute in SOURCES:
        return ELSEWHERE, {}
    if attribute == "href" and not namespace.endswith("/relationships"):
        if name == "imagedata" or not (is_web_address(value) or BOOKMARK.fullmatch(value)):
            return ADDRESS, {"address": short(value)}
    elif attribute == "gfxdata" and not _is_plain_drawing(value):
        return ELSEWHERE, {}
    return None


def _is_plain_drawing(packed: str) -> bool:
    """Return whether a drawing that Word repeats, packed, in an attribute refers to nothing outside it."""
    try:
        data = base64.b64decode("".join(packed.split()))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MOST_HIDDEN:
                return False
            roots = [
                read_xml("", archive.read(one)) for one in members if one.filename.endswith((".rels", ".xml"))
            ]
    except (
        binascii.Error,
        zipfile.BadZipFile,
        RefusedError,
        RuntimeError,
        OSError,
        ValueError,
        NotImplementedError,
    ):
        return False
    return not any(
        entry.attrib.get("TargetMode", "Internal") != "Internal" or local(entry) in REFUSED_ELEMENTS
        for root in roots
        for entry in root.iter(etree.Element)
    )
