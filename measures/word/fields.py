"""Word's field codes, such as PAGE or HYPERLINK: read from a part's XML, and held to those that are known."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from measures.word.elements import Element
from measures.word.faults import Fault, gettext_noop, short
from measures.word.known import WORD_FIELDS
from measures.word.paragraphs import WORD, local, place_of

UNKNOWN = gettext_noop(
    "The field “%(code)s” is not allowed. Page numbers, dates, tables of contents, references and links are."
)
ADDRESS = gettext_noop(
    "“%(address)s” is not allowed as an address. Links may lead to http://, https:// and mailto: addresses."
)
BRACES = gettext_noop("The field code “%(code)s” must not contain { or }. Put them into the text.")
DIVIDED = gettext_noop(
    "The field “%(code)s” is divided by tracked changes or alternatives. Delete and insert it again."
)
HIDDEN = gettext_noop("The field “%(code)s” has data that is not shown. Delete and insert it again.")

NAME = re.compile(r"\s*(=|[A-Za-z]+(?=\s|$|\\))")
ARGUMENT = re.compile(r'"([^"]*)"?|\\(\S)|([^\s"\\]\S*)')
WITH_ARGUMENT = {"l", "o", "t"}  # of HYPERLINK: a bookmark, a tip, a frame
WEB_ADDRESS = re.compile(r"https?://[\w\[][^\s\0\\<>\"{}|^`]*|mailto:[^\s\0\\<>\"{}|^`]+", re.IGNORECASE)
LONGEST_ADDRESS = 2048
INSTRUCTIONS = {"instrText", "delInstrText"}
# Elements whose contents Word may leave out: a code must not depend on whether it does.
TRACKED = {"ins", "del", "moveFrom", "moveTo"}


def is_web_address(address: str) -> bool:
    """Return whether a link may lead there."""
    return len(address) <= LONGEST_ADDRESS and bool(WEB_ADDRESS.fullmatch(address))


@dataclass
class _Open:
    """A field whose code is being read, from its first mark on, and the element that holds all of it."""

    begin: Element
    holder: Element | None
    code: str = ""
    in_code: bool = True


def field_faults(part: str, root: Element) -> Iterator[Fault]:
    """What is wrong with the fields of a part, in the order of its text."""
    opened: list[_Open] = []
    for element in root.iter(
        "{*}fldChar", "{*}instrText", "{*}delInstrText", "{*}fldSimple", "{*}t", "{*}fldData"
    ):
        kind = local(element)
        if kind == "fldSimple":
            yield from _code_faults(part, element, _attribute(element, "instr"))
        elif kind == "fldData":
            if not _is_harmless(element.text or ""):
                yield Fault(
                    HIDDEN, {"code": short(opened[-1].code if opened else "")}, *place_of(part, element)
                )
        elif kind == "fldChar":
            yield from _mark(part, element, opened)
        elif opened and opened[-1].in_code:
            opened[-1].code += element.text or ""
            yield from _same_holder(part, element, opened[-1])
        elif kind in INSTRUCTIONS and (element.text or "").strip():
            yield from _code_faults(part, element, element.text or "")
    for left in opened:
        if left.in_code:
            yield from _code_faults(part, left.begin, left.code)


def _mark(part: str, element: Element, opened: list[_Open]) -> Iterator[Fault]:
    """The beginning, middle or end of a field."""
    kind = _attribute(element, "fldCharType")
    if kind == "begin":
        if opened and opened[-1].in_code:
            # No name and no address has this sign in it, so neither can depend on the field inside.
            opened[-1].code += "\0"
        opened.append(_Open(element, _holder(element)))
        return
    if not opened:
        return
    yield from _same_holder(part, element, opened[-1])
    if opened[-1].in_code:
        yield from _code_faults(part, element, opened[-1].code)
        opened[-1].in_code = False
    if kind == "end":
        opened.pop()


def _same_holder(part: str, element: Element, field: _Open) -> Iterator[Fault]:
    if _holder(element) is not field.holder:
        yield Fault(DIVIDED, {"code": short(field.code)}, *place_of(part, element))


def _holder(element: Element) -> Element | None:
    """The nearest element around it that Word might leave out or draw elsewhere."""
    for above in element.iterancestors():
        if not str(above.tag).startswith(WORD) or local(above) in TRACKED:
            return above
    return None


def _code_faults(part: str, element: Element, code: str) -> Iterator[Fault]:
    shown = {"code": short(code.replace("\0", "{…}"))}
    place = place_of(part, element)
    if "{" in code or "}" in code:
        yield Fault(BRACES, shown, *place)
        return
    name = NAME.match(code)
    if name is None or (name[1] != "=" and name[1].upper() not in WORD_FIELDS):
        yield Fault(UNKNOWN, shown, *place)
    elif name[1].upper() == "HYPERLINK":
        for address in _addresses(code[name.end() :]):
            if not is_web_address(address):
                yield Fault(ADDRESS, {"address": short(address.replace("\0", "{…}"))}, *place)


def _addresses(arguments: str) -> Iterator[str]:
    """Where a HYPERLINK leads: each argument that belongs to no switch."""
    belongs = False
    for quoted, switch, bare in ARGUMENT.findall(arguments):
        if switch:
            belongs = switch.lower() in WITH_ARGUMENT
        elif belongs:
            belongs = False
        elif quoted or bare:
            yield quoted or bare


def _is_harmless(data: str) -> bool:
    """Return whether binary data beside a field names no address; Word keeps a bookmark's name there."""
    try:
        plain = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    letters = plain.replace(b"\0", b"")
    return not any(mark in letters for mark in (b":/", b":\\", b"\\\\", b"script:"))


def _attribute(element: Element, name: str) -> str:
    """The value of the attribute of this local name, in whatever namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")
