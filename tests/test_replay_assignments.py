"""Random histories of what is handed down: the answers and due dates of every unit and day, against lists."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from measures.choices import AssignmentState
from measures.database.locks import audited_transaction
from measures.lights import end_of_day
from measures.models import (
    AnsweredAlready,
    Assignment,
    AssignmentStep,
    Checklist,
    CorrectedMeanwhile,
    WithdrawnAlready,
)
from tests.handed_down import first, one, second, two
from tests.make import TODAY, change, find_item
from tests.proofs import share
from tests.replay_model import ZONE, day_of

__all__ = ["first", "one", "second", "two"]  # fixtures are found by their names

pytestmark = pytest.mark.slow

DAYS = [TODAY + timedelta(days) for days in range(3)]
CODES = ("1.1.1", "1.1.2")
GIVEN, ACCEPTED, RETURNED, WITHDRAWN = (
    AssignmentState.GIVEN,
    AssignmentState.ACCEPTED,
    AssignmentState.RETURNED,
    AssignmentState.WITHDRAWN,
)


@dataclass(frozen=True)
class Drawn:
    """One act as it was drawn; each verb reads what it needs."""

    at: datetime
    verb: str
    code: str
    units: tuple[int, ...]
    days: int
    nth: int
    newest: bool


@dataclass
class Told:
    """What one assignment asked in each version, and each unit's steps, as (moment, state, version)."""

    code: str
    dues: list[date]
    made: Assignment
    steps: dict[int, list[tuple[datetime, AssignmentState, int]]] = field(default_factory=dict)

    def state(self, unit: int) -> AssignmentState:
        return self.steps[unit][-1][1]

    def in_force(self) -> list[int]:
        return [unit for unit in self.steps if self.state(unit) != WITHDRAWN]

    def accepted_due(self, unit: int) -> date | None:
        """The day that this unit last accepted."""
        versions = [version for _at, state, version in self.steps[unit] if state == ACCEPTED]
        return self.dues[versions[-1] - 1] if versions else None


class World:
    """A checklist with two below it, and lists of what happened."""

    def __init__(self, above: Checklist, office: User, below: list[tuple[Checklist, User]]) -> None:
        self.above, self.office, self.below = above, office, below
        self.told: list[Told] = []
        self.dues: dict[tuple[int, str], list[tuple[datetime, date]]] = {}
        self.refused: list[type[Exception]] = []

    def do(self, drawn: Drawn) -> None:
        verbs: dict[str, Callable[[Drawn], None]] = {"hand down": self.hand_down, "move": self.move}
        about: dict[str, Callable[[Drawn, Told], None]] = {
            "correct": self.correct,
            "withdraw": self.withdraw,
            "accept": self.accept,
            "return": self.send_back,
        }
        if drawn.verb in verbs:
            verbs[drawn.verb](drawn)
        elif self.told:
            about[drawn.verb](drawn, self.told[drawn.nth % len(self.told)])

    def hand_down(self, drawn: Drawn) -> None:
        due = TODAY + timedelta(drawn.days)
        made = Assignment.hand_down(
            self.above,
            find_item(self.above, drawn.code).measure,
            [self.below[unit][0] for unit in drawn.units],
            due=due,
            text="请报送总结",
            by=self.office,
            at=drawn.at,
        )
        steps = {unit: [(drawn.at, GIVEN, 1)] for unit in drawn.units}
        self.told.append(Told(drawn.code, [due], made, steps))

    def move(self, drawn: Drawn) -> None:
        """The unit's own administrator moves the due date of its item."""
        unit, due = drawn.units[0], TODAY + timedelta(drawn.days)
        checklist, by = self.below[unit]
        change(find_item(checklist, drawn.code), by=by, at=drawn.at, due=due)
        self.dues.setdefault((unit, drawn.code), []).append((drawn.at, due))

    def correct(self, drawn: Drawn, told: Told) -> None:
        version, due = len(told.dues), TODAY + timedelta(drawn.days)

        def act() -> None:
            text = f"请报送书面总结 {version}"
            told.made.correct(
                due=due,
                text=text,
                reason="时间有变",
                version=version if drawn.newest else version + 1,
                by=self.office,
                at=drawn.at,
            )

        if not drawn.newest:
            return self.refuse(act, CorrectedMeanwhile)
        if not told.in_force():
            return self.refuse(act, WithdrawnAlready)
        act()
        told.dues.append(due)
        for unit in told.in_force():
            told.steps[unit].append((drawn.at, GIVEN, version + 1))
        return None

    def withdraw(self, drawn: Drawn, told: Told) -> None:
        units = [unit for unit in drawn.units if unit in told.steps]

        def act() -> None:
            of = [self.below[unit][0] for unit in units]
            told.made.withdraw(of, reason="不再需要", by=self.office, at=drawn.at)

        if not set(units) <= set(told.in_force()):
            return self.refuse(act, WithdrawnAlready)
        act()
        for unit in units:
            told.steps[unit].append((drawn.at, WITHDRAWN, told.steps[unit][-1][2]))
        return None

    def accept(self, drawn: Drawn, told: Told) -> None:
        self.answer(drawn, told, ACCEPTED)

    def send_back(self, drawn: Drawn, told: Told) -> None:
        self.answer(drawn, told, RETURNED)

    def answer(self, drawn: Drawn, told: Told, state: AssignmentState) -> None:
        unit = drawn.units[0]
        if unit not in told.steps:
            return
        checklist, by = self.below[unit]
        version = len(told.dues) if drawn.newest else len(told.dues) + 1
        before = told.accepted_due(unit)

        def act() -> None:
            if state == ACCEPTED:
                told.made.accept(checklist, version=version, by=by, at=drawn.at)
            else:
                told.made.send_back(checklist, version=version, by=by, at=drawn.at, reason="人手不足")

        if told.state(unit) != GIVEN:
            return self.refuse(act, AnsweredAlready)
        if not drawn.newest:
            return self.refuse(act, CorrectedMeanwhile)
        act()
        told.steps[unit].append((drawn.at, state, version))
        if state == ACCEPTED and before != told.dues[-1]:
            self.dues.setdefault((unit, told.code), []).append((drawn.at, told.dues[-1]))

    def refuse(self, act: Callable[[], None], error: type[Exception]) -> None:
        with pytest.raises(error):
            act()
        self.refused.append(error)


# Few are handed down, so that much happens to each.
VERBS = ("hand down", *["accept"] * 4, *["correct"] * 3, "return", "withdraw", "move")

moments = st.builds(
    lambda day, offset: datetime.combine(day, time.min, ZONE) + offset,
    st.sampled_from(DAYS),
    st.sampled_from([timedelta(0), timedelta(hours=12), timedelta(hours=24, microseconds=-1)]),
)
acts = st.builds(
    Drawn,
    at=moments,
    verb=st.sampled_from(VERBS),
    code=st.sampled_from(CODES),
    units=st.sampled_from([(0,), (1,), (0, 1)]),
    days=st.integers(1, 3),
    nth=st.integers(0, 1),
    newest=st.integers(0, 9).map(bool),
)
histories = st.lists(acts, min_size=16, max_size=40).map(lambda drawn: sorted(drawn, key=lambda one: one.at))


@pytest.mark.proof
@settings(max_examples=share(500), deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(history=histories)
def test_every_day_of_what_was_handed_down_is_what_had_happened_by_then(
    checklist: Checklist,
    administrator: User,
    one: Checklist,
    two: Checklist,
    first: User,
    second: User,
    history: list[Drawn],
) -> None:
    with audited_transaction():
        world = World(checklist, administrator, [(one, first), (two, second)])
        world.do(replace(history[0], verb="hand down", units=(0, 1)))
        for drawn in history:
            world.do(drawn)

        for day in DAYS:
            until = end_of_day(day)
            for told in world.told:
                for unit, steps in told.steps.items():
                    by_then = [step for step in steps if step[0] < until]
                    found = AssignmentStep.objects.filter(
                        assignment=told.made, checklist=world.below[unit][0], at__lt=until
                    )
                    assert list(found.order_by("pk").values_list("at", "state", "version")) == by_then
            for unit, (below, _by) in enumerate(world.below):
                for item in below.items.filter(measure__code__in=CODES).as_of(day):
                    dues = world.dues.get((unit, item.measure.code), [])
                    expected = [due for at, due in dues if day_of(at) <= day]
                    assert item.due == (expected[-1] if expected else None)
        for told in world.told:
            newest = AssignmentStep.objects.newest().filter(assignment=told.made)
            states = dict(newest.values_list("checklist", "state"))
            assert states == {world.below[unit][0].pk: told.state(unit) for unit in told.steps}
            assert [terms.due for terms in told.made.versions] == told.dues
        transaction.set_rollback(True)
