"""Where in a part an element is, in words: the part, and the paragraph by its number and first words."""

import re

from measures.word.elements import Element
from measures.word.faults import BODY, FOOT, FOOTNOTES, HEAD, PARAGRAPH, PART, FaultValues, short

NAMES = (
    (re.compile(r"word/document\d*\.xml"), BODY),
    (re.compile(r"word/header\d*\.xml"), HEAD),
    (re.compile(r"word/footer\d*\.xml"), FOOT),
    (re.compile(r"word/footnotes\.xml"), FOOTNOTES),
)
BEGINNING = 80  # characters
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def local(element: Element) -> str:
    """The element's name without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def part_name(part: str) -> str:
    """What people call this part."""
    return next((name for pattern, name in NAMES if pattern.fullmatch(part)), part)


def place_of(part: str, element: Element) -> tuple[str, FaultValues]:
    """The msgid of the place and its values."""
    paragraph = element if element.tag == WORD + "p" else next(element.iterancestors(WORD + "p"), None)
    if paragraph is None:
        return PART, {"part": part_name(part)}
    root = element.getroottree().getroot()
    number = next(at for at, found in enumerate(root.iter(WORD + "p"), start=1) if found is paragraph)
    text = short("".join(found.text or "" for found in paragraph.iter("{*}t")))[:BEGINNING]
    return PARAGRAPH, {"part": part_name(part), "number": number, "text": text}
