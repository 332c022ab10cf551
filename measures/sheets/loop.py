"""Milestones, chasers and evidence of a list's items: more sheets of its file, which are only to be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import pgettext

from measures.querysets.ledger import ItemQuerySet
from measures.reports.cells import ReportColumn, chaser_columns, evidence_columns, milestone_columns
from measures.reports.chasers import chaser_rows
from measures.reports.evidence import evidence_rows, evidence_up_to
from measures.reports.milestones import milestone_rows


@dataclass(frozen=True)
class MoreSheet:
    """A sheet beside the list: headings, widths in characters, and rows of values."""

    name: str
    headings: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str | int | date | None]]


def loop_sheets(items: ItemQuerySet, on: date) -> list[MoreSheet]:
    """What there was about these items at the end of the day, in at most five queries; no empty sheet."""
    found = list(items.select_related("measure", "owner"))
    sheets = [
        _sheet(pgettext("sheet", "Milestones"), milestone_columns, milestone_rows(found, on)),
        _sheet(pgettext("sheet", "Chasers"), chaser_columns, chaser_rows(found, None, on)),
        _sheet(
            pgettext("sheet", "Evidence"),
            evidence_columns,
            evidence_rows(evidence_up_to(found, on), found, on),
        ),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def _sheet[T](name: str, columns: Callable[[], Sequence[ReportColumn[T]]], rows: Sequence[T]) -> MoreSheet:
    shown = columns()
    return MoreSheet(
        name,
        [column.heading for column in shown],
        [column.width for column in shown],
        [[column.value(row) for column in shown] for row in rows],
    )
