"""One checklist moved to another edition, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from measures.choices import AnswerKind, Audited, Via
from measures.database.locks import audited_transaction
from measures.editions.mapping import pairs_of
from measures.editions.planning import REWORDED, Fate, UpgradePlan, plan_upgrade
from measures.editions.saved import rewritten_views
from measures.loop.rules import ActKind
from measures.models import (
    Answered,
    Batch,
    Change,
    Checklist,
    ChecklistEdition,
    EditionMapping,
    Item,
    Measure,
    SavedView,
    audit,
    change_items,
)
from measures.models.editions import dated_title
from measures.models.people import person_name

ANSWERING = ("measure", "pillar", "retired_at", "to_confirm")


class UpgradeRefused(Exception):
    """The checklist cannot be moved to this edition; the message says why."""


@dataclass(frozen=True)
class UpgradeAct:
    """Who upgrades, when, and as what."""

    by: User
    at: datetime
    edition: ChecklistEdition
    batch: Batch


def undecided(mapping: EditionMapping) -> list[str]:
    """The codes of the pairs that are neither certain nor decided by a person."""
    open_pairs = [pair for pair in pairs_of(mapping) if not (pair.certain or pair.is_decided)]
    return [", ".join(pair.old or pair.new) for pair in open_pairs]


@audited_transaction()
def upgrade(
    checklist: Checklist,
    mapping: EditionMapping,
    *,
    by: User,
    at: datetime,
    keeps: Mapping[str, str] | None = None,
) -> ChecklistEdition:
    """Move the checklist to the mapping's new edition. The number of statements does not depend on its items.

    Raises UpgradeRefused if it has another edition than the mapping's old one, or if a pair is not decided.
    """
    checklist = Checklist.objects.select_for_update().get(pk=checklist.pk)
    if checklist.catalogue_id != mapping.old_id:
        raise UpgradeRefused(_("%(name)s has another edition meanwhile.") % {"name": checklist})
    if left := undecided(mapping):
        text = _("The mapping is not finished. Still to decide: %(codes)s.")
        raise UpgradeRefused(text % {"codes": "; ".join(left[:10])})
    plan = plan_upgrade(checklist, mapping, keeps)
    at = after_the_last(checklist, at)
    reason = _("Moved to the edition %(edition)s.") % {"edition": dated_title(mapping.new)}
    batch = Batch.objects.create(
        checklist=checklist, via=Via.BULK, by=by, by_name=person_name(by), at=at, reason=reason
    )
    _begin_history(checklist, by=by)
    views = rewritten_views(checklist, mapping)
    edition = ChecklistEdition.objects.create(
        checklist=checklist,
        catalogue=mapping.new,
        mapping=mapping,
        batch=batch,
        views={str(view.pk): [old, view.query] for view, old in views},
        by=by,
        by_name=person_name(by),
        at=at,
    )
    SavedView.objects.bulk_update([view for view, _old in views], ["query"])
    _write(plan, UpgradeAct(by, at, edition, batch), reason)
    Checklist.objects.filter(pk=checklist.pk).update(catalogue=mapping.new, upgraded_at=at)
    counts = {kind.value: count for kind, count in plan.counts.items()}
    audit(
        Audited.UPGRADED,
        by=by,
        at=at,
        checklist=checklist,
        about=edition,
        before={"edition": mapping.old.slug},
        after={"edition": mapping.new.slug, **counts},
    )
    return edition


def after_the_last(checklist: Checklist, at: datetime) -> datetime:
    """Later than the last change of edition, even by a clock that was set back."""
    last = checklist.upgraded_at or checklist.opened_at
    return max(at, last + timedelta(microseconds=1))


def _begin_history(checklist: Checklist, *, by: User) -> None:
    """A first row for the checklist and for each item that has none: what has been so from the start."""
    name = person_name(by)
    if not checklist.editions.exists():
        checklist.editions.create(catalogue=checklist.catalogue, at=checklist.opened_at, by=by, by_name=name)
    new = checklist.items.everything.filter(answers=None).values_list("pk", "measure", "measure__added_at")
    Answered.objects.bulk_create(
        Answered(
            item_id=pk,
            measure_id=measure,
            kind=AnswerKind.FIRST,
            at=max(checklist.opened_at, added or checklist.opened_at),
            by=by,
            by_name=name,
        )
        for pk, measure, added in new.order_by("pk")
    )


def _write(plan: UpgradePlan, act: UpgradeAct, reason: str) -> None:
    """The measures, the items, their answers, and the states that change."""
    measures = [fate.to for fate in plan.fates if fate.to]
    Measure.objects.bulk_create(one for one in measures if one.pk is None)
    opened = _open_new(plan)
    answers, moved = [], []
    for fate in plan.fates:
        item = fate.item
        if item is None:
            continue
        answer = new_answer(item, fate.to or item.measure, fate.kind, act)
        answer.in_force = fate.to is not None
        answer.origin = fate.into
        answer.to_confirm = answer.in_force and (fate.kind in REWORDED or item.to_confirm)
        if fate.to:
            item.measure, item.pillar_id = fate.to, fate.to.section.pillar_id
        else:
            item.retired_at = act.at
        item.to_confirm = answer.to_confirm
        answers.append(answer)
        moved.append(item)
    for item, fate in opened:
        answer = new_answer(item, item.measure, fate.kind, act)
        answer.origin = fate.item
        answers.append(answer)
    save_answered(moved)
    Answered.objects.bulk_create(answers)
    changes = [
        Change(fate.item.pk, fate.item.version, fate.values)
        for fate in plan.fates
        if fate.item and fate.values
    ]
    changes += [Change(item.pk, item.version, fate.item.state()) for item, fate in opened if fate.item]
    change_items(
        changes, by=act.by, at=act.at, via=Via.BULK, reason=reason, batch=act.batch, act=ActKind.ABOVE
    )


def _open_new(plan: UpgradePlan) -> list[tuple[Item, Fate]]:
    """New items for new measures and for the further parts of split ones."""
    wanted = [(one, fate) for fate in plan.fates for one in fate.parts]
    wanted += [(fate.to, fate) for fate in plan.fates if fate.item is None and fate.to]
    made = Item.objects.bulk_create(
        Item(checklist=plan.checklist, measure=measure, pillar_id=measure.section.pillar_id)
        for measure, _fate in wanted
    )
    return [(item, fate) for item, (_measure, fate) in zip(made, wanted, strict=True)]


def new_answer(item: Item, measure: Measure, kind: AnswerKind, act: UpgradeAct) -> Answered:
    return Answered(
        item=item,
        measure=measure,
        kind=kind,
        edition=act.edition,
        by=act.by,
        by_name=person_name(act.by),
        at=act.at,
    )


def save_answered(items: Sequence[Item]) -> None:
    """Write which measures these items answer. The rows are there, so each insert becomes an update."""
    Item.objects.bulk_create(
        items, update_conflicts=True, unique_fields=["id"], update_fields=ANSWERING, batch_size=500
    )
