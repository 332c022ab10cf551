"""Items that are new with the person's units, which confirm that they have received them."""

from collections.abc import Iterable

from django.db.models import Count, F, QuerySet, Window
from django.urls import reverse
from django.utils.translation import gettext as _

from measures.database.prepared import prepared
from measures.models import Item
from measures.querysets.catalogue import in_language
from measures.querysets.waiting import unconfirmed
from measures.todo.acting import Acting
from measures.todo.model import SHOWN, ListLink, TodoBlock, TodoLine, TodoPlace, Waits


def receipt_blocks(acting: Acting, places: Iterable[TodoPlace]) -> Iterable[TodoBlock]:
    """All of them, whatever else waits for them: to confirm is another act. One query."""
    if not acting.units:
        return
    lines, total = [], 0
    for row in _new(acting.units):
        total, slug, name, code, title = row
        address, confirm = (reverse(page, args=[slug, code]) for page in ("item", "confirm-item"))
        about = () if acting.is_of_one else (name,)
        lines.append(TodoLine(address, title, code, about, confirm=confirm))
    if lines:
        yield _block(total, lines, places)


@prepared
def _new(units: list[int]) -> QuerySet[Item, tuple[int, str, str, str, str]]:
    new = Item.objects.filter(unconfirmed(), owner__pk__in=units).annotate(total=Window(Count("pk")))
    rows: QuerySet[Item, tuple[int, str, str, str, str]] = new.values_list(
        *("total", "checklist__slug", "checklist__name", "measure__code", in_language("measure__title"))
    )
    return rows.order_by(F("due").asc(nulls_last=True), "measure__position", "pk")[:SHOWN]


def _block(total: int, lines: list[TodoLine], places: Iterable[TodoPlace]) -> TodoBlock:
    links, confirms = [], []
    for place in places:
        if count := place.figures.waiting.get(Waits.NEW, 0):
            name, address = place.checklist.name, reverse("confirm-all", args=[place.checklist.slug])
            links.append(ListLink(place.listed(waits=str(Waits.NEW)), name, count))
            confirms.append(ListLink(address, name, count))
    return TodoBlock(Waits.NEW, _("New: confirm receipt"), total, lines, links, confirms)
