"""Random histories: the report of each day against a plain model of what a day's end looks like.

The model knows no queries: it walks a list of updates and asks each for its day in the site's time zone.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.choices import OPEN_STATUSES, RUNNING_STATUSES, Status, Via
from measures.lights import light_of
from measures.models import Checklist, Item, Owner, Update, UpdateCooperation
from measures.reports import Report, build_report
from measures.reports.model import MoveKind
from tests.make import NOW, make_owner
from tests.proofs import share

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 12, 30)
DAYS = [FIRST + timedelta(days) for days in range(4)]
MICROSECOND = timedelta(microseconds=1)
# Around midnight is where a day's end is got wrong; equal moments are where ties are.
OFFSETS = [timedelta(0), MICROSECOND, -MICROSECOND, timedelta(hours=12), timedelta(hours=7, minutes=59)]
ITEMS = 3

moments = st.builds(
    lambda day, offset: datetime.combine(day, time.min, ZONE) + offset,
    st.sampled_from([*DAYS, DAYS[-1] + timedelta(1)]),
    st.sampled_from(OFFSETS),
)


@dataclass(frozen=True)
class Written:
    """One update as it was drawn: owners by their place in a list, None for nobody."""

    item: int
    at: datetime
    status: Status
    owner: int | None
    due: date | None
    notes: str
    reason: str
    cooperating: frozenset[int] = frozenset()


histories = st.lists(
    st.builds(
        Written,
        item=st.integers(0, ITEMS - 1),
        at=moments,
        status=st.sampled_from(Status),
        owner=st.sampled_from([None, 0, 1]),
        due=st.sampled_from([None, *DAYS]),
        notes=st.sampled_from(["", "甲", "乙"]),
        reason=st.sampled_from(["", "因故"]),
        cooperating=st.frozensets(st.integers(0, 1)),
    ),
    max_size=14,
)
UNTOUCHED = Written(0, NOW, Status.NOT_STARTED, None, None, "", "")


def in_time_order(history: Sequence[Written], item: int, day: date) -> list[Written]:
    """What had been written about an item when the day ended; of equal moments the later written is last."""
    written = [one for one in history if one.item == item and one.at.astimezone(ZONE).date() <= day]
    return sorted(written, key=lambda one: one.at)


def state_on(history: Sequence[Written], item: int, day: date) -> Written:
    return next(iter(in_time_order(history, item, day)[::-1]), UNTOUCHED)


def days_late(state: Written, day: date) -> int:
    owed = state.due is not None and state.status in OPEN_STATUSES and state.due < day
    return (day - state.due).days if owed and state.due else 0


def moved_kinds(then: Written, now: Written, since: date, day: date) -> list[MoveKind]:
    good = (Status.DONE, Status.STANDING)
    started = now.status not in (Status.NOT_STARTED, Status.DROPPED)
    happened = {
        MoveKind.FINISHED: now.status in good and then.status not in good,
        MoveKind.STARTED: then.status == Status.NOT_STARTED and started,
        MoveKind.BLOCKED: then.status != now.status == Status.BLOCKED,
        MoveKind.LATE: days_late(now, day) > 0 == days_late(then, since),
        MoveKind.DUE_MOVED: then.due is not None and then.due != now.due,
        MoveKind.OWNER_CHANGED: then.owner != now.owner,
    }
    return [kind for kind, it_did in happened.items() if it_did]


def last_writer(history: Sequence[Written], item: int, since: date, day: date, field: str) -> Written:
    """The newest update after `since` that changed this field."""
    before = state_on(history, item, since)
    found = before
    for one in in_time_order(history, item, day)[len(in_time_order(history, item, since)) :]:
        if getattr(one, field) != getattr(before, field):
            found = one
        before = one
    return found


def expected_moves(
    history: Sequence[Written], codes: Sequence[str], owners: Sequence[Owner], since: date, day: date
) -> list[tuple[Any, ...]]:
    def words(field: str, state: Written) -> str:
        value = getattr(state, field)
        if value is None:
            return ""
        if field == "owner":
            return str(owners[value].name)
        return date_format(value) if field == "due" else str(value.label)

    moves: list[tuple[Any, ...]] = []
    for kind in MoveKind:
        field = {MoveKind.DUE_MOVED: "due", MoveKind.OWNER_CHANGED: "owner"}.get(kind, "status")
        for item, code in enumerate(codes):
            then, now = state_on(history, item, since), state_on(history, item, day)
            if kind not in moved_kinds(then, now, since, day):
                continue
            if kind == MoveKind.LATE:
                late = days_late(now, day)
                words_late = f"overdue by {late} day{'' if late == 1 else 's'}"
                moves.append((kind, code, "not overdue", words_late, None, ""))
            else:
                writer = last_writer(history, item, since, day, field)
                moves.append((kind, code, words(field, then), words(field, now), writer.at, writer.reason))
    return moves


def write(history: Sequence[Written], items: Sequence[Item], owners: Sequence[Owner], by: User) -> None:
    """The history as the journal holds it; the order of writing is not always that of time."""
    written = Update.objects.bulk_create(
        Update(
            item=items[one.item],
            at=one.at,
            status=one.status,
            owner=None if one.owner is None else owners[one.owner],
            due=one.due,
            notes=one.notes,
            reason=one.reason,
            by=by,
            by_name="某人",
            via=Via.PAGE,
        )
        for one in history
    )
    UpdateCooperation.objects.bulk_create(
        UpdateCooperation(update=update, unit=owners[place])
        for update, one in zip(written, history, strict=True)
        for place in one.cooperating
    )


def first_ran(history: Sequence[Written], item: int, day: date) -> date | None:
    """The day on which an item first ran, by this day. Nobody writes entries here."""
    days = (
        one.at.astimezone(ZONE).date()
        for one in history
        if one.item == item and one.status in RUNNING_STATUSES
    )
    return min((ran for ran in days if ran <= day), default=None)


def report_of(checklist: Checklist, day: date, since: date | None = None) -> Report:
    items = checklist.items.filter(measure__section__code="1.1").as_of(day)
    return build_report(items, checklist=checklist, as_of=day, since=since, made_at=NOW, made_by="某人")


def compare_states(
    report: Report, history: Sequence[Written], owners: Sequence[Owner], checklist: Checklist, day: date
) -> None:
    states = [state_on(history, item, day) for item in range(ITEMS)]
    for item, (row, state) in enumerate(zip(report.rows, states, strict=True)):
        touched = state is not UNTOUCHED
        assert (row.status, row.due, row.notes) == (state.status, state.due, state.notes)
        assert row.owner == ("" if state.owner is None else owners[state.owner].name)
        assert row.cooperating == "、".join(owners[place].name for place in sorted(state.cooperating))
        assert row.updated == (state.at if touched else None)
        # Nobody writes entries or applications here, so only a blocked item has a reason.
        reason = state.reason if state.status == Status.BLOCKED else ""
        assert (row.reason, row.days_late) == (reason, days_late(state, day))
        silent_from = first_ran(history, item, day)
        lit = light_of(state.status, state.due, silent_from, on=day, thresholds=checklist.thresholds)
        assert (row.light, row.light_reason) == (lit.light, lit.reason)
    counted = Counter(state.status for state in states)
    for counts in (report.whole, *report.pillars, *report.sections):
        assert counts.by_status == {status: counted[status] for status in Status}
        assert counts.overdue == sum(days_late(state, day) > 0 for state in states)
    assert sum(owner.total for owner in report.owners) == ITEMS
    assert report.completeness.with_owner == sum(state.owner is not None for state in states)
    assert report.timeline[-1].by_status == report.whole.by_status


@pytest.mark.proof
@settings(
    max_examples=share(1_250),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(history=histories)
def test_every_days_report_is_what_the_journal_said_by_then(
    checklist: Checklist, administrator: User, history: list[Written]
) -> None:
    with transaction.atomic(), translation.override("en"):
        owners = [make_owner(checklist, name) for name in ("一处", "二处")]
        items = list(checklist.items.filter(measure__section__code="1.1").order_by("measure__position"))
        write(history, items, owners, administrator)
        codes = [item.measure.code for item in items]

        for day in DAYS:
            compare_states(report_of(checklist, day), history, owners, checklist, day)
        for since, day in combinations(DAYS, 2):
            report = report_of(checklist, day, since)
            moves = [(m.kind, m.code, m.before, m.after, m.at, m.reason) for m in report.moves]
            assert moves == expected_moves(history, codes, owners, since, day)
            before = Counter(state_on(history, item, since).status for item in range(ITEMS))
            assert report.whole.before == {status: before[status] for status in Status}
            between = [one for one in history if since < one.at.astimezone(ZONE).date() <= day]
            for item, code in enumerate(codes):
                helped = sorted(
                    "、".join(owners[place].name for place in sorted(one.cooperating))
                    for one in between
                    if one.item == item
                )
                assert sorted(row.cooperating for row in report.journal if row.code == code) == helped
            assert [row.at for row in report.journal] == sorted(one.at for one in between)
        transaction.set_rollback(True)
