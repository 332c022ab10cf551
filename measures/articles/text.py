"""An article's text as headings and numbered sentences. Pure: a text in, plain values out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from measures.texts import one_line_break

LONGEST = 500_000  # characters of an article
MOST_SENTENCES = 3_000
LONGEST_SENTENCE = 5_000  # characters; what is longer is no sentence, and the rules would take long over it

STOPS = "。！？"
PAIRS = {
    **{"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "〈": "〉"},
    **{"（": "）", "(": ")", "【": "】", "〔": "〕", "[": "]"},
}
BRACKETS = "（(【〔["
ENGLISH_STOPS = ".!?"
_NUMERAL = "[一二三四五六七八九十百]+"
# The first that fits gives the level; a document uses as many of them as it needs.
MARKS = (
    re.compile(rf"\s*(?:第{_NUMERAL}[章编篇部]|{_NUMERAL}、)"),
    re.compile(rf"\s*(?:第{_NUMERAL}节|[（(]{_NUMERAL}[）)])"),
    re.compile(r"\s*(?:第[一二三四五六七八九十百\d]+条|\d{1,3}(?:[.．、](?!\d)))"),
    re.compile(r"\s*[（(]\d{1,3}[）)]"),
)
ENGLISH_HEADING = re.compile(
    r"\s*(?:(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5})[.)]?|(?:Part|Chapter|Section)\s+\w+)[\s:.]"
)
ABBREVIATION = re.compile(r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|etc|No|Nos|Art|Mr|Mrs|Ms|Dr|St|cf|vs|Fig|al)$")
TOPIC_LENGTH = 40  # characters of a sentence that only names what its paragraph is about
TOPIC_CLAUSES = 2
# Sentences that ask by themselves, however short.
NO_TOPIC = re.compile(
    "[一二三四五六七八九十]+[是要]|第[一二三四五六七八九十]|(?:建立|制定|出台|成立|组建|设立|编制|印发|开展|开工|新建|严禁|不得|禁止|每(?:半?年|季度?|月|周|天|日))|.*(?:各级|各部门|各单位|各地|各乡).*[要应须]"
    "|.*(?:局|委|办|部门|单位)(?:要|应|须|负责|牵头)"
)


class ArticleError(ValueError):
    """An article that cannot be read. Its text says why, in the language in use."""


@dataclass(frozen=True)
class ArticleHeading:
    """`level` counts from 1; `number` is its place among those of its level under the same heading."""

    level: int
    number: int
    text: str


@dataclass(frozen=True)
class ArticleSentence:
    """One sentence, with where it is: `start` is its first character in the article's text.

    The locator is the numbers of the headings above it and its own, such as 2.1.37.
    """

    number: int
    text: str
    start: int
    headings: tuple[ArticleHeading, ...]
    opens: bool  # its paragraph
    alone: bool  # in its paragraph
    marked: bool  # begins with the number of a heading, such as （一）
    before_headings: bool
    overview: bool = False  # in the text between a part's heading and its first section

    @property
    def locator(self) -> str:
        levels = {heading.level: heading.number for heading in self.headings}
        deepest = max([2, *levels])
        return ".".join(str(levels.get(level, 0)) for level in range(1, deepest + 1)) + f".{self.number}"

    @property
    def is_topic(self) -> bool:
        """Whether it only names what the rest of its paragraph is about, as a heading in bold would."""
        plain = without_mark(self.text)
        if not self.opens or self.alone or NO_TOPIC.match(plain):
            return False
        longest = TOPIC_LENGTH if self.marked else TOPIC_LENGTH // 2
        return len(plain) <= longest and len(re.findall("[，,；;]", masked(plain))) < TOPIC_CLAUSES


@dataclass(frozen=True)
class Article:
    """A text, its title (empty if there is none) and its sentences."""

    text: str
    title: str
    english: bool
    sentences: tuple[ArticleSentence, ...]


@dataclass
class _Line:
    text: str
    start: int
    spans: list[tuple[int, int]]  # of its sentences
    level: int  # of its number; 0 without one


def read_article(text: str) -> Article:
    """The article in this text. Raises ArticleError if it is too long."""
    text = one_line_break(text).removeprefix("\ufeff")
    if len(text) > LONGEST:
        raise ArticleError(_("The text has more than %(most)d characters.") % {"most": LONGEST})
    english = is_english(text)
    lines = list(_lines(text, english))
    title = next((line.text.strip() for line in lines if not line.spans), "") if lines else ""
    if lines and lines[0].spans:
        title = ""
    return Article(text, title, english, tuple(_with_overviews(list(_numbered(lines)))))


def is_english(text: str) -> bool:
    """Whether most of its letters are Latin ones."""
    chinese = len(re.findall("[\u4e00-\u9fff]", text))
    return len(re.findall("[A-Za-z]", text)) > 4 * chinese


def _lines(text: str, english: bool) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        if line.strip():
            spans = list(sentence_spans(line, english))
            yield _Line(line, start, spans, _level(line, english, bool(spans)))
        start += len(line) + 1


def _level(line: str, english: bool, has_sentences: bool) -> int:
    if english:
        found = ENGLISH_HEADING.match(line)
        return 0 if has_sentences or not found else 1 + min(found[0].strip(" .):").count("."), 3)
    return next((level for level, mark in enumerate(MARKS, 1) if mark.match(line)), 0)


def _numbered(lines: list[_Line]) -> Iterator[ArticleSentence]:
    above: list[ArticleHeading] = []
    counts = [0] * (len(MARKS) + 1)
    number = 0
    any_heading = any(line.level for line in lines)
    any_second = any(line.level == 2 for line in lines)

    def enter(level: int, text: str) -> None:
        counts[level] += 1
        counts[level + 1 :] = [0] * (len(MARKS) - level)
        above[:] = [one for one in above if one.level < level]
        above.append(ArticleHeading(level, counts[level], text))

    for line in lines:
        found = [
            ArticleSentence(
                0, line.text[begin:end], line.start + begin, (), not at, len(line.spans) == 1, False, False
            )
            for at, (begin, end) in enumerate(line.spans)
        ]
        opening = found[0] if found else None
        if line.level:
            enter(line.level, without_mark(opening.text if opening else line.text).strip().rstrip(STOPS))
        elif opening and opening.is_topic and len(found) > 2 and not any_second and counts[1]:
            enter(2, opening.text.strip().rstrip(STOPS))
        for one in found:
            number += 1
            if number > MOST_SENTENCES:
                raise ArticleError(_("The text has more than %(most)d sentences.") % {"most": MOST_SENTENCES})
            if len(one.text) > LONGEST_SENTENCE:
                raise ArticleError(
                    _("Sentence %(number)d has more than %(most)d characters.")
                    % {"number": number, "most": LONGEST_SENTENCE}
                )
            yield ArticleSentence(
                *(number, one.text, one.start, tuple(above), one.opens, one.alone),
                marked=bool(line.level) and one.opens,
                before_headings=any_heading and not above,
            )


def _with_overviews(found: list[ArticleSentence]) -> Iterator[ArticleSentence]:
    """The sentences, with those marked that come before the first section of a part that has sections."""
    divided = {one.headings[0] for one in found if len(one.headings) > 1}
    return (replace(one, overview=len(one.headings) == 1 and one.headings[0] in divided) for one in found)


def without_mark(text: str) -> str:
    """The text without the number of a heading before it."""
    found = next((found for mark in MARKS if (found := mark.match(text))), None)
    return text[found.end() :] if found else text


def sentence_spans(line: str, english: bool = False) -> Iterator[tuple[int, int]]:
    """Where each sentence of a line begins and ends; what has no stop at its end is none."""
    shown = masked(line)
    start = 0
    for at, sign in enumerate(shown):
        if at < start or not (_stops_english(shown, at) if english else sign in STOPS):
            continue
        end = at + 1
        while end < len(line) and shown[end] in (ENGLISH_STOPS if english else STOPS):
            end += 1
        yield _trimmed(line, start, end)
        start = end
    rest = line[start:].strip()
    # The stop is inside the quotation marks that the whole sentence is in.
    if (
        rest
        and rest[0] not in BRACKETS
        and re.search(rf"[{STOPS}{ENGLISH_STOPS if english else ''}][”’」』\"]$", rest)
    ):
        yield _trimmed(line, start, len(line))


def _stops_english(shown: str, at: int) -> bool:
    if shown[at] not in ENGLISH_STOPS or (
        at + 1 < len(shown) and shown[at + 1] not in " \t\u3000" + ENGLISH_STOPS
    ):
        return False
    before = shown[:at].rstrip()
    return shown[at] != "." or not (ABBREVIATION.search(before) or re.fullmatch(r"\s*[\d.]+", before))


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    piece = line[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def masked(text: str) -> str:
    """The text with ○ for each character in quotation marks and brackets, so that no rule looks there."""
    return "".join("○" if hidden else sign for sign, hidden in zip(text, _hidden(text), strict=True))


def _hidden(text: str) -> list[bool]:
    hidden = [False] * len(text)
    opened: list[tuple[str, int]] = []
    for at, sign in enumerate(text):
        if sign in PAIRS:
            opened.append((PAIRS[sign], at))
        elif sign == '"' and not any(close == '"' for close, _at in opened):
            opened.append(('"', at))
        elif any(close == sign for close, _at in opened):
            # One that nobody closes hides nothing.
            while opened[-1][0] != sign:
                opened.pop()
            _close, begin = opened.pop()
            hidden[begin + 1 : at] = [True] * (at - begin - 1)
    return hidden
