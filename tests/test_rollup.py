"""Sums up the tree: random trees against a plain model, and what a table makes of the sums."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.choices import OPEN_STATUSES, Status, Via
from measures.database.locks import audited_transaction
from measures.models import Catalogue, Change, Checklist, Item
from measures.models.tracking import change_items
from measures.progress import OnTime
from measures.tree.loops import LoopSums, sum_loops
from measures.tree.matrix import FIGURES, Matrix, Part
from measures.tree.sums import Tally, Unit, roll_up, sum_up
from tests.make import make_catalogue, make_checklist, make_user
from tests.proofs import share

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 12, 30)
DAYS = [FIRST + timedelta(days) for days in range(3)]
ITEMS = 4  # 2 pillars × 2 sections × 1 measure


@dataclass(frozen=True)
class State:
    status: Status = Status.NOT_STARTED
    due: date | None = None
    updated: date | None = None


@dataclass(frozen=True)
class Drawn:
    """A checklist as it was drawn: its parent's place in the list, and what is written on each day."""

    parent: int | None
    written: tuple[tuple[tuple[Status, date | None] | None, ...], ...]


change_of_an_item = st.none() | st.tuples(st.sampled_from(Status), st.sampled_from([None, *DAYS]))
one_day = st.tuples(*[change_of_an_item] * ITEMS)


@st.composite
def trees(draw: st.DrawFn) -> list[Drawn]:
    """Up to six checklists, each below an earlier one or at the top."""
    size = draw(st.integers(1, 6))
    return [
        Drawn(draw(st.sampled_from([None, *range(place)])), draw(st.tuples(*[one_day] * len(DAYS))))
        for place in range(size)
    ]


def states(drawn: Drawn, day: date) -> list[State]:
    """The status of each item at the end of a day. An update that changes nothing does not count."""
    found = [State()] * ITEMS
    for on, changes in zip(DAYS, drawn.written, strict=True):
        for item, wanted in enumerate(changes):
            before = found[item]
            if on <= day and wanted and wanted != (before.status, before.due):
                found[item] = State(*wanted, on)
    return found


def tally_of(found: Sequence[State], on: date, start: date) -> Tally:
    finished = (Status.DONE, Status.STANDING)
    return Tally(
        items=len(found),
        dropped=sum(one.status == Status.DROPPED for one in found),
        well=sum(one.status in finished for one in found),
        late=sum(one.due is not None and one.due < on and one.status in OPEN_STATUSES for one in found),
        silent=sum(
            one.status not in (Status.DONE, Status.DROPPED) and (one.updated is None or one.updated < start)
            for one in found
        ),
        reported=sum(one.updated is not None and one.updated >= start for one in found),
    )


def at_or_below(tree: Sequence[Drawn], place: int) -> list[int]:
    return [
        place,
        *(low for child, one in enumerate(tree) if one.parent == place for low in at_or_below(tree, child)),
    ]


def build(tree: Sequence[Drawn], catalogue: Catalogue, by: User) -> list[Checklist]:
    made: list[Checklist] = []
    for place, drawn in enumerate(tree):
        parent = None if drawn.parent is None else made[drawn.parent]
        made.append(make_checklist(f"unit-{place}", f"单位{place}", catalogue, parent))
        for day, wanted in zip(DAYS, drawn.written, strict=True):
            items = made[-1].items.in_order()
            changes = [
                Change(item.pk, item.version, {"status": one[0], "due": one[1]})
                for item, one in zip(items, wanted, strict=True)
                if one
            ]
            at = datetime.combine(day, time(9), ZONE)
            change_items(changes, by=by, at=at, via=Via.PAGE, reason="为测试")
    # As after an upgrade: each update counts as an entry.
    Checklist.objects.update(entries_from=datetime.combine(DAYS[-1] + timedelta(1), time(0), ZONE))
    Item.objects.all().derive()
    return made


def check(tree: Sequence[Drawn], made: Sequence[Checklist], day: date, *, replayed: bool) -> None:
    start = DAYS[1]
    items = Item.objects.filter(checklist__in=made)
    items = items.as_of(day) if replayed else items
    for by, parts in (("pillar", 2), ("section", 4)):
        tops = roll_up(
            Checklist.objects.filter(pk__in=[one.pk for one in made]), items, on=day, start=start, by=by
        )
        units = {unit.slug: unit for top in tops for unit in top.walk()}
        assert len(units) == len(tree)
        for place, checklist in enumerate(made):
            unit, below = units[checklist.slug], at_or_below(tree, place)
            assert unit.own == tally_of(states(tree[place], day), day, start)
            assert unit.whole == tally_of(
                [one for low in below for one in states(tree[low], day)], day, start
            )
            assert len(unit.parts) == parts
            for number, key in enumerate(sorted(unit.parts)):
                size = ITEMS // parts
                here = slice(number * size, (number + 1) * size)
                expected = [one for low in below for one in states(tree[low], day)[here]]
                assert unit.parts[key] == tally_of(expected, day, start)
            tallies = [tally_of(states(tree[low], day), day, start) for low in below]
            assert unit.units == sum(one.in_force > 0 for one in tallies)
            assert unit.unheard == sum(one.in_force > 0 and not one.reported for one in tallies)
            # What the page rests on: a parent is its own items and those of its children.
            summed = Tally()
            for one in (unit.own, *(child.whole for child in unit.children)):
                summed.add(one)
            assert summed == unit.whole


@pytest.mark.proof
@pytest.mark.django_db
@settings(
    max_examples=share(1_250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.slow
@given(tree=trees(), day=st.sampled_from(DAYS))
def test_a_parent_is_the_sum_of_its_children_on_any_day_of_any_tree(
    db: None, tree: list[Drawn], day: date
) -> None:
    with audited_transaction():
        by = make_user("writer")
        made = build(tree, make_catalogue(2, 2, 1), by)

        check(tree, made, day, replayed=True)
        check(tree, made, DAYS[-1], replayed=False)

        transaction.set_rollback(True)


def unit(slug: str, path: str, **counts: int) -> Unit:
    made = Unit(hash(path), slug, slug, path)
    made.own_parts = {1: Tally(**counts)}
    return made


def side_by_side(*counts: dict[str, int]) -> Matrix:
    units = [unit(f"u{n}", f"/u{n}/", **one) for n, one in enumerate(counts)]
    return Matrix(sum_up(units, ()), [Part(1, "1", "支柱")], FIGURES["well"])


def test_the_loop_of_a_unit_is_its_own_and_that_of_all_below_it() -> None:
    top, *below = (unit(path, path) for path in ("/a/", "/a/b/", "/a/b/c/"))
    rows = [(one.key, 1, 2, 1, 2, 5, 4) for one in (top, *below)]

    loops = sum_loops(sum_up([top, *below], ()), rows, [(below[-1].key, 3), (hash("elsewhere"), 9)])

    own = LoopSums(OnTime(1, 2, 1, 2), 5, 4)
    assert [loops.own[one.key] for one in (top, *below)] == [own, own, replace(own, waiting=3)]
    assert loops.whole[top.key] == LoopSums(OnTime(3, 6, 3, 6), 15, 12, 3)
    assert loops.whole[below[0].key] == LoopSums(OnTime(2, 4, 2, 4), 10, 8, 3)


def test_the_worst_comes_first_and_what_has_no_share_last() -> None:
    matrix = side_by_side(
        {"items": 4, "well": 2}, {"items": 4, "well": 1}, {"items": 2, "dropped": 2}, {"items": 4, "well": 4}
    )

    assert [one.slug for one in matrix.sorted] == ["u1", "u0", "u3", "u2"]
    matrix = Matrix(matrix.units, matrix.parts, matrix.figure, "-well")
    assert [one.slug for one in matrix.sorted] == ["u3", "u0", "u1", "u2"]


@pytest.mark.parametrize(
    ("sort", "first"), [("late", "u1"), ("-late", "u0"), ("items", "u0"), ("name", "u0"), ("nonsense", "u1")]
)
def test_every_column_sorts_its_worst_to_the_top(sort: str, first: str) -> None:
    matrix = side_by_side({"items": 9, "well": 8}, {"items": 4, "well": 1, "late": 2})
    matrix = Matrix(matrix.units, matrix.parts, matrix.figure, sort)

    assert matrix.sorted[0].slug == first


def test_dropped_items_are_in_no_share() -> None:
    tally = Tally(items=5, dropped=1, well=2)

    assert FIGURES["well"].share(tally) == 50
    assert FIGURES["well"].share(Tally(items=1, dropped=1)) is None


def test_the_average_counts_each_unit_alike_and_the_total_each_item() -> None:
    matrix = side_by_side({"items": 100, "well": 100}, {"items": 10, "well": 0}, {"items": 10, "well": 5})

    spread = matrix.spreads[0]
    assert spread is not None
    assert (spread.mean, spread.low, spread.middle, spread.high) == (50, 0, 50, 100)


def test_equals_share_a_rank() -> None:
    matrix = side_by_side(
        {"items": 2, "well": 1}, {"items": 4, "well": 2}, {"items": 4}, {"items": 1, "well": 1}
    )

    assert [row.rank for row in matrix.rows(matrix.units)] == [2, 2, 4, 1]


def test_only_the_worst_of_a_column_is_marked_and_nobody_where_all_are_alike() -> None:
    matrix = side_by_side({"items": 2, "well": 1, "late": 1}, {"items": 2, "late": 1})

    marked = [(row.whole.is_worst, row.late.is_worst) for row in matrix.rows(matrix.units)]

    assert marked == [(False, False), (True, False)]


def test_a_tint_grows_with_the_share_and_nothing_bad_has_none() -> None:
    for figure in FIGURES.values():
        steps = [figure.step(share) for share in range(101)]
        assert steps[-1] == 5
        assert all(one <= other for one, other in pairwise(steps))
        assert steps[0] == (1 if figure.few_is_bad else 0)
        assert figure.step(None) == 0
