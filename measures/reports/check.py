"""What a report lacks before it is submitted: read only from the report, so frozen ones work too."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from measures.choices import OPEN_STATUSES, RUNNING_STATUSES, Status
from measures.reports.model import Report, ReportRow
from measures.texts import Label

HEARD_FROM = (*OPEN_STATUSES, *RUNNING_STATUSES)


@dataclass(frozen=True)
class Finding:
    """One kind of what is missing, and the items that lack it."""

    label: Label
    rows: tuple[ReportRow, ...]


def missing(report: Report) -> tuple[Finding, ...]:
    """Items without an owner, without an update in the period, and late without a reason.

    What was dropped lacks nothing, and from what is done nothing more is heard. Empty kinds are left out.
    """
    told = {entry.code for entry in report.journal}
    kinds: list[tuple[Label, Callable[[ReportRow], bool]]] = [
        (_("No owner"), lambda row: not row.owner and row.status != Status.DROPPED),
        (_("No update in the period"), lambda row: row.code not in told and row.status in HEARD_FROM),
        (_("Late, and no reason given"), lambda row: row.is_overdue and not row.reason),
    ]
    found = (Finding(label, tuple(filter(lacks, report.rows))) for label, lacks in kinds)
    return tuple(finding for finding in found if finding.rows)


def items_missing_something(findings: tuple[Finding, ...]) -> int:
    """The number of items in any of these findings."""
    return len({row.code for finding in findings for row in finding.rows})
