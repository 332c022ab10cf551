"""Random histories of the loop: items, lists, figures and reports of every day, against a plain model."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.choices import WELL_STATUSES, ApplicationKind, Cadence, Status
from measures.database.locks import audited_transaction
from measures.ledger.trend import trend_of
from measures.lights import end_of_day, start_of_day
from measures.models import Application, Checklist, Measure
from measures.progress import add_up, progress
from measures.querysets.ledger import ItemQuerySet
from measures.querysets.loop import DERIVED_FIELDS
from measures.querysets.loop_counts import loop_by_unit
from measures.reports import Report, build_report
from measures.reports.as_json import from_data, to_data
from tests.make import NOW, TODAY
from tests.proofs import share
from tests.replay_acts import UNITS, World
from tests.replay_chasers import ToldChasers
from tests.replay_drawn import VERBS, Drawn
from tests.replay_model import Told, ToldDay
from tests.replay_told import ZONE, ToldItem, ToldState

pytestmark = pytest.mark.slow

DAYS = [TODAY + timedelta(days) for days in range(3)]
BEFORE = DAYS[0] - timedelta(1)
# Around midnight is where a day's end is got wrong; equal moments are where ties are.
OFFSETS = [timedelta(0), timedelta(hours=12), timedelta(hours=24, microseconds=-1)]
CODES = ["1.1.1", "1.1.2"]
PRACTICE = "1.1.2"

moments = st.builds(
    lambda day, offset: datetime.combine(day, time.min, ZONE) + offset,
    st.sampled_from(DAYS),
    st.sampled_from(OFFSETS),
)
acts = st.builds(
    Drawn,
    at=moments,
    verb=st.sampled_from(VERBS),
    item=st.integers(0, len(CODES) - 1),
    who=st.integers(0, 2),
    status=st.sampled_from(Status),
    days=st.none() | st.integers(0, 3),
    kind=st.sampled_from(ApplicationKind),
    units=st.frozensets(st.sampled_from(UNITS)),
    nth=st.integers(0, 5),
)
histories = st.lists(acts, min_size=8, max_size=30).map(lambda drawn: sorted(drawn, key=lambda one: one.at))


@pytest.mark.proof
@settings(
    max_examples=share(500),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(history=histories, entries_from=st.none() | moments, since=st.sampled_from([BEFORE, DAYS[0]]))
def test_every_day_of_the_loop_is_what_had_happened_by_then(
    checklist: Checklist, history: list[Drawn], entries_from: datetime | None, since: date
) -> None:
    with audited_transaction(), translation.override("en"):
        Checklist.objects.update(
            signs_off=True, extends_by_request=True, entries_from=entries_from, receipts_from=entries_from
        )
        Measure.objects.filter(code=PRACTICE).update(cadence=Cadence.STANDING)
        checklist.refresh_from_db()
        told = Told([ToldItem(code, code == PRACTICE) for code in CODES], entries_from)
        world = World(checklist, CODES, told)
        begin(world)
        items = checklist.items.filter(measure__code__in=CODES)

        upgraded = entries_from is None
        for day in DAYS:
            for one in history:
                if one.at.date() == day:
                    upgraded = upgraded or upgrade(items, told, one.at)
                    world.do(one)
            if upgraded := upgraded or upgrade(items, told, end_of_day(day)):
                assert states(items) == expected_states(told.on(day))
        for day in DAYS:
            then = items.as_of(day)
            compare_lists(then, checklist, told, day)
            world.receipts.compare(then, [(one.item, one.state) for one in told.on(day)], end_of_day(day))
            if day > since:
                report = build_report(
                    then, checklist=checklist, as_of=day, since=since, made_at=NOW, made_by="某人"
                )
                compare_rows(report, told, day, world.chasers)
                compare_loop(report, told, since, day)
                compare_milestones(report, told, day)
                world.chasers.compare(report, items, since, day)
                assert from_data(json.loads(json.dumps(to_data(report)))) == report
        transaction.set_rollback(True)


def begin(world: World) -> None:
    """Both items run, each with a unit and a due date: most acts need that."""
    begun = ToldState(Status.IN_PROGRESS, due=DAYS[1], owner=UNITS[0])
    for place in range(len(CODES)):
        world.edit(place, world.people[0], end_of_day(BEFORE), begun)


def upgrade(items: ItemQuerySet, told: Told, at: datetime) -> bool:
    """Whether the upgrade has come that brings entries: it derives what items hold."""
    if told.entries_from and at < told.entries_from:
        return False
    items.derive()
    return True


def states(items: ItemQuerySet) -> list[dict[str, Any]]:
    return [
        {name: getattr(item, name) for name in ("status", "due", *DERIVED_FIELDS)}
        | {"owner": str(item.owner or ""), "cooperating": {unit.name for unit in item.cooperating}}
        for item in items.with_cooperating().in_order()
    ]


def expected_states(days: list[ToldDay]) -> list[dict[str, Any]]:
    return [
        {name: getattr(one, name) for name in DERIVED_FIELDS}
        | {name: getattr(one.state, name) for name in ("status", "due", "owner", "cooperating")}
        for one in days
    ]


def compare_lists(then: ItemQuerySet, checklist: Checklist, told: Told, day: date) -> None:
    """What lists, overview and roll-up read, as of a day."""
    days = told.on(day)
    assert states(then) == expected_states(days)
    lit = then.with_light(on=day, thresholds=checklist.thresholds).in_order().values_list("light", flat=True)
    assert list(lit) == [one.lit(day, checklist.thresholds).light for one in days]
    late = then.overdue(on=day).in_order().values_list("measure__code", flat=True)
    assert list(late) == [one.item.code for one in days if one.days_late(day)]
    assert add_up("", "", progress(then.counted_by_section(on=day))).on_time == told.on_time(day)
    newest = trend_of(checklist, on=day)[-1]
    assert (newest.overdue, newest.well) == (
        len(late),
        sum(one.state.status in WELL_STATUSES for one in days),
    )
    since, until = start_of_day(DAYS[0]), end_of_day(day)
    [(_key, *judged, owed, given)] = loop_by_unit(then, on=day, start=DAYS[0], since=since, until=until)
    assert judged == list(vars(told.on_time(day)).values())

    reporting = told.reporting(BEFORE, day)
    assert (owed, given) == ((reporting.due, reporting.given) if reporting else (0, 0))
    pending = dict(Application.objects.pending(end_of_day(day)).counted_by_unit())
    assert pending.get(checklist.pk, 0) == sum(one.waiting() for one in days)


ASKED = (
    *("code", "owner", "kind", "side", "at", "due", "new_due"),
    *("state", "decided_at", "by_one_hand"),
)


def in_any_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["code"], row["at"], row["kind"]))


def compare_rows(report: Report, told: Told, day: date, chasers: ToldChasers) -> None:
    for row, one in zip(report.rows, told.on(day), strict=True):
        lit = chasers.lit(one.lit(day, Checklist.objects.get().thresholds), one.item, day)
        late = max(0, (one.done_on - one.state.due).days) if one.done_on and one.state.due else 0
        assert (row.light, row.light_reason, row.days_late) == (lit.light, lit.reason, one.days_late(day))
        assert (row.owner, row.due, row.done_on, row.first_due) == (
            one.state.owner,
            one.state.due,
            one.done_on,
            one.first_due,
        )
        assert (row.extensions, row.closed_by, row.days_late_when_done) == (
            one.extensions,
            one.closed_by,
            late,
        )
        heard = one.last_entry_at
        assert row.last_entry_on == (heard.astimezone(ZONE).date() if heard else None)
        said = one.last_entry.progress or "Nothing new in this period" if one.last_entry else ""
        assert row.last_entry == said
    for counts in (report.whole, *report.pillars, *report.sections):
        assert counts.on_time == told.on_time(day)


def compare_milestones(report: Report, told: Told, day: date) -> None:
    """Those in force or proposed, whatever the period."""
    counted = [(row.milestone_count, row.milestones_done) for row in report.rows]
    assert counted == [(one.milestone_count, one.milestones_done) for one in told.on(day)]
    expected = []
    for one in told.on(day):
        over = one.state.status in (Status.DONE, Status.DROPPED)
        for made, last in one.milestones("open", "done", "proposed"):
            missed = last.state == "open" and last.due < day and not over
            state = "missed" if missed else last.state
            expected.append((one.item.code, last.due, made.text, state, last.done_on, last.wanted))
    found = [(row.code, row.due, row.text, row.state, row.done_on, row.wanted) for row in report.milestones]
    assert sorted(found, key=str) == sorted(expected, key=str)


def compare_loop(report: Report, told: Told, since: date, day: date) -> None:
    """The entries, applications and figures of the days after `since`."""
    until, over = end_of_day(day), end_of_day(since)
    assert report.reporting == told.reporting(since, day)
    entries = [
        (
            item.code,
            one.unit,
            str(one.side.label),
            one.at,
            one.counts_on,
            one.progress,
            not one.is_valid(until),
        )
        for item in told.items
        for one in item.entries
        if since < one.counts_on <= day
    ]
    assert sorted(entries) == sorted(
        (row.code, row.unit, row.side, row.at, row.counts_on, row.progress, row.withdrawn)
        for row in report.entries
    )
    asked = []
    for item in told.on(day):
        for one in item.item.applications:
            if one.at >= until or (one.decided_at and one.decided_at < over):
                continue
            state = one.state_at(until)
            decided = one.decided_at if state != "waiting" else None
            asked.append(
                {
                    "code": item.item.code,
                    "owner": item.state.owner,
                    "kind": one.kind,
                    "side": str(one.side.label),
                    "at": one.at,
                    "due": one.due,
                    "new_due": one.new_due,
                    "state": state,
                    "decided_at": decided,
                    "by_one_hand": one.by_one_hand and decided is not None,
                }
            )
    found = [{name: getattr(row, name) for name in ASKED} for row in report.applications]
    assert in_any_order(found) == in_any_order(asked)
