"""Items that wait for somebody: each is shown once, under the worst of what waits. One query for all."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.choices import OPEN_STATUSES, ChaserLevel, Status
from measures.database.prepared import prepared
from measures.lights import Lit, late, lit_of, lit_while_chased
from measures.models import Checklist, Item
from measures.querysets.catalogue import in_language
from measures.querysets.waiting import (
    RETURNED,
    UNLED,
    Silences,
    falls_due,
    milestone_due,
    silent,
    unanswered_about,
)
from measures.texts import Label
from measures.todo.acting import Acting
from measures.todo.model import SHOWN, ListLink, TodoBlock, TodoLine, TodoPlace, Waits
from measures.todo.places import Now

TITLES: dict[Waits, Label] = {
    Waits.CHASED: _("Chased: answer with an entry"),
    Waits.RETURNED: _("Returned by the office"),
    Waits.LATE: _("Overdue"),
    Waits.MILESTONE: _("Milestones due within 7 working days"),
    Waits.SOON: _("Due within 7 working days"),
    Waits.SILENT: _("No entry for a long time"),
    Waits.UNLED: _("Items without a lead unit"),
    Waits.LATE_SEEN: _("Overdue"),
}
# Where on the item's page it is done.
PARTS = {
    Waits.CHASED: "#entry",
    Waits.RETURNED: "#applications",
    Waits.LATE: "#entry",
    Waits.SILENT: "#entry",
    Waits.MILESTONE: "#milestones",
    Waits.UNLED: "#annotate",
}


class WaitingItem(NamedTuple):
    """An item of one kind: `place` is its number in the kind's order, `total` how many there are."""

    kind: Waits
    place: int
    total: int
    checklist: int
    code: str
    title: str
    owner: str | None
    status: Status
    due: date | None
    silent_since: datetime | None
    asked_in_time: bool
    returned: bool
    answer_by: date | None
    level: ChaserLevel | None

    def lit(self, checklist: Checklist, on: date) -> Lit:
        """Its light, with the chaser that waits."""
        lit = lit_of(
            self.status,
            self.due,
            self.silent_since,
            on=on,
            thresholds=checklist.thresholds,
            asked=self.asked_in_time,
            returned=self.returned,
        )
        if self.answer_by is None or self.level is None:
            return lit
        return lit_while_chased(lit, ChaserLevel(self.level), self.answer_by, on)


def item_blocks(acting: Acting, places: Iterable[TodoPlace], now: Now) -> list[TodoBlock]:
    """A block for each kind of which an item waits."""
    held = {place.checklist.pk: place for place in places}
    blocks = []
    for name, same in groupby(_waiting(acting, now), key=lambda row: row.kind):
        kind, rows = Waits(name), list(same)
        lines = [_line(kind, row, held[row.checklist], acting, now) for row in rows]
        links = _links(kind, held.values(), now)
        ways = _ways(kind, held.values())
        blocks.append(TodoBlock(kind, str(TITLES[kind]), rows[0].total, lines, links, ways=ways))
    return blocks


def _waiting(acting: Acting, now: Now) -> list[WaitingItem]:
    """The first few of each kind, by kind."""
    offices, watched = ([one.pk for one in some] for some in (acting.offices, acting.watched))
    if not (acting.units or offices or watched):
        return []
    silences = Silences.of(acting.thresholds, now.on)._asdict()
    rows = _rows(acting.units, offices, watched, on=now.on, soon=now.soon, **silences)
    return [WaitingItem._make(row) for row in rows if row[0] is not None]


@prepared
def _rows(
    units: list[int],
    offices: list[int],
    watched: list[int],
    *,
    on: date,
    soon: date,
    days: list[int],
    are_working_days: list[bool],
    heard_from: list[datetime],
) -> QuerySet[Item, tuple[object, ...]]:
    mine = Q(owner__pk__in=units)
    unled = Q(checklist__pk__in=offices) & UNLED
    seen = Q(checklist__pk__in=watched) & late(on)
    kinds = [
        (Waits.CHASED, mine & Q(answer_by__isnull=False)),
        (Waits.RETURNED, mine & RETURNED),
        (Waits.LATE, mine & late(on)),
        (Waits.MILESTONE, mine & milestone_due(soon)),
        (Waits.SOON, mine & falls_due(on, soon)),
        (Waits.SILENT, mine & silent(days, are_working_days, heard_from)),
        (Waits.UNLED, unled),
        (Waits.LATE_SEEN, seen),
    ]
    first_asked = unanswered_about().order_by("chaser__answer_by", "pk")
    found = Item.objects.filter(mine | unled | seen).annotate(
        answer_by=Subquery(first_asked.values("chaser__answer_by")[:1]),
        level=Subquery(first_asked.values("chaser__level")[:1]),
        kind=Case(*[When(that, then=Value(kind)) for kind, that in kinds], output_field=CharField()),
    )
    order = (F("answer_by").asc(nulls_last=True), F("due").asc(nulls_last=True), "measure__position")
    numbered = found.annotate(
        place=Window(RowNumber(), partition_by=["kind"], order_by=order),
        total=Window(Count("pk"), partition_by=["kind"]),
    )
    of_item = ("owner__name", "status", "due", "silent_since", "asked_in_time", "returned")
    shown: QuerySet[Item] = numbered.filter(place__lte=SHOWN).order_by("kind", "place")
    return shown.values_list(
        *("kind", "place", "total", "checklist", "measure__code", in_language("measure__title")),
        *(*of_item, "answer_by", "level"),
    )


def _line(kind: Waits, row: WaitingItem, place: TodoPlace, acting: Acting, now: Now) -> TodoLine:
    checklist = place.checklist
    about = [] if acting.is_of_one else [checklist.name]
    if kind == Waits.LATE_SEEN:
        about.append(row.owner or "–")
    return TodoLine(
        reverse("item", args=[checklist.slug, row.code]) + PARTS.get(kind, ""),
        row.title,
        row.code,
        tuple(about),
        row.lit(checklist, now.on),
    )


def _links(kind: Waits, places: Iterable[TodoPlace], now: Now) -> list[ListLink]:
    """In each checklist, the list of all items of the kind, whatever else waits for them."""
    statuses = [str(status) for status in OPEN_STATUSES]
    filters: dict[Waits, dict[str, str | list[str]]] = {
        Waits.LATE: {"due": "overdue"},
        Waits.LATE_SEEN: {"due": "overdue"},
        Waits.SOON: {"due_from": now.on.isoformat(), "due_to": now.soon.isoformat(), "status": statuses},
        Waits.UNLED: {"owner": "none", "status": statuses},
    }
    wanted = filters.get(kind, {"waits": str(kind)})
    return [
        ListLink(place.listed(**wanted), place.checklist.name, place.figures.waiting[kind])
        for place in _concerned(kind, places)
    ]


def _concerned(kind: Waits, places: Iterable[TodoPlace]) -> Iterable[TodoPlace]:
    """Where items of the kind wait for the person in the role that it asks."""
    asks_units = kind not in (Waits.UNLED, Waits.LATE_SEEN)
    for place in places:
        if place.figures.waiting.get(kind) and asks_units == (place.membership.owner_id is not None):
            yield place


def _ways(kind: Waits, places: Iterable[TodoPlace]) -> list[ListLink]:
    """The pages that hand out items without a lead, section by section."""
    if kind != Waits.UNLED:
        return []
    concerned = (place.checklist for place in _concerned(kind, places))
    return [ListLink(reverse("by-section", args=[one.slug]), one.name) for one in concerned]
