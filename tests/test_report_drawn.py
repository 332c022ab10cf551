"""Rows of a report that are drawn without templates escape whatever people write."""

import re
from dataclasses import replace

import pytest
from django.template import Context

from measures.choices import ClosedBy, Status
from measures.models import Checklist
from measures.progress import Counts
from measures.reports.model import Report
from measures.templatetags.report_counts import counts_rows
from measures.templatetags.report_rows import item_rows, rows_of_attention
from tests.reports_make import AS_OF, HOSTILE, MADE_AT, make_report, make_row

pytestmark = pytest.mark.no_database

SCRIPT = HOSTILE[1]
TEXTS = ["title", "owner", "cooperating", "leader", "target", "notes", "last_entry", "evidence", "updated_by"]
HENAN = Checklist(slug="henan")


def written_everywhere() -> Report:
    """A report of one blocked item, late, with this text in all that people write."""
    texts = dict.fromkeys([*TEXTS, "reason", "light_reason"], SCRIPT)
    row = make_row(
        "1.1.1", 0, status=Status.BLOCKED, due=AS_OF.replace(month=1), closed_by=ClosedBy.OFFICE, **texts
    )
    row = replace(row, updated=MADE_AT, last_entry_on=AS_OF, first_due=AS_OF, extensions=1, done_on=AS_OF)
    return replace(make_report(), rows=(row,))


def test_a_text_in_any_field_of_an_item_is_shown_as_it_was_written() -> None:
    report = written_everywhere()

    everything, wanting = item_rows(report, HENAN), rows_of_attention(report, HENAN)

    shown = SCRIPT.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;")
    assert everything.count(shown) == len(TEXTS) + len(["light_reason"])
    assert wanting.count(shown) == len(["title", "owner", "light_reason", "reason"])
    assert "<script" not in everything + wanting


def test_codes_of_any_letters_lead_to_their_items() -> None:
    report = replace(make_report(), rows=(replace(make_row(), code="第七条"),))

    (address,) = re.findall(r'href="([^"]*)"', item_rows(report, HENAN))

    assert address == "/checklists/henan/items/%E7%AC%AC%E4%B8%83%E6%9D%A1/"


def test_figures_lead_to_what_they_count_and_names_are_shown_as_they_were_written() -> None:
    group = Counts(SCRIPT, SCRIPT, dict.fromkeys(Status, 1), overdue=1, before=dict.fromkeys(Status, 0))
    context = Context({"checklist": HENAN, "list_query": "as_of=2026-09-30", "owner_keys": {SCRIPT: "7"}})

    by_pillar, by_owner = (counts_rows(context, [group], group, by) for by in ("pillar", "owner"))

    assert "<script" not in by_pillar + by_owner
    assert 'href="/checklists/henan/items/?as_of=2026-09-30&amp;owner=7&amp;status=done"' in by_owner
    assert 'href="/checklists/henan/items/?as_of=2026-09-30&amp;due=overdue"' in by_owner
    assert "pillar=%3Cscript%3Ealert" in by_pillar
    assert by_pillar.count("▲1") == 2 * len(Status)


def test_an_owner_that_has_another_name_now_and_a_frozen_report_lead_nowhere() -> None:
    group = Counts("", "督查室", dict.fromkeys(Status, 1))
    today = Context({"checklist": HENAN, "list_query": "as_of=2026-09-30", "owner_keys": {}})

    assert "<a" not in counts_rows(today, [group], None, "owner")
    assert "<a" not in counts_rows(Context({"checklist": HENAN}), [group], group, "pillar")
