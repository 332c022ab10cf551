"""The report's tables of counts: groups of items by status, with shares and differences."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Status
from measures.progress import Counts, StatusCount, percent
from measures.reports.language import signed
from measures.reports.outline import LineKind, Table, TableColumn, TableLine


def counts_table(kind: str, groups: Iterable[Counts], whole: Counts | None = None) -> Table:
    """Groups by status: count, share and, against an earlier day, the difference; `whole` sums them."""
    columns = (
        TableColumn(kind, 33),
        TableColumn(_("Items"), 11, "center"),
        *(TableColumn(str(status.label), 14, "center") for status in Status),
        TableColumn(_("Done or standing"), 15, "center"),
        TableColumn(_("Overdue"), 13, "center"),
    )
    lines = [TableLine(_counts_cells(counts)) for counts in groups]
    if whole is not None:
        lines.append(TableLine(_counts_cells(whole), LineKind.SUM))
    return Table(columns, tuple(lines))


def on_time_table(kind: str, groups: Iterable[Counts], whole: Counts) -> Table:
    """How many items of each group were done in time, of how many, by the present and the first due date."""
    columns = (
        TableColumn(kind, 48),
        TableColumn(_("In time, of"), 27, "center"),
        TableColumn(_("By the present due date"), 27, "center"),
        TableColumn(_("In time, of"), 27, "center"),
        TableColumn(_("By the first due date"), 27, "center"),
    )
    lines = [TableLine(_on_time_cells(counts)) for counts in groups]
    return Table(columns, (*lines, TableLine(_on_time_cells(whole), LineKind.SUM)))


def _on_time_cells(counts: Counts) -> tuple[str, ...]:
    known = counts.on_time
    return (
        counted_name(counts),
        f"{known.in_time} / {known.of}",
        percent(known.share) or "–",
        f"{known.in_time_first} / {known.of_first}",
        percent(known.share_first) or "–",
    )


def on_time_note() -> str:
    """What the shares are of."""
    return _(
        "Done in time: of the items that were done and had a due date, and those overdue, how many were done "
        "by that date."
    )


def _counts_cells(counts: Counts) -> tuple[str, ...]:
    return (
        counted_name(counts),
        str(counts.total),
        *(_count_cell(counts, one) for one in counts.statuses),
        cell_lines(str(counts.well), percent(counts.well_share)),
        str(counts.overdue),
    )


def _count_cell(counts: Counts, one: StatusCount) -> str:
    share = percent(one.share) if one.count else ""
    return cell_lines(str(one.count), share, signed(counts.difference(one.status)))


def counted_name(counts: Counts) -> str:
    return f"{counts.code} {counts.title}".strip() or _("No owner")


def cell_lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def counted_words(words: str, count: int) -> str:
    return pgettext("a heading and how many", "%(words)s (%(count)d)") % {"words": words, "count": count}


def title_line(text: str) -> str:
    """The text on one line: a cell's first line may be printed in bold, and holds the whole title."""
    return " ".join(text.split())
