"""Values for every field, and what a page would send back of them."""

from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from django.utils import timezone, translation

from measures.choices import Status
from measures.models import Owner
from measures.models.state import STATE_FIELDS, Kind, StateField
from measures.querysets.cooperation import COOPERATING
from measures.querysets.ledger import ItemQuerySet

DAY = date(2026, 9, 30)
AFTER = DAY + timedelta(10)
ITEM = "/checklists/henan/items/1.1.1/"
LIST = "/checklists/henan/items/"
ENGLISH = {"Accept-Language": "en"}
ROW = {"X-Fragment": "row", **ENGLISH}
EVERY_FIELD = "code," + ",".join(STATE_FIELDS)


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


def sample(one: StateField, owner: Owner) -> Any:
    """A value that differs from the empty one, and from that of every other field."""
    samples = {Kind.STATUS: Status.IN_PROGRESS, Kind.OWNER: owner, Kind.DAY: date(2026, 12, 24)}
    if one.kind == Kind.UNITS:
        return (Owner.objects.get_or_create(checklist=owner.checklist, name="配合处")[0],)
    return samples.get(one.kind, f"{one.name} 文字")


def shown(one: StateField, state: dict[str, Any]) -> str:
    """The value as lists and files show it in English."""
    with translation.override("en"):
        value = state[one.name]
        return str(value.isoformat()) if isinstance(value, date) else one.in_words(value)


def with_value(items: ItemQuerySet, one: StateField, value: Any) -> ItemQuerySet:
    """The items that have this value in this field."""
    if one.kind != Kind.UNITS:
        return items.filter(**{one.name: getattr(value, "pk", value)})
    return items.with_cooperator(value[0].pk) if value else items.filter(**{COOPERATING: ""})


class Drawn(HTMLParser):
    """The name and the value of each input that a browser would send back from this HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if "disabled" in found:
            return
        if found.get("type") == "checkbox" and "checked" not in found:
            return
        if tag in ("input", "select", "textarea") and name:
            self.sent[name] = found.get("value") or ""
            self.open = name if tag != "input" else ""
        elif tag == "option" and self.open and "selected" in found:
            self.sent[self.open] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.open and self.lasttag == "textarea":
            self.sent[self.open] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.open = ""


def drawn_on_page(page: str) -> dict[str, str]:
    return Drawn(page.partition('aria-labelledby="annotate"')[2].partition("</form>")[0]).sent
