"""Checklists opened together below another, as one act: a sheet may name thousands of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from typing import TypedDict

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from measures.choices import Audited, Via
from measures.database.locks import audited_transaction
from measures.loop.rules import ActKind
from measures.models.audit import audit, in_plain
from measures.models.catalogue import Catalogue, Measure
from measures.models.changes import Change
from measures.models.checklists import Checklist, PlaceRefused, path_below
from measures.models.people import Owner
from measures.models.placements import Placement
from measures.models.state import StateValue
from measures.models.tracking import Item, change_items

ITEMS_AT_ONCE = 5_000


class TakenValues(TypedDict, total=False):
    """What an item takes over from the template's: its due date, and its owner by name."""

    due: date
    owner: str


@dataclass(frozen=True)
class TakenOver:
    """What new checklists begin with: due dates, owners' names, or both, of a template."""

    template: Checklist
    due: bool
    owners: bool

    def values(self) -> dict[int, TakenValues]:
        """By the key of the measure, what its item is to have; an owner by name."""
        found: dict[int, TakenValues] = {}
        shared = self.template.items.filter(measure__checklist=None)
        for measure, due, owner in shared.values_list("measure", "due", "owner__name"):
            values: TakenValues = {}
            if self.due and due:
                values["due"] = due
            if self.owners and owner:
                values["owner"] = owner
            if values:
                found[measure] = values
        return found


@audited_transaction()
def open_together(
    new: Sequence[Checklist],
    *,
    top: Checklist,
    at: datetime,
    by: User,
    taken_over: TakenOver | None = None,
    catalogue: Catalogue | None = None,
) -> None:
    """Open these below `top`, with its catalogue unless told; each parent exists already or is one of these.

    One transaction and one audit record; the same number of statements for every few dozen checklists.
    Raises PlaceRefused where a parent is no longer below `top`, and IntegrityError where somebody else has
    taken an address meanwhile.
    """
    key = catalogue.pk if catalogue else top.catalogue_id
    _place(new, top=top, catalogue=key, at=at)
    measures = list(Measure.objects.shared_by(key).select_related("section"))
    values = taken_over.values() if taken_over else {}
    for some in batched(new, max(1, ITEMS_AT_ONCE // max(1, len(measures)))):
        items = Item.objects.bulk_create(
            Item(checklist=one, measure=measure, pillar_id=measure.section.pillar_id)
            for one in some
            for measure in measures
        )
        if taken_over and values:
            reason = _("Copied from %(template)s.") % {"template": taken_over.template}
            changes = _changes(some, items, values)
            change_items(changes, by=by, at=at, via=Via.BULK, reason=reason, above=top, act=ActKind.ABOVE)
    after: dict[str, object] = {"items": len(new) * len(measures)}
    if taken_over:
        after["template"] = taken_over.template.slug
    if catalogue and key != top.catalogue_id:
        after["catalogue"] = catalogue.slug
    if len(new) == 1:
        audit(Audited.CHECKLIST_OPENED, by=by, at=at, checklist=new[0], about=new[0], after=in_plain(new[0]))
    else:
        after["checklists"] = [one.slug for one in new]
        audit(Audited.CHECKLISTS_OPENED, by=by, at=at, checklist=top, about=top, after=after)


def _place(new: Sequence[Checklist], *, top: Checklist, catalogue: int, at: datetime) -> None:
    """Write them, level by level: a parent has its key and its path before those below it."""
    there = {one.parent_id for one in new if one.parent_id}
    above = Checklist.objects.in_bulk(there | {top.pk})
    for parent in above.values():
        if not parent.path.startswith(above[top.pk].path):
            raise PlaceRefused(_("Somebody has moved %(name)s in the meantime.") % {"name": parent})
    for level in _levels(new):
        for one in level:
            parent = one.parent or top
            one.parent = above.get(parent.pk, parent)
            one.catalogue_id, one.opened_at = catalogue, at
            one.path = path_below(one.parent, one.slug)
        Checklist.objects.bulk_create(level)
        Placement.objects.bulk_create(
            Placement(checklist=one, parent_id=one.parent_id, path=one.path, at=at) for one in level
        )


def _levels(new: Sequence[Checklist]) -> Iterator[list[Checklist]]:
    left = list(new)
    while left:
        level = [one for one in left if one.parent is None or one.parent.pk]
        if not level:
            raise PlaceRefused(_("Some checklists would end up below themselves."))
        yield level
        left = [one for one in left if not one.pk]


def _changes(
    some: Sequence[Checklist], items: Sequence[Item], values: dict[int, TakenValues]
) -> list[Change]:
    names = sorted({value["owner"] for value in values.values() if "owner" in value})
    made = Owner.objects.bulk_create(Owner(checklist=one, name=name) for one in some for name in names)
    owners = {(owner.checklist_id, owner.name): owner for owner in made}
    found = []
    for item in items:
        taken = values.get(item.measure_id, {})
        wanted: dict[str, StateValue] = {}
        if "due" in taken:
            wanted["due"] = taken["due"]
        if "owner" in taken:
            wanted["owner"] = owners[item.checklist_id, taken["owner"]]
        if wanted:
            found.append(Change(item.pk, item.version, wanted))
    return found
