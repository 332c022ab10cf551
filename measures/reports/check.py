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
    """Items without an owner, without the entry that was due for the period, and late without a reason.

    Reports from before there were entries look for updates instead.

    What was dropped lacks nothing, and from what is done nothing more is heard. Empty kinds are left out.
    """
    told = {update.code for update in report.journal}
    silent = _("No update in the period")
    if report.reporting is not None:
        silent, unheard = _("No entry in the period"), set(report.reporting.missing)
        told = {row.code for row in report.rows} - unheard
    kinds: list[tuple[Label, Callable[[ReportRow], bool]]] = [
        (_("No owner"), lambda row: not row.owner and row.status != Status.DROPPED),
        (silent, lambda row: row.code not in told and row.status in HEARD_FROM),
        (_("Late, and no reason given"), lambda row: row.is_overdue and not row.reason),
    ]
    found = (Finding(label, tuple(filter(lacks, report.rows))) for label, lacks in kinds)
    return tuple(finding for finding in found if finding.rows)


def items_missing_something(findings: tuple[Finding, ...]) -> int:
    """The number of items in any of these findings."""
    return len({row.code for finding in findings for row in finding.rows})
