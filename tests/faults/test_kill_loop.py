"""kill -9 amid each act of the loop: nothing lost, nothing half done."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.faults.conftest import crowd
from tests.faults.ledger import codes, hold_to, rows
from tests.faults.people import GONE, LIST, Notebook, Person
from tests.figures import Say
from tests.proofs import SOAK, share
from tests.serving import Site
from tests.threads import at_work

KILLS = share(100, least=3)
PATIENCE = 60  # seconds, within which even a crowded machine acknowledges one act
PREPARE = """
from django.contrib.auth.models import User
from django.utils import timezone
from measures.choices import Via
from measures.models import Assignment, Change, Checklist, Owner, change_items
checklist = Checklist.objects.get()
unit = Owner.objects.create(checklist=checklist, name="一处")
values = {"owner": unit, "status": "in_progress"}
changes = [Change(item.pk, item.version, values) for item in checklist.items.all()]
by, now = User.objects.get(username="person0"), timezone.now()
change_items(changes, by=by, at=now, via=Via.PAGE, reason="交办")
Checklist.objects.update(two_persons=True)
below = Checklist(slug="below", name="下级", catalogue=checklist.catalogue, parent=checklist).open(at=now)
measure = checklist.items.first().measure
due = timezone.localdate(now)
Assignment.hand_down(checklist, measure, [below], due=due, text="请办理", by=by, at=now)
"""
DERIVED = """
from measures.models import Item
from measures.querysets.loop import DERIVED_FIELDS
before = list(Item.objects.order_by("pk").values_list(*DERIVED_FIELDS))
Item.objects.all().derive()
assert before == list(Item.objects.order_by("pk").values_list(*DERIVED_FIELDS))
"""
# Each finds something half done.
HALVES = {
    "a status without its entry": (
        "SELECT u.id FROM measures_update u LEFT JOIN measures_entry e ON e.update_id = u.id "
        "WHERE u.reason LIKE 'entry-%' AND e.id IS NULL"
    ),
    "a grant that changed nothing": (
        "SELECT id FROM measures_decision WHERE state = 'granted' AND update_id IS NULL"
    ),
    "a finish without its decision": (
        "SELECT u.id FROM measures_update u LEFT JOIN measures_decision d ON d.update_id = u.id "
        "WHERE u.status = 'done' AND d.id IS NULL"
    ),
    "a chaser without an item": (
        "SELECT c.id FROM measures_chaser c LEFT JOIN measures_chaseditem i ON i.chaser_id = c.id "
        "WHERE i.id IS NULL"
    ),
    "a milestone without its first step": (
        "SELECT m.id FROM measures_milestone m LEFT JOIN measures_milestonestep s "
        "ON s.milestone_id = m.id AND s.number = 1 WHERE s.id IS NULL"
    ),
    "a correction that asks nobody": (
        "SELECT c.id FROM measures_assignmentcorrection c LEFT JOIN measures_assignmentstep s "
        "ON s.assignment_id = c.assignment_id AND s.version = c.version WHERE s.id IS NULL"
    ),
}
AUDITED = {
    "entry_written": "measures_entry",
    "entry_withdrawn": "measures_withdrawal",
    "asked": "measures_application",
    "decided": "measures_decision",
    "chased": "measures_chaser",
    "chaser_withdrawn": "measures_chaserwithdrawal",
    "assignment_corrected": "measures_assignmentcorrection",
    "milestone_added": "measures_milestone",
    "milestone_changed": "measures_milestonestep WHERE number > 1",
}


@dataclass
class Told:
    """What was acknowledged: the words that were sent, and how many acts of each kind."""

    words: list[str] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)


type Do = Callable[[Site, Person, list[str], random.Random], tuple[str, dict[str, str], str] | None]


def entry(
    site: Site, person: Person, mine: list[str], chance: random.Random
) -> tuple[str, dict[str, str], str]:
    words = f"entry-{chance.getrandbits(40):x}"
    status = chance.choice(["", "blocked", "in_progress"])
    sent = {"entry-progress": words, "entry-problems": words, "entry-status": status}
    return f"{LIST}{chance.choice(mine)}/entries/", sent, words


def application(
    site: Site, person: Person, mine: list[str], chance: random.Random
) -> tuple[str, dict[str, str], str]:
    words = f"asked-{chance.getrandbits(40):x}"
    return f"{LIST}{chance.choice(mine)}/applications/", {"kind": "close", "reason": words}, words


def decision(
    site: Site, person: Person, mine: list[str], chance: random.Random
) -> tuple[str, dict[str, str], str] | None:
    waiting = rows(
        site,
        "SELECT a.id FROM measures_application a LEFT JOIN measures_decision d ON d.application_id = a.id "
        "WHERE d.id IS NULL ORDER BY a.id",
    )
    verb = chance.choice(["grant", "grant", "return"])
    path = LIST.replace("items/", f"applications/{waiting[0][0]}/{verb}/") if waiting else ""
    return (path, {"reason": "理由不足"}, "") if waiting else None


def withdrawal(
    site: Site, person: Person, mine: list[str], chance: random.Random
) -> tuple[str, dict[str, str], str] | None:
    standing = rows(
        site,
        "SELECT m.code, e.id FROM measures_entry e JOIN measures_item i ON i.id = e.item_id "
        "JOIN measures_measure m ON m.id = i.measure_id "
        "LEFT JOIN measures_withdrawal w ON w.entry_id = e.id WHERE w.id IS NULL ORDER BY e.id",
    )
    if not standing:
        return None
    code, key = standing[0]
    return f"{LIST}{code}/entries/{key}/withdraw/", {"reason": "写错了"}, ""


def chaser(
    site: Site, person: Person, mine: list[str], chance: random.Random
) -> tuple[str, dict[str, str], str]:
    words = f"chased-{chance.getrandbits(40):x}"
    sent = {"codes": chance.choice(mine), "level": "blue", "text": words, "answer_by": in_a_month()}
    return LIST.replace("items/", "chasers/"), sent, words


def correction(
    site: Site, person: Person, mine: list[str], chance: random.Random
) -> tuple[str, dict[str, str], str]:
    """Corrects the one assignment that there is."""
    words = f"corrected-{chance.getrandbits(40):x}"
    ((key, version),) = rows(
        site, "SELECT assignment_id, max(version) FROM measures_assignmentstep GROUP BY assignment_id"
    )
    sent = {"due": in_a_month(), "text": words, "reason": "写错了", "version": str(version)}
    return LIST.replace("items/", f"assignments/{key}/correct/"), sent, words


def milestone(
    site: Site, person: Person, mine: list[str], chance: random.Random
) -> tuple[str, dict[str, str], str]:
    """Marks the newest open milestone as done, or sets another one."""
    last = rows(
        site,
        "SELECT p.code, s.milestone_id FROM measures_milestonestep s "
        "JOIN measures_milestone m ON m.id = s.milestone_id JOIN measures_item i ON i.id = m.item_id "
        "JOIN measures_measure p ON p.id = i.measure_id WHERE s.number = 1 AND NOT EXISTS "
        "(SELECT 1 FROM measures_milestonestep n WHERE n.milestone_id = m.id AND n.number = 2) ORDER BY m.id",
    )
    if last and chance.random() < 0.5:
        code, key = last[-1]
        return f"{LIST}{code}/milestones/{key}/done/", {"seen": "1", "day": date.today().isoformat()}, ""
    words = f"step-{chance.getrandbits(40):x}"
    return f"{LIST}{chance.choice(mine)}/milestones/", {"text": words, "due": in_a_month()}, words


def in_a_month() -> str:
    return (date.today() + timedelta(30)).isoformat()


ACTS: dict[str, Do] = {
    "entry": entry,
    "another entry": entry,
    "application": application,
    "decision": decision,
    "withdrawal": withdrawal,
    "chaser": chaser,
    "correction": correction,
    "milestone": milestone,
}


def keep_at_it(
    site: Site,
    kind: str,
    person: Person,
    mine: list[str],
    told: Told,
    stop: threading.Event,
    chance: random.Random,
) -> None:
    while not stop.is_set():
        asked = ACTS[kind](site, person, mine, chance)
        if asked is None:
            time.sleep(0.05)
            continue
        path, sent, words = asked
        try:
            answer = person.ask("POST", path, sent)
        except GONE as error:
            told.cut[kind] += not isinstance(error, ConnectionRefusedError)
            time.sleep(0.02)
            continue
        if answer.status == 302:
            told.acts[kind] += 1
            told.words += [words] if words else []


def hold_the_loop_to(site: Site, told: Told) -> None:
    hold_to(site, Notebook())
    for what, query in HALVES.items():
        assert rows(site, query) == [], what
    for action, table in AUDITED.items():
        (recorded,) = rows(site, f"SELECT count(*) FROM measures_auditrecord WHERE action = '{action}'")
        assert [recorded] == rows(site, f"SELECT count(*) FROM {table}"), action
    there = {words for (words,) in rows(site, "SELECT progress FROM measures_entry")}
    there |= {words for (words,) in rows(site, "SELECT reason FROM measures_application")}
    there |= {words for (words,) in rows(site, "SELECT text FROM measures_chaser")}
    there |= {words for (words,) in rows(site, "SELECT text FROM measures_assignmentcorrection")}
    there |= {words for (words,) in rows(site, "SELECT text FROM measures_milestonestep")}
    assert not set(told.words) - there


def test_killed_servers_leave_no_act_of_the_loop_half_done(
    site: Site, say: Say, chance: random.Random
) -> None:
    site.manage("shell", "--no-imports", "-c", PREPARE)
    every, told, people = codes(site), Told(), list[Person]()
    began = time.monotonic()
    for kill in range(KILLS):
        site.start()
        people = people or crowd(site)
        stop = threading.Event()
        threads = [
            threading.Thread(
                target=keep_at_it,
                args=(site, kind, person, every, told, stop, random.Random(chance.random())),
            )
            for kind, person in zip(ACTS, people, strict=False)
        ]
        with at_work(threads, stop):
            kind, until = list(ACTS)[kill % len(ACTS)], time.monotonic() + PATIENCE
            before = told.acts[kind]
            while told.acts[kind] == before and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(chance.uniform(0.0, 0.3))
            site.kill()
        hold_the_loop_to(site, told)

    site.manage("shell", "--no-imports", "-c", DERIVED)
    say(
        f"{KILLS} kills amid the acts of the loop: {dict(told.acts)} acknowledged, 0 lost, 0 half; cut off: "
        f"{dict(told.cut)}; {time.monotonic() - began:.0f} s"
    )
    if SOAK:
        assert set(told.acts) == set(ACTS)
