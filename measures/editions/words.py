"""Cuts texts into what can be counted: characters of Chinese, stems of English words, and what both mean."""

import re
from collections import Counter

from measures.editions.concepts import CHINESE_CONCEPTS, ENGLISH_CONCEPTS, stem

PIECES = re.compile(r"[\u3400-\u9fff]+|[a-z]+(?:'[a-z]+)?|\d+")
# Words that hold a sentence together and say nothing of what it is about.
EMPTY_WORDS = """
a an the of and or to in on at by for from with without as is are be been
it its this that these those they them their there who whom whose which what when where while how than
then not no any all each every both such so if but into out up over under may can must
should have has had do does did will one's own other others only also more most
"""
EMPTY = frozenset(EMPTY_WORDS.split())


def chinese_or_not(piece: str) -> bool:
    return piece[0] >= "\u3400"


def words_of(text: str) -> Counter[str]:
    """Characters and pairs of them for Chinese, else stems and pairs of them, each counted."""
    found: Counter[str] = Counter()
    before = ""
    for piece in PIECES.findall(text.lower()):
        if chinese_or_not(piece):
            found.update(piece)
            found.update(piece[place : place + 2] for place in range(len(piece) - 1))
            before = ""
        elif piece not in EMPTY:
            root = stem(piece)
            found[root] += 1
            if before:
                found[f"{before} {root}"] += 1
            before = root
    return found


def concepts_of(text: str) -> set[int]:
    """What a text speaks of, in whatever words: numbers of lines in measures/editions/concepts.py."""
    text = text.lower()
    found = {number for word, number in CHINESE_CONCEPTS if word in text}
    for piece in PIECES.findall(text):
        if not chinese_or_not(piece):
            found |= ENGLISH_CONCEPTS.get(stem(piece), frozenset())
    return found


def without_punctuation(text: str) -> str:
    """A text without its punctuation, spaces and capitals."""
    return "".join(PIECES.findall(text.lower()))
