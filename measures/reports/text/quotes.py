"""Quotations that end at a sentence, and how much room a text takes on a page."""

import math
import re
import unicodedata
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

QUOTE_LIMIT = 120  # characters
LINE = 28  # characters of a line of text
LINE_POINTS = 28.9
# A table in small type: points of a line and of what is around a row, and millimetres of a character.
ROW_POINTS, ROW_PADDING, CHARACTER = 11.5, 3.8, 3.2
ENDS = re.compile(r"[。！？；!?;]|\.(?=\s|$)")
CLAUSES = re.compile(r"[，、,：:\s]")
STOPS = "。；;，,.、 "


def joined_lines(text: str) -> str:
    """The text without line breaks; a sentence mark between two lines that have none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    joined = ""
    for line in lines:
        joined += line if not joined or joined[-1] in "。！？；!?;.：:，," else f"；{line}"
        if line is not lines[-1] and joined[-1].isascii():
            joined += " "
    return joined


def quotation(text: str, limit: int = QUOTE_LIMIT) -> str:
    """The text as a sentence quotes it: within the limit, up to the end of a sentence, without its mark.

    Where no sentence ends in time, it is cut after a clause, and says so.
    """
    whole = joined_lines(text)
    if len(whole) <= limit:
        return whole.rstrip(STOPS)
    ends = [found.start() for found in ENDS.finditer(whole[: limit + 1])]
    if ends and ends[-1] > limit // 4:
        return whole[: ends[-1]].rstrip(STOPS)
    clauses = [found.start() for found in CLAUSES.finditer(whole[:limit])]
    cut = clauses[-1] if clauses and clauses[-1] > limit // 4 else limit - 1
    return whole[:cut].rstrip(STOPS) + pgettext("a text that was cut", "…")


def with_rest(quote: str, text: str) -> str:
    """The quotation, and where the rest is if it is not the whole text."""
    if quote == joined_lines(text).rstrip(STOPS):
        return quote
    return quote + _(" (in full in the ledger)")


@cache
def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WFA"


def width(text: str) -> float:
    """In Chinese characters: a Latin letter takes about half of one."""
    return sum(1 if _is_wide(letter) else 0.55 for letter in text)


def lines_taken(text: str) -> int:
    """How many lines a paragraph takes, with its indent."""
    return max(1, math.ceil((width(text) + 2) / (LINE - 0.5)))


def row_lines(cells: tuple[tuple[str, int], ...]) -> float:
    """How many lines of text a row of a small table takes: its cells, each with its width in mm."""
    most = max(math.ceil(width(text) / max(1.0, (mm - 2) / CHARACTER - 0.5)) for text, mm in cells)
    return (max(1, most) * ROW_POINTS + ROW_PADDING) / LINE_POINTS
