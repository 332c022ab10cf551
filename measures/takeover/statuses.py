"""What the words, ticks and percentages of a status column mean."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from measures.choices import Status
from measures.takeover.texts import in_one_script, says_nothing, words_file

YES = {"√", "✓", "✔", "☑", "✅", "●", "■", "★", "是", "y", "yes", "1", "v", "ü", "r", "对", "◆", "⬤", "🗹"}
NO = {"×", "x", "✗", "✘", "否", "n", "no", "☒", "❌", "✕", "╳", "0"}
HALF = {"△", "▲", "○", "◯", "〇", "◐", "◑", "◒", "☆", "□", "⊙", "◎", "⭕"}
WORDS = [(Status(name), pattern) for name, pattern in words_file("statuses.txt")]
STANDING_FIRST = re.compile(r"^(?:长期|持续|常态|经常)")
# Neither done nor said to be at work on: what the progress says decides.
NOT_DONE = re.compile(
    r"^(?:尚|还|暂)?(?:未|没有|没|不)(?:完成|办结|销号|整改到位|整改完成|办毕|结案|达标|到位|验收|解决|达到|完结|化解|答复|解除列管)"
    r"|^(?:尚|还|暂)?未落实到位|not (?:complete|done|closed|implemented|met)|^outstanding|^incomplete"
)
PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)%")
SIGNS = "√✓✔×✗●○◯〇◐◑◎△▲☆★■□◆◇"
LEGEND = re.compile(
    rf"([{SIGNS}])\s*[\"”“]?\s*(?:[:：=]|为|表示|代表|即|-|—|指)?\s*[\"“]?"
    rf"([^\s\"”“,，;；、。()（）{SIGNS}]{{2,8}})"
)
LETTERS = re.compile(
    r"(?<![A-Za-z\d])([A-Ea-e1-5①-⑤])\s*(?:[:：=]|表示|代表|为|即|-|—)+\s*[\"“]?([^\s\"”“,，;；、。()（）]{2,8})"
)
# One of several boxes in a cell is ticked: □已完成 ☑推进中
BOXES = re.compile(r"[□☐○◯]")
TICKED = re.compile(r"[☑✔✓√■●☒]\s*([^□☐○◯☑✔✓√■●☒\s]+)")
LATIN = re.compile(r"[\x00-\x7f]+")


@dataclass(frozen=True)
class ReadStatus:
    """The status that was understood, and the words that say so; `is_sure` is false for a guess."""

    status: Status | None = None
    source: str = ""
    is_sure: bool = True


def status_of_words(text: str) -> Status | None:
    """The status that these words name, wherever they stand."""
    if is_boxed(text) and (found := TICKED.search(text)):
        return status_of_words(found[1])
    words = in_one_script(text)
    if not words or len(words) > 40:
        return None
    if NOT_DONE.search(words):
        return Status.IN_PROGRESS
    if STANDING_FIRST.search(words) and not re.search(r"中$", words):
        return Status.STANDING
    for status, pattern in WORDS:
        if pattern.search(words):
            return status
    return None


def legend_of(texts: Iterable[str]) -> dict[str, Status]:
    """What the notes around a table say that its signs mean."""
    found: dict[str, Status] = {}
    for text in texts:
        for sign, words in [*LEGEND.findall(text), *LETTERS.findall(text)]:
            if status := status_of_words(words):
                found.setdefault(sign.lower(), status)
    return found


def read_status(
    text: str, *, progress: str = "", legend: Mapping[str, Status] | None = None, whole: float = 1
) -> ReadStatus:
    """The status that a cell says. `whole` is the number that stands for all of it, where numbers do."""
    words = in_one_script(text)
    if says_nothing(text):
        return ReadStatus()
    if legend and (found := legend.get(words) or legend.get(text.strip())):
        return ReadStatus(found, text)
    if (share := _share(words, whole)) is not None:
        status = Status.NOT_STARTED if share <= 0 else Status.DONE if share >= 1 else Status.IN_PROGRESS
        return ReadStatus(status, text)
    if words in NO or NOT_DONE.search(words):
        return ReadStatus(Status.NOT_STARTED if says_nothing(progress) else Status.IN_PROGRESS, text)
    if words in YES | HALF:
        return ReadStatus(Status.DONE if words in YES else Status.IN_PROGRESS, text, is_sure=words in YES)
    meant = status_of_words(text)
    return ReadStatus(meant, text, is_sure=meant is not None)


def _share(words: str, whole: float) -> float | None:
    """The share of the work that is done, where the words are a number."""
    try:
        percent = PERCENT.search(words)
        return float(percent[1]) / 100 if percent else float(words) / whole
    except ValueError:
        return None


def is_status_like(text: str) -> bool:
    """Whether a cell says a status and nothing else: words enough for a sentence are progress."""
    words = in_one_script(text)
    if is_boxed(text):
        return True
    if len(words) > (30 if LATIN.fullmatch(words) else 10):
        return False
    return words in YES | NO | HALF or status_of_words(text) is not None


def is_boxed(text: str) -> bool:
    """Whether a cell holds all statuses, with a box before each, and one of them ticked."""
    return bool(BOXES.search(text) and TICKED.search(text))


def is_tick(text: str) -> bool:
    return in_one_script(text) in YES | NO | HALF
