"""A report as data, and back: for other programs, and for periods that keep their report for ever.

docs/report-schema.md explains the data; report.schema.json says what is valid. What can be worked out from
the rest (totals, shares) is written for the reader's sake and not read back.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import Any

from measures.choices import ApplicationKind, Light, MilestoneState, Status
from measures.models.state import FIELDS, Kind
from measures.progress import Counts, OnTime
from measures.reports.json_text import read_text, text_data
from measures.reports.loop_rows import (
    ApplicationRow,
    ApplicationState,
    ChaserRow,
    EntryRow,
    EvidenceRow,
    MilestoneRow,
)
from measures.reports.model import (
    Completeness,
    JournalRow,
    Move,
    MoveKind,
    Report,
    Reporting,
    ReportRow,
    TimePoint,
)

SCHEMA = "taizhang-report"
# Raise it when a field goes away or changes its meaning, and keep reading the old. Adding a field does not
# raise it: give the field a default, which older reports then have.
VERSION = 2
READABLE = (1, VERSION)


KNOWN = {"schema", "version", "items", "updates", *(field.name for field in fields(Report))} - {
    "rows",
    "journal",
    "choice",
}


class UnknownVersion(ValueError):
    """The data is of a later version of the app, or no report at all."""


def write_json(report: Report) -> bytes:
    return json.dumps(to_data(report), ensure_ascii=False, indent=1).encode()


def to_data(report: Report) -> dict[str, Any]:
    """The report as JSON knows it. `from_data` gives back an equal one."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "generator": report.generator,
        "title": report.title,
        "organisation": report.organisation,
        "catalogue": report.catalogue,
        "edition": report.edition,
        "period": report.period,
        "language": report.language,
        "as_of": report.as_of.isoformat(),
        "since": _iso(report.since),
        "made_at": report.made_at.isoformat(),
        "made_by": report.made_by,
        "revision": report.revision,
        "filters": [{"label": label, "value": value} for label, value in report.filters],
        "view": report.view,
        "superior": report.superior,
        "summary": list(report.summary),
        "text": text_data(report.text),
        "completeness": vars(report.completeness),
        "whole": _counts(report.whole),
        "pillars": [_counts(counts) for counts in report.pillars],
        "owners": [_counts(counts) for counts in report.owners],
        "timeline": [
            {"day": point.day.isoformat(), "by_status": _by_status(point.by_status)}
            for point in report.timeline
        ],
        "items": [_plain(row) for row in report.rows],
        "moves": [_plain(move) for move in report.moves],
        "updates": [_plain(row) for row in report.journal],
        "entries": [_plain(row) for row in report.entries],
        "applications": [_plain(row) for row in report.applications],
        "chasers": [_plain(row) for row in report.chasers],
        "milestones": [_plain(row) for row in report.milestones],
        "evidence": [_plain(row) for row in report.evidence],
        "reporting": vars(report.reporting) | {"missing": list(report.reporting.missing)}
        if report.reporting
        else None,
        **({"levels": list(report.levels)} if report.levels else {}),
    }


def from_data(data: Mapping[str, Any]) -> Report:
    """The report that `to_data` made this of.

    Raises UnknownVersion for data that this release cannot read whole, rather than leave something out.
    """
    if data.get("schema") != SCHEMA or data.get("version") not in READABLE:
        raise UnknownVersion(f"{data.get('schema')} {data.get('version')}")
    if unknown := set(data) - KNOWN:
        raise UnknownVersion(f"Unknown fields: {', '.join(sorted(unknown))}")
    try:
        return _report(data)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownVersion(repr(error)) from error


def _report(data: Mapping[str, Any]) -> Report:
    return Report(
        title=data["title"],
        organisation=data["organisation"],
        catalogue=data["catalogue"],
        edition=data["edition"],
        period=data["period"],
        language=data["language"],
        as_of=date.fromisoformat(data["as_of"]),
        since=_day(data["since"]),
        made_at=datetime.fromisoformat(data["made_at"]),
        made_by=data["made_by"],
        revision=data["revision"],
        filters=tuple((one["label"], one["value"]) for one in data["filters"]),
        view=data["view"],
        summary=tuple(data["summary"]),
        completeness=Completeness(**data["completeness"]),
        whole=_read_counts(data["whole"]),
        pillars=tuple(_read_counts(counts) for counts in data["pillars"]),
        owners=tuple(_read_counts(counts) for counts in data["owners"]),
        timeline=tuple(
            TimePoint(date.fromisoformat(point["day"]), _read_by_status(point["by_status"]))
            for point in data["timeline"]
        ),
        rows=tuple(_read(ReportRow, row) for row in data["items"]),
        moves=tuple(_read(Move, move) for move in data["moves"]),
        journal=tuple(_read(JournalRow, row) for row in data["updates"]),
        # Version 1 had neither.
        entries=tuple(_read(EntryRow, row) for row in data.get("entries", ())),
        # Added within version 2.
        applications=tuple(
            _read(ApplicationRow, row, READ_OF_APPLICATION) for row in data.get("applications", ())
        ),
        chasers=tuple(_read(ChaserRow, row) for row in data.get("chasers", ())),
        milestones=tuple(_read(MilestoneRow, row, READ_OF_MILESTONE) for row in data.get("milestones", ())),
        evidence=tuple(_read(EvidenceRow, row) for row in data.get("evidence", ())),
        reporting=_read_reporting(data.get("reporting")),
        superior=data.get("superior", ""),
        text=read_text(data.get("text", ())),
        generator=data.get("generator", ""),
        levels=tuple(data.get("levels", ())),
    )


def _read_reporting(data: Mapping[str, Any] | None) -> Reporting | None:
    return Reporting(**{**data, "missing": tuple(data["missing"])}) if data else None


def _counts(counts: Counts) -> dict[str, Any]:
    return {
        "code": counts.code,
        "title": counts.title,
        "total": counts.total,
        "by_status": _by_status(counts.by_status),
        "shares": {one.status.value: one.share for one in counts.statuses},
        "well": counts.well,
        "well_share": counts.well_share,
        "overdue": counts.overdue,
        "on_time": vars(counts.on_time)
        | {"share": counts.on_time.share, "share_first": counts.on_time.share_first},
        "before": _by_status(counts.before) if counts.before is not None else None,
        "parts": [_counts(part) for part in counts.parts],
    }


def _read_counts(data: Mapping[str, Any]) -> Counts:
    return Counts(
        code=data["code"],
        title=data["title"],
        by_status=_read_by_status(data["by_status"]),
        overdue=data["overdue"],
        parts=tuple(_read_counts(part) for part in data["parts"]),
        before=_read_by_status(data["before"]) if data["before"] is not None else None,
        on_time=_read_on_time(data.get("on_time", {})),
    )


def _read_on_time(data: Mapping[str, int]) -> OnTime:
    return OnTime(**{field.name: data[field.name] for field in fields(OnTime) if field.name in data})


def _by_status(counts: Mapping[Status, int]) -> dict[str, int]:
    return {status.value: count for status, count in counts.items()}


def _read_by_status(data: Mapping[str, int]) -> dict[Status, int]:
    return {Status(status): count for status, count in data.items()}


def _plain(
    row: ReportRow | Move | JournalRow | EntryRow | ApplicationRow | ChaserRow | MilestoneRow | EvidenceRow,
) -> dict[str, Any]:
    """A row's fields, with days and moments in ISO 8601 and closed words by their stored value."""
    return {name: _as_json(value) for name, value in vars(row).items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, date):  # a datetime, too
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


type Readers = Mapping[str, Callable[[str], Any]]
READ: Readers = {
    **{one.name: Status for one in FIELDS if one.kind == Kind.STATUS},
    **{one.name: date.fromisoformat for one in FIELDS if one.kind == Kind.DAY},
    "light": Light,
    "kind": MoveKind,
    "updated": datetime.fromisoformat,
    "at": datetime.fromisoformat,
    **dict.fromkeys(("first_due", "done_on", "last_entry_on"), date.fromisoformat),
    "counts_on": date.fromisoformat,
    "answer_by": date.fromisoformat,
    "answered_at": datetime.fromisoformat,
    "withdrawn_at": datetime.fromisoformat,
}
READ_OF_APPLICATION: Readers = {
    **READ,
    "kind": ApplicationKind,
    "state": ApplicationState,
    "new_due": date.fromisoformat,
    "decided_at": datetime.fromisoformat,
}

READ_OF_MILESTONE: Readers = {**READ, "state": MilestoneState, "wanted": date.fromisoformat}


def _read[T](made: Callable[..., T], data: Mapping[str, Any], how: Readers = READ) -> T:
    """One row of the data."""
    values = {
        name: how[name](value) if name in how and value is not None else value for name, value in data.items()
    }
    return made(**values)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
