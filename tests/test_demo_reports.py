"""The text of each month's report of the demo: short, with every late item and its unit's own reason."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdf
import pytest
from django.utils import timezone, translation

from measures.models import Checklist
from measures.reports import FORMATS, build_report
from measures.reports.choice import Choice
from measures.reports.model import Report
from measures.reports.spans import month_before
from measures.reports.text.model import TextPart
from measures.reports.text.problems import late_words, trouble_cells
from measures.reports.timeline import last_of_month_before
from tests.demos import ready_demo
from tests.reports_read import squeezed

pytestmark = [
    pytest.mark.proof,
    pytest.mark.slow,
    pytest.mark.any_engine,
    pytest.mark.django_db(transaction=True),
]


def test_each_months_text_is_short_and_its_part_three_carries_every_late_item(run_folder: Path) -> None:
    demo = ready_demo(run_folder)
    opened = timezone.localdate(demo.opened_at)
    day = last_of_month_before(timezone.localdate())
    days = []
    while day > opened:
        days.append(day)
        day = last_of_month_before(day)

    with translation.override("zh-hans"):
        late = [_reads_well(monthly(demo, day, max(month_before(day), opened))) for day in days]
    assert len(days) >= 5
    assert max(late) > 5


def monthly(demo: Checklist, day: date, since: date) -> Report:
    items = demo.items.as_of(day).there_by(day)
    return build_report(items, checklist=demo, as_of=day, since=since, made_at=timezone.now(), made_by="")


def _reads_well(report: Report) -> int:
    """Check the report's pages and its text; return how many items are late."""
    assert len(pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(report))).pages) <= 8
    report = replace(report, choice=Choice(parts=tuple(part.value for part in TextPart)))
    read = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(report)))
    pages = [page.extract_text() for page in read.pages]
    assert len(pages) <= 3
    [part] = [chapter for chapter in report.text if chapter.part == TextPart.PROBLEMS]
    told = {row.code: row for row in part.troubles}
    printed = squeezed("".join(pages))
    for row in report.overdue:
        shown = told[row.code]
        assert (shown.unit, shown.days_late) == (row.owner, row.days_late)
        assert bool(shown.reason) == bool(row.reason)
        for text in trouble_cells(shown):
            assert squeezed(text) in printed
        assert late_words(row.days_late) in trouble_cells(shown)[3]
    return len(report.overdue)
