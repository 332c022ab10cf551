"""A whole tree moved to another edition: a transaction for each checklist, so that it can stop and go on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from measures.editions.upgrading import upgrade
from measures.models import Catalogue, Checklist, EditionMapping


@dataclass(frozen=True)
class TreeStep:
    """So many of the checklists to move are done; `moved`: 1 if the last one was moved just now."""

    done: int
    total: int
    moved: int


def upgrade_below(
    top: Checklist,
    new: Catalogue,
    mappings: Mapping[int, EditionMapping],
    *,
    by: User,
    clock: Callable[[], datetime],
) -> Iterator[TreeStep]:
    """Move the checklist and all below it, from the top down; those that have the edition already are passed.

    `mappings` go by the key of the old edition. A checklist of an edition without one is left as it is.
    """
    found = Checklist.objects.tree(top).exclude(catalogue=new).filter(catalogue__in=mappings).order_by("path")
    keys = list(found.values_list("pk", flat=True))
    total = len(keys)
    for done, key in enumerate(keys, start=1):
        checklist = Checklist.objects.get(pk=key)
        mapping = mappings.get(checklist.catalogue_id)
        if mapping is not None:
            upgrade(checklist, mapping, by=by, at=clock())
        yield TreeStep(done, total, int(mapping is not None))
