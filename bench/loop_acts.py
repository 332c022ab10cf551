"""Acts of the loop on 100 items together, against the same acts one by one: `python -m bench.loop_acts`.

Both write the same entries, chasers and decisions about the same items, in turns, on each engine. Measured is
the time of the processor: a loop waits for the disk at each commit, and would look even worse by the clock.
Each item has a unit of its own, so that there are as many chasers.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bench import _figures
from bench._databases import ENGINES, prepare

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from measures.models import Checklist

ITEMS, ROUNDS, BOUND = 100, 7, 0.1


@dataclass
class Act:
    """What is done to 100 items: `together` or `alone`. `prepare` gets it what it needs, and is not timed."""

    together: Callable[[datetime], object]
    alone: Callable[[datetime], object]
    prepare: Callable[[datetime], object] = lambda at: None


def acts(checklist: "Checklist", office: "User", unit: "User") -> dict[str, Act]:
    from measures.choices import ApplicationKind, ChaserLevel, DecisionState, Side, Status, Via
    from measures.models import Application, Batch, Change, Chaser, NewEntry, change_items, write_entries

    keys = list(checklist.items.order_by("pk").values_list("pk", flat=True))
    waiting: list[Application] = []

    def report(some: list[int], at: datetime, batch: Batch | None = None) -> None:
        new = [NewEntry(key, progress="已印发通知，正在督促落实。") for key in some]
        via = Via.IMPORT if batch else Via.PAGE
        write_entries(new, side=Side.LEAD, by=unit, at=at, via=via, batch=batch)

    def report_together(at: datetime) -> None:
        report(
            keys, at, Batch.objects.create(checklist=checklist, via=Via.IMPORT, by=unit, by_name="x", at=at)
        )

    def chase(some: list[int], at: datetime) -> None:
        answer_by = at.date() + timedelta(3)
        Chaser.send(some, level=ChaserLevel.RED, text="请报进展。", answer_by=answer_by, by=office, at=at)

    def ask(at: datetime) -> None:
        """As if nothing had been asked for: what has been closed goes on, and each unit asks to close it."""
        items = list(checklist.items.all())
        again = {"status": Status.IN_PROGRESS}
        change_items([Change(one.pk, one.version, again) for one in items], by=office, at=at, via=Via.PAGE)
        close, side = ApplicationKind.CLOSE, Side.LEAD
        waiting[:] = [
            Application.ask(item, close, side=side, by=unit, at=at, reason="已全部办结。") for item in items
        ]

    def return_together(at: datetime) -> None:
        Application.decide(waiting, DecisionState.RETURNED, by=office, at=at, reason="请补材料。")

    return {
        "entries": Act(report_together, one_by_one(lambda: keys, lambda key, at: report([key], at))),
        "chasers": Act(
            lambda at: chase(keys, at), one_by_one(lambda: keys, lambda key, at: chase([key], at))
        ),
        "grants": Act(
            lambda at: Application.decide(waiting, DecisionState.GRANTED, by=office, at=at),
            one_by_one(lambda: waiting, lambda one, at: one.grant(by=office, at=at)),
            ask,
        ),
        "returns": Act(
            return_together,
            one_by_one(lambda: waiting, lambda one, at: one.send_back(by=office, at=at, reason="请补材料。")),
            ask,
        ),
    }


def one_by_one[T](
    things: Callable[[], list[T]], act: Callable[[T, datetime], object]
) -> Callable[[datetime], object]:
    def alone(at: datetime) -> None:
        for thing in things():
            act(thing, at)

    return alone


def measure(engine: str) -> None:
    """Keep and print a line for each act, and how many statements it takes together and alone."""
    prepare(engine)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from measures.choices import Role
    from measures.models import Checklist, Item, Owner
    from tests.make import NOW, make_catalogue, make_checklist, make_user

    catalogue = make_catalogue(pillars=4, sections=5, measures=ITEMS // 20)
    checklist = make_checklist("henan", "河南", catalogue)
    Checklist.objects.update(signs_off=True, extends_by_request=True)
    checklist.refresh_from_db()
    office = make_user("administrator", checklist, Role.ADMINISTRATOR)
    units = Owner.objects.bulk_create(Owner(checklist=checklist, name=f"单位 {n}") for n in range(ITEMS))
    editor = make_user("editor", checklist, Role.EDITOR, units[0])
    for unit, item in zip(units, checklist.items.all(), strict=True):
        Item.objects.filter(pk=item.pk).update(owner=unit)
    at, results = NOW, []
    for name, act in acts(checklist, office, editor).items():
        taken: dict[str, list[float]] = {"together": [], "alone": []}
        statements = {}
        for turn in range(ROUNDS + 1):
            for way, milliseconds in taken.items():
                at += timedelta(hours=1)
                act.prepare(at)
                began = _figures.spent()
                if turn:
                    getattr(act, way)(at)
                    milliseconds.append(1000 * (_figures.spent() - began))
                else:  # warms up
                    with CaptureQueriesContext(connection) as captured:
                        getattr(act, way)(at)
                    statements[way] = len(captured)
        print(f"{name}, {engine}: {statements['together']} statements together, {statements['alone']} alone")
        figure = f"{ITEMS} {name} together"
        results.append(
            _figures.compared(figure, engine, ITEMS, taken["together"], taken["alone"], "one by one", BOUND)
        )
    _figures.keep(results)
    sys.stdout.write(_figures.table(results))


def main() -> None:
    """Run each engine in a separate process: Django is set up for one database only."""
    for engine in ENGINES:
        subprocess.run([sys.executable, "-m", "bench.loop_acts", engine], check=True)


if __name__ == "__main__":
    measure(sys.argv[1]) if sys.argv[1:] else main()
