"""The fields of custom templates: texts, and lists of rows with texts. docs/reports.md lists them."""

from collections.abc import Iterable
from dataclasses import fields

from django.utils import timezone

from measures.choices import ClosedBy, Status
from measures.progress import Counts, percent
from measures.reports.cells import as_text, local_minute
from measures.reports.document import annex_titles, chapter_words
from measures.reports.language import day, full_title, joined
from measures.reports.ledger_annex import entries_by_code, entry_words, ledger_rows
from measures.reports.model import JournalRow, Move, MoveKind, Report, ReportRow
from measures.reports.outline import writable
from measures.reports.text.model import TextPart
from measures.reports.text.problems import trouble_cells, trouble_of
from measures.reports.text.tell import told_text
from measures.reports.words import completeness_words

COUNTS = (
    *("code", "title", "total", "in_force", "well", "well_share", "overdue"),
    *(status.value for status in Status),
    *(f"{status.value}_share" for status in Status),
    *(f"{status.value}_more" for status in Status),
)
ITEM, MOVE, UPDATE = (tuple(one.name for one in fields(made)) for made in (ReportRow, Move, JournalRow))
TROUBLE = ("code", "title", "unit", "problem", "reason")
POINT = ("day", *(status.value for status in Status))

TEXTS = (
    *("headline", "addressee", "signed", *(f"text_{part.value}" for part in TextPart), "annexes"),
    *("title", "organisation", "catalogue", "edition", "period", "as_of", "since", "made_at", "made_on"),
    *("made_by", "view", "filters", "summary", "completeness", "revision"),
    *("with_owner", "with_due", "updated"),
    *(name for name in COUNTS if name not in ("code", "title")),
)
# Few rows each; one of the long lists may be walked inside one of these.
SHORT_LISTS = {"pillars": COUNTS, "sections": COUNTS, "owners": COUNTS, "timeline": POINT}
LONG_LISTS = {
    **dict.fromkeys(("items", "attention", "untouched"), ITEM),
    **dict.fromkeys(("moves", *(f"moved_{kind.value}" for kind in MoveKind)), MOVE),
    "updates": UPDATE,
    "troubles": TROUBLE,
    "ledger": (*ITEM, "entry"),
}
LISTS = SHORT_LISTS | LONG_LISTS


def template_fields(report: Report) -> dict[str, str | list[dict[str, str]]]:
    """The values for the names above: all are text, in the active language."""
    known = report.completeness
    filters = "；".join(f"{label}：{value}" for label, value in report.filters)
    texts = {
        **_counts_values(report.whole),
        **{name: getattr(report, name) for name in ("title", "organisation", "catalogue", "edition")},
        **{name: getattr(report, name) for name in ("period", "made_by", "view", "revision")},
        "as_of": day(report.as_of),
        "since": day(report.since),
        "made_at": local_minute(report.made_at),
        "made_on": day(timezone.localtime(report.made_at).date()),
        "filters": filters,
        "summary": joined(*report.summary),
        "completeness": completeness_words(report),
        "with_owner": known.with_owner,
        "with_due": known.with_due,
        "updated": known.updated,
        "headline": full_title(report),
        "addressee": report.choice.to or report.superior,
        "signed": report.choice.signed or report.organisation,
        "annexes": "；".join(annex_titles(report).values()),
        **{f"text_{chapter.part.value}": chapter_words(chapter) for chapter in told_text(report)},
    }
    moved = {f"moved_{kind.value}": _moves(report.moved(kind)) for kind in MoveKind}
    return {
        **{name: _text(value) for name, value in texts.items() if name in TEXTS},
        "pillars": _counts(report.pillars),
        "sections": _counts(report.sections),
        "owners": _counts(report.owners),
        "timeline": [_fields(POINT, vars(point) | _by_status(point.by_status)) for point in report.timeline],
        "items": _items(report.rows),
        "attention": _items(report.attention),
        "untouched": _items(report.untouched),
        "moves": _moves(report.moves),
        **moved,
        "updates": [_update(row) for row in report.journal],
        "troubles": [_trouble(row) for row in report.attention],
        "ledger": _ledger(report),
    }


def _fields(names: Iterable[str], values: dict[str, object]) -> dict[str, str]:
    return {name: _text(values[name]) for name in names}


def _text(value: object) -> str:
    if isinstance(value, Status):
        return str(value.label)
    return writable(as_text(value))


def _counts(groups: Iterable[Counts]) -> list[dict[str, str]]:
    return [_fields(COUNTS, _counts_values(counts)) for counts in groups]


def _counts_values(counts: Counts) -> dict[str, object]:
    return {
        "code": counts.code,
        "title": counts.title,
        "total": counts.total,
        "in_force": counts.in_force,
        "well": counts.well,
        "well_share": percent(counts.well_share),
        "overdue": counts.overdue,
        **_by_status(counts.by_status),
        **{f"{one.status.value}_share": percent(one.share) for one in counts.statuses},
        **{f"{status.value}_more": f"{counts.difference(status):+d}" for status in Status},
    }


def _by_status(counts: dict[Status, int]) -> dict[str, object]:
    return {status.value: count for status, count in counts.items()}


def _items(rows: Iterable[ReportRow]) -> list[dict[str, str]]:
    return [
        _fields(
            ITEM,
            vars(row)
            | {
                "light": row.light.label,
                "closed_by": ClosedBy(row.closed_by).label if row.closed_by else "",
                "days_late": row.days_late or None,
                "updated": local_minute(row.updated),
            },
        )
        for row in rows
    ]


def _trouble(row: ReportRow) -> dict[str, str]:
    cells = trouble_cells(trouble_of(row))
    return _fields(TROUBLE, dict(zip(TROUBLE, cells, strict=True)))


def _ledger(report: Report) -> list[dict[str, str]]:
    rows, entries = ledger_rows(report), entries_by_code(report)
    return [
        made | {"entry": _text(entry_words(entries.get(row.code)))}
        for row, made in zip(rows, _items(rows), strict=True)
    ]


def _moves(moves: Iterable[Move]) -> list[dict[str, str]]:
    return [
        _fields(MOVE, vars(move) | {"kind": move.kind.label, "at": local_minute(move.at)}) for move in moves
    ]


def _update(row: JournalRow) -> dict[str, str]:
    return _fields(UPDATE, vars(row) | {"at": local_minute(row.at)})
