"""Why items are late or blocked, in the words of their units: never that of a bulk edit, undo or import."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from measures.choices import DecisionState, Side, Status
from measures.lights import end_of_day
from measures.models import Application, Entry, Item


def reasons_of(items: Iterable[Item], as_of: date) -> Mapping[int, str]:
    """By its key, the reason of each item that has one, as of the end of a day. Two queries.

    It is what the unit said last: the problems of an entry that was not withdrawn, or the reason of an
    application. A blocked item without either has the reason with which it was set, if that was done for
    this item alone.
    """
    found = list(items)
    until = end_of_day(as_of)
    said = _reasons_asked(found, until)
    for key, (at, problems) in _problems(found, until).items():
        if key not in said or at > said[key][0]:
            said[key] = (at, problems)
    reasons = {key: text for key, (_at, text) in said.items()}
    for item in found:
        if item.status == Status.BLOCKED and item.update_reason:
            reasons.setdefault(item.pk, item.update_reason)
    return reasons


def _problems(items: Iterable[Item], until: datetime) -> dict[int, tuple[datetime, str]]:
    """Oldest first, so that the newest of each item remains."""
    written = Entry.objects.filter(item__in=[item.pk for item in items], at__lt=until).exclude(problems="")
    rows = written.not_withdrawn(until).order_by("at", "id").values_list("item", "at", "problems")
    return {key: (at, problems) for key, at, problems in rows}


def _reasons_asked(items: Iterable[Item], until: datetime) -> dict[int, tuple[datetime, str]]:
    made = Application.objects.filter(item__in=[item.pk for item in items], at__lt=until, side=Side.LEAD)
    taken_back = made.filter(decision__state=DecisionState.WITHDRAWN, decision__at__lt=until).values("pk")
    rows = made.exclude(pk__in=taken_back).order_by("at", "id").values_list("item", "at", "reason")
    return {key: (at, reason) for key, at, reason in rows}
