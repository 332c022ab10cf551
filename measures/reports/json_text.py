"""The text of a report as data, and back."""

from collections.abc import Iterable
from typing import TypedDict

from measures.reports.text.model import Chapter, Fact, Paragraph, Sentence, TextPart, Trouble


class FactData(TypedDict):
    name: str
    value: str


class SentenceData(TypedDict):
    text: str
    source: str
    codes: list[str]
    facts: list[FactData]
    quoted: str


class ParagraphData(TypedDict):
    lead: str
    sentences: list[SentenceData]


class TroubleData(TypedDict):
    code: str
    title: str
    unit: str
    days_late: int
    blocked: bool
    reason: str


class ChapterData(TypedDict):
    part: str
    paragraphs: list[ParagraphData]
    troubles: list[TroubleData]


def text_data(chapters: Iterable[Chapter]) -> list[ChapterData]:
    return [
        {
            "part": chapter.part.value,
            "paragraphs": [
                {"lead": paragraph.lead, "sentences": [_sentence(one) for one in paragraph.sentences]}
                for paragraph in chapter.paragraphs
            ],
            "troubles": [_trouble(row) for row in chapter.troubles],
        }
        for chapter in chapters
    ]


def _trouble(row: Trouble) -> TroubleData:
    return {
        "code": row.code,
        "title": row.title,
        "unit": row.unit,
        "days_late": row.days_late,
        "blocked": row.blocked,
        "reason": row.reason,
    }


def _sentence(sentence: Sentence) -> SentenceData:
    return {
        "text": sentence.text,
        "source": sentence.source,
        "codes": list(sentence.codes),
        "facts": [{"name": fact.name, "value": fact.value} for fact in sentence.facts],
        "quoted": sentence.quoted,
    }


def read_text(data: Iterable[ChapterData]) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(
            TextPart(chapter["part"]),
            tuple(
                Paragraph(tuple(_read_sentence(one) for one in paragraph["sentences"]), paragraph["lead"])
                for paragraph in chapter["paragraphs"]
            ),
            tuple(Trouble(**row) for row in chapter["troubles"]),
        )
        for chapter in data
    )


def _read_sentence(data: SentenceData) -> Sentence:
    return Sentence(
        text=data["text"],
        source=data["source"],
        codes=tuple(data["codes"]),
        facts=tuple(Fact(**one) for one in data["facts"]),
        quoted=data["quoted"],
    )
