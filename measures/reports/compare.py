"""What moved between two reports, read only from the reports, so that frozen ones can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import pgettext_lazy

from measures.choices import Light, Status
from measures.models.state import FIELDS
from measures.progress import Counts
from measures.reports.model import Report, ReportRow
from measures.texts import Label, natural_order

# What is compared of each item: no long texts.
COMPARED: dict[str, Label] = {
    **{one.name: one.label for one in FIELDS if not one.is_long},
    "light": pgettext_lazy("traffic", "Light"),
}


@dataclass(frozen=True)
class ComparedFigure:
    """One figure in both reports."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def fall(self) -> int:
        """The difference without its sign."""
        return abs(self.difference)


@dataclass(frozen=True)
class Line:
    """A pillar or the whole in both reports; None where a report has no such pillar."""

    code: str
    title: str
    before: Counts | None
    after: Counts | None

    @property
    def cells(self) -> list[ComparedFigure]:
        """Of all items, of each status in its order, and of what is overdue."""
        old, new = _figures(self.before), _figures(self.after)
        return [ComparedFigure(*pair) for pair in zip(old, new, strict=True)]


@dataclass(frozen=True)
class Moved:
    """One field of an item that differs. The values are a Status, a Light, a date or text."""

    field: str
    label: Label
    before: Status | Light | date | str | None
    after: Status | Light | date | str | None


@dataclass(frozen=True)
class MovedItem:
    code: str
    title: str
    moved: tuple[Moved, ...]

    @property
    def cells(self) -> list[Moved | None]:
        """What moved under each of COMPARED; None where nothing did."""
        found = {one.field: one for one in self.moved}
        return [found.get(name) for name in COMPARED]


@dataclass(frozen=True)
class Comparison:
    """Two reports side by side. `added` and `gone` hold items that only one of them contains."""

    before: Report
    after: Report
    lines: tuple[Line, ...]
    whole: Line
    items: tuple[MovedItem, ...]
    added: tuple[ReportRow, ...]
    gone: tuple[ReportRow, ...]

    @property
    def is_same(self) -> bool:
        return not (self.items or self.added or self.gone)


def comparison_of(before: Report, after: Report, became: Mapping[str, str] | None = None) -> Comparison:
    """The matrix of both, and every item that differs in one of COMPARED.

    `became` has the later codes by the earlier ones, where the reports are of different editions.
    """
    new = {row.code: row for row in after.rows}
    old = {row.code if became is None else became.get(row.code, f"{row.code}@"): row for row in before.rows}
    pillars = {counts.code: counts.title for report in (before, after) for counts in report.pillars}
    then, now = ({counts.code: counts for counts in report.pillars} for report in (before, after))
    both = (MovedItem(code, new[code].title, _moved(old[code], new[code])) for code in new if code in old)
    return Comparison(
        before=before,
        after=after,
        lines=tuple(
            Line(code, pillars[code], then.get(code), now.get(code))
            for code in sorted(pillars, key=natural_order)
        ),
        whole=Line("", after.whole.title, before.whole, after.whole),
        items=tuple(item for item in both if item.moved),
        added=tuple(row for code, row in new.items() if code not in old),
        gone=tuple(row for code, row in old.items() if code not in new),
    )


def _moved(old: ReportRow, new: ReportRow) -> tuple[Moved, ...]:
    return tuple(
        Moved(name, label, getattr(old, name), getattr(new, name))
        for name, label in COMPARED.items()
        if getattr(old, name) != getattr(new, name)
    )


def _figures(counts: Counts | None) -> list[int]:
    if counts is None:
        return [0] * (len(Status) + 2)
    return [counts.total, *(one.count for one in counts.statuses), counts.overdue]
