"""Units against the parts of an article: shares, ranks, the worst of each column, averages and spread."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from statistics import fmean, median

from django.utils.translation import gettext_lazy as _

from measures.texts import Label
from measures.tree.sums import Tally, Unit

NOTHING = Tally()


@dataclass(frozen=True)
class Part:
    """A pillar or a section as a column. `pillar` is the pillar that a section belongs to."""

    key: int
    code: str
    title: str
    pillar: "Part | None" = None

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@dataclass(frozen=True)
class Figure:
    """What the cells show: how many, whether few of them is bad, and from which shares on a tint is deeper.

    `query` finds the counted items in a list; `start` in it is a placeholder for the period's first day.
    """

    name: str
    label: Label
    count: Callable[[Tally], int]
    few_is_bad: bool
    steps: tuple[float, ...]
    query: str

    def share(self, tally: Tally) -> float | None:
        return tally.share(self.count(tally))

    def step(self, share: float | None) -> int:
        """How deep the tint is, from 1 to 5; 0, no tint, without a share and where nothing bad is found."""
        if share is None or (not share and not self.few_is_bad):
            return 0
        return 1 + sum(share >= step for step in self.steps)

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Each tint with the range of shares that it shows."""
        bounds = [0, *self.steps, 100]
        return [(f"{self.name}-{n}", f"{low}–{high}%") for n, (low, high) in enumerate(pairwise(bounds), 1)]


UNFINISHED = "status=not_started&status=in_progress&status=blocked&status=standing"
FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure(
            "well",
            _("Done or standing"),
            lambda tally: tally.well,
            True,
            (20, 40, 60, 80),
            "status=done&status=standing",
        ),
        Figure("late", _("Overdue"), lambda tally: tally.late, False, (3, 6, 12, 25), "due=overdue"),
        Figure(
            "silent",
            _("No entry"),
            lambda tally: tally.silent,
            False,
            (20, 40, 60, 80),
            UNFINISHED + "&silent_since={start}",
        ),
    )
}


@dataclass(frozen=True)
class MatrixCell:
    """One figure of one unit: so many of so many. `is_worst` where no other unit is worse in this column."""

    figure: Figure
    count: int
    of: int
    share: float | None
    part: Part | None = None
    is_worst: bool = False

    @property
    def tint(self) -> str:
        step = self.figure.step(self.share)
        return f"{self.figure.name}-{step}" if step else ""


@dataclass(frozen=True)
class MatrixRow:
    """A unit with its figures. `rank` is 1 for the best; None where it has nothing to be ranked by."""

    unit: Unit
    rank: int | None
    whole: MatrixCell
    late: MatrixCell
    silent: MatrixCell
    cells: list[MatrixCell]


@dataclass(frozen=True)
class Spread:
    """Average, lowest, median and highest of the units' shares in one column; each unit counts alike."""

    mean: float
    low: float
    middle: float
    high: float


@dataclass
class Matrix:
    """Some units side by side, of one catalogue's parts; the parts' cells show `figure`.

    `sort` is worst first by `figure` unless it names another column: "name", "items", "well", "late",
    "silent", "unheard", or a part's code; a hyphen before it turns it round.
    """

    units: Sequence[Unit]
    parts: Sequence[Part]
    figure: Figure
    sort: str = ""

    @cached_property
    def sorted(self) -> list[Unit]:
        """Those without the figure by which they are sorted come last, either way; ties go by path."""
        by, backwards = self.sort.removeprefix("-"), self.sort.startswith("-")
        value = self._sorters.get(by) or self._sorters[self.figure.name]
        keyed = [(value(unit), unit) for unit in self.units]
        known = [(key, unit) for key, unit in keyed if key is not None]
        known.sort(key=lambda pair: pair[0], reverse=backwards)
        return [unit for _key, unit in known] + [unit for key, unit in keyed if key is None]

    @cached_property
    def _sorters(self) -> dict[str, Callable[[Unit], tuple[str, float] | None]]:
        """For each column what makes a unit come first when it is sorted by: the worst of it."""
        found: dict[str, Callable[[Unit], tuple[str, float] | None]] = {
            "name": lambda unit: (unit.name, 0),
            "items": lambda unit: ("", -unit.whole.items),
            "unheard": lambda unit: ("", -unit.unheard),
        }
        for figure in FIGURES.values():
            found[figure.name] = self._badness(figure, None)
        for part in self.parts:
            found[part.code] = self._badness(self.figure, part)
        return found

    @staticmethod
    def _badness(figure: Figure, part: Part | None) -> Callable[[Unit], tuple[str, float] | None]:
        sign = 1 if figure.few_is_bad else -1

        def badness(unit: Unit) -> tuple[str, float] | None:
            share = figure.share(_tally(unit, part))
            return None if share is None else ("", sign * share)

        return badness

    @cached_property
    def columns(self) -> list[tuple[Figure, Part | None]]:
        """Every column of shares in their order: done or standing, late, silent, and the parts."""
        parts: list[tuple[Figure, Part | None]] = [(self.figure, part) for part in self.parts]
        return [*((figure, None) for figure in FIGURES.values()), *parts]

    @cached_property
    def heads(self) -> list[tuple[Part, int]]:
        """The pillars over the sections, each with how many of its sections; none over pillars."""
        under = [part.pillar for part in self.parts if part.pillar]
        return [(pillar, len(list(same))) for pillar, same in groupby(under)]

    @cached_property
    def shares(self) -> list[list[float]]:
        """The shares that there are in each column."""
        return [
            [share for unit in self.units if (share := figure.share(_tally(unit, part))) is not None]
            for figure, part in self.columns
        ]

    @cached_property
    def spreads(self) -> list[Spread | None]:
        """Return one for each column; None if there is nothing to average."""
        return [
            Spread(fmean(shares), min(shares), median(shares), max(shares)) if shares else None
            for shares in self.shares
        ]

    @cached_property
    def _worst(self) -> list[float | None]:
        """The worst share in each column; None where all are alike."""
        return [
            None
            if spread is None or spread.low == spread.high
            else spread.low
            if figure.few_is_bad
            else spread.high
            for (figure, _part), spread in zip(self.columns, self.spreads, strict=True)
        ]

    @cached_property
    def ranks(self) -> dict[int, int]:
        """By the unit's key: how many are better by what is done or standing, and one."""
        shares = sorted(self.shares[0], reverse=True)
        return {
            unit.key: shares.index(share) + 1
            for unit in self.units
            if (share := FIGURES["well"].share(unit.whole)) is not None
        }

    def row(self, unit: Unit, *, own: bool = False) -> MatrixRow:
        """The figures of a unit with all below it; with `own`, only of its own items, not compared."""
        cells = []
        for (figure, part), worst in zip(self.columns, self._worst, strict=True):
            tally = _tally(unit, part, own=own)
            share = figure.share(tally)
            is_worst = not own and worst is not None and share == worst
            cells.append(MatrixCell(figure, figure.count(tally), tally.in_force, share, part, is_worst))
        rank = None if own else self.ranks.get(unit.key)
        whole, late, silent, *parts = cells
        return MatrixRow(unit, rank, whole, late, silent, parts)

    def rows(self, units: Iterable[Unit] | None = None) -> list[MatrixRow]:
        """The rows of these units, of all of them unless told, as they are sorted."""
        return [self.row(unit) for unit in (self.sorted if units is None else units)]


def _tally(unit: Unit, part: Part | None, *, own: bool = False) -> Tally:
    if part is None:
        return unit.own if own else unit.whole
    return (unit.own_parts if own else unit.parts).get(part.key, NOTHING)
