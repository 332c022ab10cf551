"""Undoes that a ledger was taken over: its checklist is closed and hidden, as what was written stays.

Updates and entries are never deleted, so neither is their checklist. Nobody has a role in it any more, it is
not below another, and its catalogue is offered to nobody.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from measures.choices import Audited, ChecklistStatus
from measures.database.locks import audited_transaction
from measures.models import (
    Application,
    Chaser,
    Checklist,
    Entry,
    Evidence,
    Measure,
    Milestone,
    Receipt,
    Takeover,
    Update,
    audit,
    end_membership,
)
from measures.texts import Label


class EditedSince(Exception):
    """Somebody worked with the checklist since; `what` says how much of what there is."""

    def __init__(self, what: list[str]) -> None:
        super().__init__(", ".join(what))
        self.what = what


def edited_since(takeover: Takeover) -> list[str]:
    """What was written in the checklist since the ledger was taken over, in words. A query for each kind."""
    checklist, batch = takeover.checklist, takeover.batch
    assert checklist is not None
    of_items = Q(item__checklist=checklist)
    counts: list[tuple[int, Label]] = [
        (
            Update.objects.filter(of_items).exclude(batch=batch).count(),
            ngettext_lazy("%(count)d change of an item", "%(count)d changes of items", "count"),
        ),
        (
            Entry.objects.filter(of_items).exclude(batch=batch).count()
            + Entry.objects.filter(of_items, batch=batch, withdrawal__isnull=False).count(),
            ngettext_lazy(
                "%(count)d entry written or withdrawn", "%(count)d entries written or withdrawn", "count"
            ),
        ),
        (
            Application.objects.filter(of_items).count(),
            ngettext_lazy("%(count)d application", "%(count)d applications", "count"),
        ),
        (
            Milestone.objects.filter(of_items).count(),
            ngettext_lazy("%(count)d milestone", "%(count)d milestones", "count"),
        ),
        (
            Evidence.objects.filter(of_items).count(),
            ngettext_lazy("%(count)d piece of evidence", "%(count)d pieces of evidence", "count"),
        ),
        (
            Receipt.objects.filter(of_items).count(),
            ngettext_lazy("%(count)d receipt", "%(count)d receipts", "count"),
        ),
        (
            Chaser.objects.filter(unit__checklist=checklist).count(),
            ngettext_lazy("%(count)d chaser", "%(count)d chasers", "count"),
        ),
        (
            Measure.objects.filter(checklist=checklist).count(),
            ngettext_lazy("%(count)d local measure", "%(count)d local measures", "count"),
        ),
        (
            checklist.periods.exclude(step=0).count(),
            ngettext_lazy("%(count)d submitted period", "%(count)d submitted periods", "count"),
        ),
        (
            checklist.memberships.exclude(user=takeover.by).count() + checklist.invitations.count(),
            ngettext_lazy("%(count)d other member", "%(count)d other members", "count"),
        ),
        (
            checklist.children.count(),
            ngettext_lazy("%(count)d checklist below", "%(count)d checklists below", "count"),
        ),
        (
            Checklist.objects.filter(catalogue=checklist.catalogue).exclude(pk=checklist.pk).count(),
            ngettext_lazy(
                "%(count)d other checklist of its catalogue",
                "%(count)d other checklists of its catalogue",
                "count",
            ),
        ),
    ]
    return [words % {"count": count} for count, words in counts if count]


@audited_transaction()
def undo_takeover(takeover: Takeover, *, by: User, at: datetime) -> None:
    """Close the checklist and hide it with its catalogue. Raises EditedSince."""
    locked = Takeover.objects.select_for_update().get(pk=takeover.pk)
    checklist = takeover.checklist
    if locked.undone_at or checklist is None:
        return
    if what := edited_since(takeover):
        raise EditedSince(what)
    reason = _("Taking over the ledger was undone")
    if checklist.parent_id:
        checklist.move(None, at=at, by=by, reason=reason)
    checklist.turn(ChecklistStatus.CLOSED, at=at, by=by, reason=reason)
    for membership in checklist.memberships.select_related("user", "checklist", "owner"):
        end_membership(membership, by=by, at=at)
    takeover.undone_at = at
    takeover.save(update_fields=["undone_at"])
    after = {"file": takeover.name, "batch": str(takeover.batch_id)}
    audit(Audited.TAKEOVER_UNDONE, by=by, at=at, checklist=checklist, about=checklist, after=after)
