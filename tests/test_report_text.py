"""The report's text: every number in it is one of the report's figures, and it is as long as it may be."""

import io
import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TypedDict, cast

import pypdf
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from measures.choices import Status
from measures.reports import FORMATS, Report
from measures.reports.as_json import from_data, to_data
from measures.reports.json_text import ChapterData, SentenceData
from measures.reports.loop_rows import EntryRow
from measures.reports.model import ReportRow
from measures.reports.text.quotes import QUOTE_LIMIT, joined_lines, quotation
from measures.reports.text.tell import tell
from tests.proofs import share
from tests.reports_make import AS_OF, MADE_AT, make_report, make_row
from tests.reports_random import Ledger, ledgers

pytestmark = pytest.mark.no_database

DATE = re.compile(r"\d+年\d+月\d+日")
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


class Data(TypedDict):
    """What the checks read of a report's JSON."""

    text: list[ChapterData]
    items: list[dict[str, str | int | None]]
    moves: list[dict[str, str]]
    milestones: list[dict[str, str]]
    entries: list[dict[str, str | bool]]
    applications: list[dict[str, str]]
    pillars: list[dict[str, str]]
    reporting: dict[str, int | list[str]]


def figure(name: str, data: Data, sentence: SentenceData) -> str:
    """A fact's value, worked out once more, from the rows of the JSON alone."""
    items = data["items"]
    statuses = Counter(cast("str", row["status"]) for row in items)
    in_force = len(items) - statuses["dropped"]
    name, _colon, of = name.partition(":")

    def well(rows: list[dict[str, str | int | None]]) -> int:
        return sum(row["status"] in ("done", "standing") for row in rows)

    def percent(part: int, whole: int) -> str:
        return f"{100 * part / whole:.1f}%"

    inside = [row for row in items if of and str(row["code"])[0] in of.split("+")]
    force = sum(row["status"] != "dropped" for row in inside)
    told = [row for row in data["entries"] if not row["withdrawn"]]
    reporting = data["reporting"]
    missing = cast("list[str]", reporting["missing"])
    moved = [move for move in data["moves"] if move["kind"] == (of if name == "moved" else name)]
    owners = {row["code"]: row["owner"] for row in items}
    next_day, last = date(2026, 10, 1), date(2026, 10, 31)

    def is_next(day: str | int | None) -> bool:
        return bool(day) and next_day <= date.fromisoformat(str(day)) <= last

    values: Mapping[str, object] = {
        **dict(statuses),
        **{f"{status}_share": percent(count, in_force) for status, count in statuses.items() if in_force},
        "total": len(items),
        "pillars": len({str(row["code"])[0] for row in items}),
        "in_force": force if of else in_force,
        "well": well(inside) if of else well(items),
        "share": percent(well(inside), force) if force else "",
        "well_share": percent(well(items), in_force) if in_force else "",
        "overdue": sum(bool(row["days_late"]) for row in items),
        "untouched": sum(row["updated"] is None for row in items),
        "moved": len(moved),
        "finished": sum(move["code"][0] == of for move in moved),
        "started": sum(move["code"][0] == of for move in moved),
        "entries": sum(str(row["code"])[0] == of for row in told),
        "milestones_done": sum(row["code"][0] == of for row in data["milestones"] if row["done_on"]),
        "milestones_missed": sum(row["state"] == "missed" for row in data["milestones"]),
        "milestones_next": sum(row["state"] == "open" and is_next(row["due"]) for row in data["milestones"]),
        "days_late": next((row["days_late"] for row in items if row["code"] == of), None),
        "left_out_of_table": len(sentence["codes"]),
        "waiting": sum(row["state"] == "waiting" for row in data["applications"]),
        "entries_due": reporting["due"],
        "entries_given": reporting["given"],
        "entries_given_share": percent(cast("int", reporting["given"]), cast("int", reporting["due"]))
        if reporting["due"]
        else "",
        "entries_missing": sum(owners[code] == of for code in missing),
        "due_next": sum(
            row["status"] in ("not_started", "in_progress", "blocked") and is_next(row["due"])
            for row in items
        ),
    }
    return str(values[name])


def numbers_in(sentence: SentenceData, data: Data) -> Counter[str]:
    """The numbers of a sentence that are neither dates nor in codes, titles or quotations."""
    before, _quoted, after = sentence["text"].rpartition(sentence["quoted"] or "\0")
    text = before + after
    for title in sorted({str(row["title"]) for row in data["items"]}, key=len, reverse=True):
        text = text.replace(title, "")
    text = DATE.sub("", text)
    for code in sorted({str(row["code"]) for row in data["items"]}, key=len, reverse=True):
        text = text.replace(code, "")
    return Counter(NUMBER.findall(text))


def lines_of(data: Data) -> list[SentenceData]:
    return [
        sentence
        for part in data["text"]
        for paragraph in part["paragraphs"]
        for sentence in paragraph["sentences"]
    ]


@pytest.mark.proof
@settings(max_examples=share(1000, least=20), deadline=None, suppress_health_check=list(HealthCheck))
@given(ledger=ledgers())
def test_every_number_in_the_text_is_one_of_the_reports_figures(ledger: Ledger) -> None:
    data = cast("Data", json.loads(json.dumps(to_data(ledger.report))))

    for sentence in lines_of(data):
        assert sentence["source"]
        said = Counter(fact["value"] for fact in sentence["facts"])
        assert numbers_in(sentence, data) == said, sentence
        for fact in sentence["facts"]:
            if fact["name"] in ("to_be_done", "in_time", "in_time_share", "well_points"):
                continue  # tests/test_summary.py reckons these
            assert figure(fact["name"], data, sentence) == fact["value"], (fact, sentence)


@pytest.mark.proof
@settings(max_examples=share(1000, least=20), deadline=None, suppress_health_check=list(HealthCheck))
@given(ledger=ledgers())
def test_part_three_names_every_late_item_and_quotations_are_the_units_own(ledger: Ledger) -> None:
    report = ledger.report
    data = cast("Data", json.loads(json.dumps(to_data(report))))
    (problems,) = (part for part in data["text"] if part["part"] == "problems")
    named = {row["code"] for row in problems["troubles"]}
    named |= {code for line in problems["paragraphs"] for one in line["sentences"] for code in one["codes"]}
    written = "\n".join(
        joined_lines(entry.progress) + "\n" + joined_lines(entry.next_steps) for entry in report.entries
    )

    assert {row.code for row in report.attention} <= named
    for sentence in lines_of(data):
        if sentence["quoted"]:
            assert sentence["quoted"].rstrip("…") in written
            assert len(sentence["quoted"]) <= QUOTE_LIMIT + 2
    assert from_data(json.loads(json.dumps(to_data(report)))) == report


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_text_takes_three_pages_at_most_whatever_is_written(language: str) -> None:
    long = "会同有关部门多次研究，意见仍不一致，需要进一步协调。" * 40
    report = make_report(language=language, filters=())
    rows = tuple(
        make_row(
            row.code, status=Status.BLOCKED, reason=long, title=row.title, days_late=9, owner="考核办公室"
        )
        for row in report.rows
    )
    entries = tuple(
        _written(row, progress=f"已完成{place}项。{long}", next_steps=f"第{place}步。{long}")
        for place, row in enumerate(rows)
    )
    with translation.override(language):
        full = make_report(language=language, filters=(), rows=rows, entries=entries)
        full = make_report(**{**vars(full), "text": tell(full)})
        pages = [
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(full))).pages
        ]
        first = next(place for place, page in enumerate(pages) if page.strip().startswith(("附件", "Annex")))

    assert first <= 3
    text = re.sub(r"\s|\u200b", "", "".join(pages[:3]))
    assert all(row.code in text for row in rows)


def pages_of(report: Report) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(report))).pages]


def _written(row: ReportRow, *, progress: str, next_steps: str) -> EntryRow:
    return EntryRow(
        code=row.code,
        title=row.title,
        unit=row.owner,
        at=MADE_AT,
        counts_on=AS_OF,
        by="",
        side="牵头单位",
        by_office=False,
        nothing_new=False,
        progress=progress,
        problems="",
        next_steps=next_steps,
        withdrawn=False,
    )


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("已印发通知。", "已印发通知"),
        ("甲" * 50 + "。" + "乙" * 50 + "。" + "丙" * 50 + "。", "甲" * 50 + "。" + "乙" * 50),
        ("甲" * 60 + "，" + "乙" * 100, "甲" * 60 + "……"),
        ("第一行\n第二行", "第一行；第二行"),
    ],
)
def test_a_quotation_ends_at_a_sentence_within_120_characters(text: str, quote: str) -> None:
    with translation.override("zh-hans"):
        assert quotation(text) == quote
