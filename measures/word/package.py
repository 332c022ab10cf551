"""The zip file and the tables inside it: which parts there are, of what type, and who refers to whom."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import dirname, normpath

from lxml import etree

from measures.word.elements import Element
from measures.word.faults import (
    NO_DOCUMENT,
    PROGRAMS,
    RELATION,
    STRANGE_XML,
    TOO_LARGE,
    Fault,
    RefusedError,
    gettext_noop,
    in_part,
    short,
)
from measures.word.known import PICTURES

TYPES = "[Content_Types].xml"
DOCUMENT = re.compile(r"word/document\d*\.xml")
ZIP_BEGINS = b"PK\x03\x04"
# The only packings in Office's own files; others fail in other ways, and some ask for much memory first.
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PART_NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
PROGRAM_NAMES = re.compile(r"vbaProject|vbaData|activeX|embeddings/.*\.bin|macrosheets", re.IGNORECASE)
ENCODINGS = {"utf-8", "us-ascii", "ascii"}
TYPES_NAMESPACE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONS_NAMESPACE = "{http://schemas.openxmlformats.org/package/2006/relationships}"

STRANGE_NAME = gettext_noop(
    "This part has a name that Word does not write. Open the file in Word and save it again as .docx."
)
LOCKED = gettext_noop("The file is locked with a password. Save it without one.")
NO_PART = gettext_noop(
    "It refers to a part that is not in the file. Open the file in Word and save it again."
)
NO_TYPE = gettext_noop("The file does not say what kind of part this is.")


@dataclass(frozen=True)
class Limits:
    """How large a document may be, in bytes unpacked and in parts."""

    unpacked: int
    text: int  # of each part with fields
    xml: int  # of each other part of XML
    parts: int = 400


TEMPLATE = Limits(unpacked=20 * 1024 * 1024, text=1024 * 1024, xml=4 * 1024 * 1024)
# More than what a template may write: its characters may take three bytes each.
REPORT = Limits(unpacked=80 * 1024 * 1024, text=60 * 1024 * 1024, xml=8 * 1024 * 1024)


@dataclass(frozen=True)
class Relation:
    """`target` is a part's name, or an address outside the file if `external`."""

    source: str  # the part with the relation; empty for the whole package
    table: str  # the .rels part
    key: str
    kind: str
    target: str
    external: bool

    def fault(self, message: str, **values: str | int) -> Fault:
        place = {"part": self.table, "id": short(self.key), "target": short(self.target)}
        return Fault(message, values, RELATION, place)


@dataclass
class Package:
    """The parts by name, without the tables; the tables, read."""

    parts: dict[str, bytes]
    relations: list[Relation] = field(default_factory=list)
    types: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # all that apply, the one that counts first

    def type_of(self, part: str) -> str:
        return self.types[part][0]


def open_package(data: bytes, limits: Limits) -> Package:
    """Raises RefusedError. Nothing is unpacked before its size is known."""
    try:
        if not data.startswith(ZIP_BEGINS):
            raise RefusedError(Fault(NO_DOCUMENT))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _unpacked(archive, limits)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise RefusedError(Fault(NO_DOCUMENT)) from error
    tables = {name: parts.pop(name) for name in list(parts) if name == TYPES or name.endswith(".rels")}
    package = Package(parts)
    package.types = _content_types(read_xml(TYPES, tables.pop(TYPES)), {*parts, *tables})
    for name, xml in tables.items():
        package.relations += _relations(name, read_xml(name, xml), package)
    return package


def _unpacked(archive: zipfile.ZipFile, limits: Limits) -> dict[str, bytes]:
    members = [member for member in archive.infolist() if not _is_folder(member)]
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise RefusedError(Fault(LOCKED))
    if any(member.compress_type not in PACKINGS for member in members):
        raise RefusedError(Fault(NO_DOCUMENT))
    if len(members) > limits.parts or sum(member.file_size for member in members) > limits.unpacked:
        raise RefusedError(Fault(TOO_LARGE))
    if TYPES not in names or not any(DOCUMENT.fullmatch(name) for name in names):
        raise RefusedError(Fault(NO_DOCUMENT))
    if programs := [in_part(PROGRAMS, name) for name in names if PROGRAM_NAMES.search(name)]:
        raise RefusedError(*programs[:10])
    if wrong := [in_part(STRANGE_NAME, short(name)) for name in _strange(names)]:
        raise RefusedError(*wrong[:10])
    return {member.filename: archive.read(member) for member in members}


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.is_dir() and not member.file_size and bool(PART_NAME.fullmatch(member.filename[:-1]))


def _strange(names: list[str]) -> Iterator[str]:
    """Return names that no part may have, and names that differ from another only in case."""
    seen: set[str] = set()
    for name in names:
        folder, _slash, table = name.rpartition("/")
        is_table = name == "_rels/.rels" or (
            PART_NAME.fullmatch(f"{folder}/{table}") and folder.split("/")[-1] == "_rels" and table != ".rels"
        )
        if name.lower() in seen or not (is_table if name.lower().endswith(".rels") else _is_plain(name)):
            yield name
        seen.add(name.lower())


def _is_plain(name: str) -> bool:
    return name == TYPES or (bool(PART_NAME.fullmatch(name)) and not name.endswith("."))


def read_xml(name: str, xml: bytes) -> Element:
    """The root of the part's XML; entities, document types and other encodings are refused."""
    if b"\0" in xml:
        raise RefusedError(in_part(STRANGE_XML, name))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: Element = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise RefusedError(in_part(NO_DOCUMENT, name)) from error
    about = root.getroottree().docinfo
    if about.internalDTD is not None or (about.encoding or "utf-8").lower() not in ENCODINGS:
        raise RefusedError(in_part(STRANGE_XML, name))
    return root


def _content_types(root: Element, names: set[str]) -> dict[str, tuple[str, ...]]:
    """Of each part the types that the table gives it: by its name first, then by its ending."""
    by_name: dict[str, str] = {}
    by_ending: dict[str, str] = {}
    for entry in _entries(TYPES, root, TYPES_NAMESPACE + "Types"):
        if entry.tag == TYPES_NAMESPACE + "Default" and set(entry.attrib) == {"Extension", "ContentType"}:
            table, key = by_ending, entry.attrib["Extension"].lower()
        elif entry.tag == TYPES_NAMESPACE + "Override" and set(entry.attrib) == {"PartName", "ContentType"}:
            table, key = by_name, entry.attrib["PartName"].lower()
        else:
            raise RefusedError(in_part(STRANGE_XML, TYPES))
        if key in table:
            raise RefusedError(in_part(STRANGE_XML, TYPES))
        table[key] = entry.attrib["ContentType"]
    found = {
        name: tuple(
            kind
            for kind in (
                by_name.pop("/" + name.lower(), None),
                by_ending.get(name.rpartition(".")[2].lower()),
            )
            if kind is not None
        )
        for name in sorted(names)
    }
    if untyped := [in_part(NO_TYPE, name) for name, kinds in found.items() if not kinds]:
        raise RefusedError(*untyped[:10])
    # Parts that are not in the file must not be of a refused type either.
    return found | {name.removeprefix("/"): (kind,) for name, kind in by_name.items()}


def _entries(name: str, root: Element, expected: str) -> Iterator[Element]:
    """The elements of a table, which holds nothing else and no text."""
    if root.tag != expected or root.attrib:
        raise RefusedError(in_part(STRANGE_XML, name))
    for entry in root.iterchildren():
        if entry.tag is etree.Comment:
            continue
        if not isinstance(entry.tag, str) or len(entry) or (entry.text or "").strip():
            raise RefusedError(in_part(STRANGE_XML, name))
        yield entry


def _relations(table: str, root: Element, package: Package) -> Iterator[Relation]:
    folder, _slash, name = table.rpartition("/")
    source = f"{folder.removesuffix('_rels')}{name.removesuffix('.rels')}"
    if source and source not in package.parts:
        raise RefusedError(in_part(NO_PART, table))
    seen: set[str] = set()
    for entry in _entries(table, root, RELATIONS_NAMESPACE + "Relationships"):
        values = dict(entry.attrib)
        mode = values.pop("TargetMode", "Internal")
        well_formed = entry.tag == RELATIONS_NAMESPACE + "Relationship" and set(values) == {
            "Id",
            "Type",
            "Target",
        }
        if not well_formed or mode not in ("Internal", "External") or values["Id"] in seen:
            raise RefusedError(in_part(STRANGE_XML, table))
        seen.add(values["Id"])
        relation = Relation(
            *(source, table, values["Id"], values["Type"], values["Target"]), external=mode == "External"
        )
        if relation.external or relation.target.startswith("#"):
            yield relation
        else:
            yield _resolved(relation, package)


def _resolved(relation: Relation, package: Package) -> Relation:
    """The same with the part's name as its target, which must be one of the package's."""
    target, base = relation.target, dirname(relation.source)
    path = target[1:] if target.startswith("/") else normpath(f"{base}/{target}" if base else target)
    # What resolves to the name of a part is written in that name's letters, with at most some leading "../".
    if path not in package.parts or "//" in target or not re.fullmatch(r"/?(\.\./)*[A-Za-z0-9_./-]+", target):
        raise RefusedError(relation.fault(NO_PART))
    return Relation(
        *(relation.source, relation.table, relation.key, relation.kind), target=path, external=False
    )


def is_picture(kind: str, content: bytes) -> bool:
    """Return whether the bytes begin as pictures of this content type do."""
    if kind == "image/x-emf" and content[40:44] != b" EMF":
        return False
    return content.startswith(PICTURES[kind])
