"""The acts of the loop, each done once: for tests that look at every act that is audited."""

from hashlib import sha256
from tempfile import TemporaryFile
from typing import Any

from django.utils import timezone

from measures.choices import ApplicationKind, ChaserLevel, MilestoneAct, Side, Via
from measures.models import (
    Application,
    Assignment,
    Chaser,
    EvidenceRemoval,
    Milestone,
    NewEntry,
    NewFile,
    NewStep,
    Owner,
    Receipt,
    add_evidence,
    write_entries,
)
from tests.make import NOW, TODAY, change, find_item, make_owner


def report_progress(world: Any) -> None:
    item = find_item(world.checklist)
    change(item, by=world.administrator, owner=Owner.objects.create(checklist=world.checklist, name="甲"))
    new = NewEntry.on(item, progress="x", values={"status": "in_progress"})
    (entry,) = write_entries([new], side=Side.OFFICE, by=world.administrator, at=NOW, via=Via.PAGE)
    entry.withdraw(by=world.administrator, at=NOW, reason="x")


def add_and_withdraw_evidence(world: Any) -> None:
    item = find_item(world.checklist, "1.1.3")
    change(item, by=world.administrator, owner=Owner.objects.create(checklist=world.checklist, name="丙"))
    with TemporaryFile() as content:
        content.write(b"x")
        file = NewFile("x.txt", "text/plain", 1, sha256(b"x").hexdigest(), content)
        added = add_evidence(item, file, side=Side.OFFICE, by=world.administrator, at=NOW)
    world.page.get(f"/checklists/henan/items/1.1.3/evidence/{added.pk}/")
    added.withdraw(by=world.administrator, at=NOW, reason="x")
    EvidenceRemoval.remove(added.sha256, names=["x.txt"], at=NOW, reason="x")


def ask_and_decide(world: Any) -> None:
    world.page.post(
        "/checklists/henan/settings/",
        {"name": "河南", "signs_off": "on", "due_soon_days": 7, "silence_days": 30},
    )
    item = find_item(world.checklist)
    said: Any = {"side": Side.OFFICE, "by": world.viewer, "at": NOW, "reason": "x"}
    Application.ask(item, ApplicationKind.CLOSE, **said).grant(by=world.administrator, at=NOW)
    Application.ask(find_item(world.checklist, "1.1.2"), ApplicationKind.DROP, **said).take_back(
        by=world.viewer, at=NOW
    )


def confirm_receipt(world: Any) -> None:
    item, unit = find_item(world.checklist), make_owner(world.checklist, "丁")
    change(item, by=world.administrator, owner=unit)
    Receipt.confirm(world.checklist.items.all(), unit, seen=timezone.now(), by=world.viewer, at=NOW)


def chase(world: Any) -> None:
    item = find_item(world.checklist)
    change(item, by=world.administrator, owner=make_owner(world.checklist))
    said: Any = {"level": ChaserLevel.RED, "text": "x", "answer_by": TODAY, "at": NOW}
    sent = Chaser.send([item.pk], by=world.administrator, **said)
    sent.chasers[0].note_read(by=world.viewer, at=NOW)
    sent.chasers[0].withdraw(by=world.administrator, at=NOW, reason="误发")


def set_a_milestone(world: Any) -> None:
    item, by = find_item(world.checklist, "1.1.2"), world.administrator
    step = Milestone.add(item, text="x", due=TODAY, side=Side.OFFICE, by=by, at=NOW)
    step.milestone.take(NewStep(MilestoneAct.DONE, 1, day=TODAY), side=Side.OFFICE, by=by, at=NOW)


def hand_down(world: Any) -> Assignment:
    measure = find_item(world.checklist).measure
    by = world.administrator
    return Assignment.hand_down(world.checklist, measure, [world.below], due=TODAY, text="x", by=by, at=NOW)


def answer_below(world: Any) -> None:
    hand_down(world).accept(world.below, version=1, by=world.administrator, at=NOW)


def correct_and_withdraw(world: Any) -> None:
    given, by = hand_down(world), world.administrator
    given.correct(due=TODAY, text="y", reason="x", version=1, by=by, at=NOW)
    given.withdraw([world.below], reason="x", by=by, at=NOW)
