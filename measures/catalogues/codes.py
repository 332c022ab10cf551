"""Codes of measures: how they sort, and which part their first signs name."""

import re

from measures.texts import natural_order, number_of

SEPARATORS = re.compile(r"[.\-·]")
CHINESE = re.compile("[零〇一二两兩三四五六七八九十百]+")
OWN_CODE = re.compile(
    r"(第[零〇一二三四五六七八九十百\d]+(?:部分|[篇编編章节節条條])|[A-Za-z]?\d+(?:[.\-]\d+)*|[A-Z]|[一二三四五六七八九十]+)"
    r"[\s、.．:：]+(\S.*)"
)


def order_of(code: str) -> list[tuple[int, str]]:
    """A key that sorts codes as people count, Chinese numerals too: 第九条 before 第十条."""
    return natural_order(CHINESE.sub(lambda found: str(number_of(found[0])), code))


def prefixes(code: str, depth: int) -> tuple[str, ...]:
    """The codes of the parts that a code names by itself: 1.2.3 → 1, 1.2; empty if it names none."""
    ends = [found.start() for found in SEPARATORS.finditer(code)]
    return tuple(code[:end] for end in ends) if len(ends) == depth else ()


def out_of_order(codes: list[str]) -> set[int]:
    """The places of the codes that break the order: as few as possible, later ones first."""
    keys = [order_of(code) for code in codes]
    if keys == sorted(keys):
        return set()
    longest: list[int] = []
    before: list[int] = []
    for place, key in enumerate(keys):
        best, came = 1, -1
        for other in range(place):
            if keys[other] <= key and longest[other] + 1 > best:
                best, came = longest[other] + 1, other
        longest.append(best)
        before.append(came)
    kept = set()
    place = longest.index(max(longest))
    while place >= 0:
        kept.add(place)
        place = before[place]
    return set(range(len(keys))) - kept
