"""Two texts as one, what was removed and added marked: by character for Chinese, else by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

PIECES = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]|[^\W\u2e80-\u9fff\uff00-\uffef]+|\s+|.", re.DOTALL)
# Longer texts are shown as one removed and one added: finding what they share takes too long.
MOST_PIECES = 5_000
SHORTEST_SHARED = 2  # pieces: a single one between two changes is no anchor for a reader


class TextChange(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Segment:
    change: TextChange
    text: str


def text_differences(old_text: str, new_text: str) -> list[Segment]:
    """Without what is added the segments make up the old text, without what is removed the new one."""
    old, new = PIECES.findall(old_text), PIECES.findall(new_text)
    if len(old) > MOST_PIECES or len(new) > MOST_PIECES:
        whole = [(old_text, new_text, old_text == new_text)]
    else:
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        whole = [
            ("".join(old[a:b]), "".join(new[c:d]), tag == "equal" and worth_showing(old, new, a, b, c))
            for tag, a, b, c, d in matcher.get_opcodes()
        ]
    found: list[Segment] = []
    removed = added = ""
    for before, after, same in [*whole, ("", "", True)]:
        if not same:
            removed, added = removed + before, added + after
            continue
        found += [Segment(TextChange.REMOVED, removed)] if removed else []
        found += [Segment(TextChange.ADDED, added)] if added else []
        found += [Segment(TextChange.SAME, before)] if before else []
        removed = added = ""
    return found


def worth_showing(old: list[str], new: list[str], start: int, end: int, new_start: int) -> bool:
    """Whether a shared run is long enough, stands at either end, or holds more than spaces and commas."""
    at_an_end = (start == 0 and new_start == 0) or (end == len(old) and new_start + end - start == len(new))
    return at_an_end or end - start >= SHORTEST_SHARED or len(old[start]) > SHORTEST_SHARED
