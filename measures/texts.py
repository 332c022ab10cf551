"""Texts as people type them and as browsers and spreadsheets send them."""

import re
import unicodedata
from hashlib import sha256
from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A text, or one that is translated whenever it is read.
type Label = StrOrPromise

REASON_LIMIT = 500  # characters of a reason, wherever one is given


def fingerprint_of(seen: object) -> str:
    """A short text that differs as soon as what a user saw does."""
    return sha256(repr(seen).encode()).hexdigest()[:20]


def natural_order(code: str) -> list[tuple[int, str]]:
    """A key that sorts codes as people count: 2 before 10, A-9 before A-10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", code)]


def split_terms(text: str) -> list[str]:
    """The terms of a text that 、, commas, semicolons or line breaks separate."""
    return [term.strip() for term in re.split(r"[、，,;；\n]", text) if term.strip()]


def different_terms(text: str) -> list[str]:
    """The same, each once."""
    return list(dict.fromkeys(split_terms(text)))


def first_free(stem: str, taken: set[str]) -> str:
    """The stem itself, or the first of stem-2, stem-3 … that is not taken."""
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(one for one in chain((stem,), numbered) if one not in taken)


def one_line_break(text: str) -> str:
    """The text with every line break as a single line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def half_width(text: str) -> str:
    """The text with letters, digits and signs in half width: １．１ → 1.1."""
    return unicodedata.normalize("NFKC", text)


# ! to ~, and the same in full width.
_WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}


def spellings(word: str) -> list[str]:
    """A word as it was typed, in half width and in full width, each once."""
    half = half_width(word)
    wide = half.translate(_WIDE) if re.search("[0-9A-Za-z]", half) else half
    return list(dict.fromkeys((word, half, wide)))


_NUMERALS = {sign: place for place, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_COUNTED = re.compile(r"[0-9]+|[零一二三四五六七八九十百]+")


def as_counted(text: str) -> tuple[tuple[int, int, bytes], ...]:
    """What to sort names by: 二处 before 三处 before 十处; Chinese by pinyin.

    GB 18030 has the characters of everyday use in the order of pinyin.
    """
    key: list[tuple[int, int, bytes]] = []
    place = 0
    plain = half_width(text).casefold()
    for found in _COUNTED.finditer(plain):
        key += [(1, 0, one.encode("gb18030")) for one in plain[place : found.start()]]
        key.append((0, number_of(found[0]), b""))
        place = found.end()
    return (*key, *((1, 0, one.encode("gb18030")) for one in plain[place:]))


def number_of(numeral: str) -> int:
    """12 → 12, 十二 → 12, 一百零三 → 103."""
    if numeral[0].isdecimal() and numeral[0] not in _NUMERALS:
        return int(numeral)
    total, digit = 0, 0
    for sign in numeral:
        if sign in "十百":
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        else:
            digit = 10 * digit + _NUMERALS[sign]
    return total + digit
