"""An upgrade undone: everything as it was before, where nobody would lose anything by it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from measures.choices import AnswerKind, Audited, Via
from measures.database.locks import audited_transaction
from measures.editions.upgrading import UpgradeAct, UpgradeRefused, after_the_last, new_answer, save_answered
from measures.loop.rules import ActKind
from measures.models import (
    Answered,
    Batch,
    Change,
    Checklist,
    ChecklistEdition,
    Item,
    Update,
    audit,
    change_items,
)
from measures.models.editions import dated_title
from measures.models.people import person_name
from measures.models.state import UNTOUCHED

# What is written about an item, by the lookup of when.
WRITTEN = (
    "entries__at",
    "applications__at",
    "milestones__at",
    "evidence__at",
    "receipts__at",
    "chased__chaser__at",
)
# These an upgrade opens or changes: undoing takes from them what it gave.
CHANGED_KINDS = (AnswerKind.NEW, AnswerKind.SPLIT, AnswerKind.MERGED)


def last_upgrade(checklist: Checklist) -> ChecklistEdition | None:
    """The upgrade that could be undone: the last change of edition, if it is not an undoing itself."""
    newest = checklist.editions.select_related("catalogue", "mapping__old", "batch").first()
    return newest if newest and newest.mapping_id else None


def touched_since(edition: ChecklistEdition) -> list[str]:
    """The codes of items that undoing would take something from.

    Those that the upgrade opened, split or merged, and that somebody has written about since; and measures
    that the unit has added since.
    """
    checklist, at = edition.checklist, edition.at
    ours = checklist.items.filter(answers__edition=edition, answers__kind__in=CHANGED_KINDS)
    keys = set(ours.values_list("pk", flat=True))
    later = Update.objects.filter(item__in=keys, at__gte=at).exclude(batch=edition.batch_id)
    written = set(later.values_list("item", flat=True))
    written |= set(
        Update.objects.filter(item__in=keys, at__gte=at, batch=None).values_list("item", flat=True)
    )
    for lookup in WRITTEN:
        found = Item.objects.filter(pk__in=keys, **{f"{lookup}__gte": at})
        written |= set(found.values_list("pk", flat=True))
    items = checklist.items.filter(pk__in=written).order_by("measure__position")
    added = checklist.local_measures.filter(section__pillar__catalogue=edition.catalogue_id, added_at__gte=at)
    return [*items.values_list("measure__code", flat=True), *added.values_list("code", flat=True)]


@audited_transaction()
def undo_upgrade(edition: ChecklistEdition, *, by: User, at: datetime) -> ChecklistEdition:
    """Each item answers again what it did, with the state that it had; what was opened is retired.

    Raises UpgradeRefused if another change of edition followed, or if somebody has written about what goes.
    """
    checklist = Checklist.objects.select_for_update().get(pk=edition.checklist_id)
    newest = last_upgrade(checklist)
    if newest is None or newest.pk != edition.pk or newest.mapping is None or newest.batch is None:
        raise UpgradeRefused(_("This upgrade is not the last one any more."))
    if touched := touched_since(newest):
        text = _("Somebody has written about %(codes)s since. Undoing the upgrade would take that away.")
        raise UpgradeRefused(text % {"codes": _(", ").join(touched[:10])})
    at, name, old = after_the_last(checklist, at), person_name(by), newest.mapping.old
    reason = _("Undo: back to the edition %(edition)s.") % {"edition": dated_title(old)}
    batch = Batch.objects.create(
        checklist=checklist, via=Via.UNDO, by=by, by_name=name, at=at, reason=reason, undoes=newest.batch
    )
    back = ChecklistEdition.objects.create(
        checklist=checklist, catalogue=old, batch=batch, undoes=newest, by=by, by_name=name, at=at
    )
    act = UpgradeAct(by, at, back, batch)
    before = _answers_before(newest)
    _restore_states(newest.batch, set(before), act)
    _go_back(newest, before, act)
    for view in checklist.saved_views.filter(pk__in=newest.views):
        was, made = newest.views[str(view.pk)]
        if view.query == made:
            view.query = was
            view.save(update_fields=["query"])
    Checklist.objects.filter(pk=checklist.pk).update(catalogue=old, upgraded_at=at)
    audit(
        Audited.UPGRADED,
        by=by,
        at=at,
        checklist=checklist,
        about=back,
        before={"edition": newest.catalogue.slug},
        after={"edition": old.slug, "undone": newest.at},
    )
    return back


def _answers_before(upgraded: ChecklistEdition) -> dict[int, Answered]:
    """By the key of each item that the upgrade moved, what it answered before; none for what was opened."""
    first = upgraded.answers.order_by("pk").values_list("pk", flat=True).first() or 0
    earlier = Answered.objects.filter(item__in=upgraded.answers.values("item"), pk__lt=first)
    found = earlier.select_related("measure__section").order_by("at", "id")
    return {answer.item_id: answer for answer in found}


def _restore_states(upgraded: Batch, there: set[int], act: UpgradeAct) -> None:
    """The states before the upgrade, of the items that were there."""
    updates = [one for one in upgraded.updates.with_previous() if one.item_id in there]
    keys = [one.previous_id for one in updates if one.previous_id]
    states = {one.pk: one.state() for one in Update.objects.with_state().filter(pk__in=keys)}
    items = Item.objects.in_bulk([one.item_id for one in updates])
    changes = [
        Change(one.item_id, items[one.item_id].version, states.get(one.previous_id or 0, UNTOUCHED))
        for one in updates
    ]
    reason, batch = act.batch.reason, act.batch
    change_items(changes, by=act.by, at=act.at, via=Via.UNDO, reason=reason, batch=batch, act=ActKind.ABOVE)


def _go_back(upgraded: ChecklistEdition, before: dict[int, Answered], act: UpgradeAct) -> None:
    """Each item answers again what it answered before; one that had not been there is retired."""
    moved = Item.objects.everything.filter(pk__in=upgraded.answers.values("item"))
    items, answers = list(moved.select_related("measure").order_by("pk")), []
    for item in items:
        was = before.get(item.pk)
        answer = new_answer(item, was.measure if was else item.measure, AnswerKind.UNDONE, act)
        answer.in_force = was is not None and was.in_force
        answer.to_confirm = was is not None and was.to_confirm
        item.measure, item.to_confirm = answer.measure, answer.to_confirm
        item.pillar_id = was.measure.section.pillar_id if was else item.pillar_id
        item.retired_at = None if answer.in_force else act.at
        answers.append(answer)
    save_answered(items)
    Answered.objects.bulk_create(answers)
