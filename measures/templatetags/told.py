"""The text of a report on a page: numbered sources, and figures that lead to the items they count."""

from dataclasses import dataclass, field

from django import template
from django.utils.translation import get_language

from measures.reports.document import annex_titles, trouble_headings
from measures.reports.language import full_title, in_chinese
from measures.reports.ledger_annex import entries_by_code, entry_words
from measures.reports.model import Report, ReportRow
from measures.reports.text.model import Chapter, Sentence, Trouble
from measures.reports.text.problems import trouble_cells
from measures.reports.text.tell import told_text

register = template.Library()


@dataclass(frozen=True)
class Noted:
    """A sentence with the number of its source."""

    sentence: Sentence
    number: int


@dataclass(frozen=True)
class NotedSource:
    number: int
    text: str
    codes: tuple[str, ...]


@dataclass
class ToldChapter:
    """A chapter as the page shows it: its heading, and paragraphs of a lead and sentences."""

    key: str
    heading: str
    paragraphs: list[tuple[str, list[Noted]]]
    troubles: tuple[Trouble, ...]


@dataclass
class ToldReport:
    """The chapters that were chosen, and what their sentences rest on."""

    title: str
    to: str
    chapters: list[ToldChapter] = field(default_factory=list)
    sources: list[NotedSource] = field(default_factory=list)


@register.simple_tag
def told(report: Report) -> ToldReport:
    """The report's text with its sources numbered; equal sources have one number."""
    made = ToldReport(full_title(report), report.choice.to or report.superior)
    numbers: dict[tuple[str, tuple[str, ...]], int] = {}
    for chapter in told_text(report):
        if chapter.part.value in report.choice.parts:
            made.chapters.append(_chapter(chapter, len(made.chapters) + 1, numbers))
    made.sources = [NotedSource(number, *source) for source, number in numbers.items()]
    return made


def _chapter(chapter: Chapter, place: int, numbers: dict[tuple[str, tuple[str, ...]], int]) -> ToldChapter:
    is_chinese = (get_language() or "").startswith("zh")
    number = f"{in_chinese(place)}、" if is_chinese else f"{place}. "
    paragraphs = []
    for paragraph in chapter.paragraphs:
        noted = []
        for sentence in paragraph.sentences:
            source = (sentence.source, sentence.codes)
            noted.append(Noted(sentence, numbers.setdefault(source, len(numbers) + 1)))
        paragraphs.append((paragraph.lead, noted))
    return ToldChapter(chapter.part.value, f"{number}{chapter.part.label}", paragraphs, chapter.troubles)


@register.filter
def cells_of(row: Trouble) -> tuple[str, ...]:
    """What a row of the table of problems says."""
    return trouble_cells(row)


@register.simple_tag
def headings_of_troubles() -> tuple[str, ...]:
    return trouble_headings()


@register.simple_tag
def annexes(report: Report) -> list[str]:
    """The titles of the annexes that were chosen."""
    return list(annex_titles(report).values())


@register.simple_tag
def this_periods(report: Report) -> dict[str, str]:
    """By code, what this period's entry of an item says."""
    return {code: entry_words(entry) for code, entry in entries_by_code(report).items()}


@register.filter
def entry_of(row: ReportRow, entries: dict[str, str]) -> str:
    """What this period's entry of the row says; empty if there is none."""
    return entries.get(row.code, "")
