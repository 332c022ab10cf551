"""Why items are late or blocked, in the words of their units: never that of a bulk edit, undo or import."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from measures.choices import DecisionState, Side, Status
from measures.database.prepared import prepared
from measures.lights import end_of_day
from measures.models import Application, Decision, Entry, Item


def reasons_of(items: Iterable[Item], as_of: date) -> Mapping[int, str]:
    """By its key, the reason of each item that has one, as of the end of a day. Two queries.

    It is what the unit said last: the problems of an entry that was not withdrawn, or the reason of an
    application. A blocked item without either has the reason with which it was set, if that was done for
    this item alone.
    """
    found = list(items)
    until = end_of_day(as_of)
    keys = [item.pk for item in found]
    said: dict[int, tuple[datetime, str]] = {}
    if keys:
        # Oldest first, so that the newest of each item remains.
        said = {key: (at, reason) for key, at, reason in _reasons_asked(keys, until)}
        for key, at, problems in _problems(keys, until):
            if key not in said or at > said[key][0]:
                said[key] = (at, problems)
    reasons = {key: text for key, (_at, text) in said.items()}
    for item in found:
        if item.status == Status.BLOCKED and item.update_reason:
            reasons.setdefault(item.pk, item.update_reason)
    return reasons


@prepared
def _problems(items: list[int], until: datetime) -> QuerySet[Entry, tuple[int, datetime, str]]:
    written = Entry.objects.filter(item__pk__in=items, at__lt=until).exclude(problems="")
    return written.not_withdrawn(until).order_by("at", "id").values_list("item", "at", "problems")


@prepared
def _reasons_asked(items: list[int], until: datetime) -> QuerySet[Application, tuple[int, datetime, str]]:
    made = Application.objects.filter(item__pk__in=items, at__lt=until, side=Side.LEAD)
    taken_back = Decision.objects.filter(
        application=OuterRef("pk"), state=DecisionState.WITHDRAWN, at__lt=until
    )
    return made.filter(~Exists(taken_back)).order_by("at", "id").values_list("item", "at", "reason")
