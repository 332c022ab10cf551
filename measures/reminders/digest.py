"""What a reminder says: as data for the outbox, and in words and links for a message. No note of an item."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from measures.choices import ReminderKind
from measures.ledger.filters import NO_OWNER
from measures.lights import WorkingDays
from measures.models import Item, Reminder, ReminderChoice
from measures.querysets.catalogue import in_language
from measures.reminders.gather import TellInChecklist, what_to_tell_each

LISTED = 10  # items of one kind that a message names; it counts the others
# Kinds whose rows are items that the person's unit leads.
ABOUT_ITEMS = frozenset(
    {
        ReminderKind.CHASED,
        ReminderKind.RETURNED,
        ReminderKind.LATE,
        ReminderKind.MILESTONE,
        ReminderKind.DUE_SOON,
        ReminderKind.SILENT,
    }
)
# The pages on which one acts.
PAGES = {
    ReminderKind.CHASED: "chasers",
    ReminderKind.RETURNED: "applications",
    ReminderKind.HANDED_DOWN: "assignments",
    ReminderKind.ESCALATED: "chasers",
    ReminderKind.APPLICATIONS: "applications",
    ReminderKind.MILESTONES: "applications",
    ReminderKind.UNANSWERED: "chasers",
}
FILTERS = {
    ReminderKind.LATE: {"due": "overdue"},
    ReminderKind.MILESTONE: {"waits": "milestone"},
    ReminderKind.DUE_SOON: {"due": "soon"},
    ReminderKind.SILENT: {"light": "amber"},
    ReminderKind.WITHOUT_LEAD: {"owner": NO_OWNER},
}


class ItemNamed(TypedDict):
    """An item as a message names it; `day` is its due date or that of its milestone, if it has one."""

    code: str
    title: str
    day: str


class KindSaid(TypedDict):
    kind: str
    count: int
    of: int
    items: list[ItemNamed]


class ChecklistSaid(TypedDict):
    """`unit` is the key of the unit that the person acts for."""

    slug: str
    name: str
    unit: int | None
    kinds: list[KindSaid]


class Body(TypedDict):
    checklists: list[ChecklistSaid]


@dataclass(frozen=True)
class LinkTo:
    """An item in words, with its address."""

    words: str
    address: str
    day: str


@dataclass(frozen=True)
class KindInWords:
    """One kind in words: `items` are those that are named, `more` counts the others."""

    words: str
    address: str
    items: list[LinkTo]
    more: str


@dataclass(frozen=True)
class Digest:
    """A whole message: its subject, and by the name of each checklist what it tells."""

    subject: str
    parts: list[tuple[str, list[KindInWords]]]
    choices_address: str


def bodies(users: list[User], *, on: date, days: WorkingDays) -> Iterator[tuple[User, str, Body]]:
    """For each of these persons who is told something: the language of the message, and its content."""
    choices = ReminderChoice.objects.in_bulk([user.pk for user in users])
    off = {key: choice.off for key, choice in choices.items()}
    told = what_to_tell_each(users, off, on=on, days=days)
    names = _names_of_items(told.values())
    for user in users:
        if user.pk not in told:
            continue
        choice = choices.get(user.pk)
        language = (choice and choice.language) or settings.LANGUAGE_CODE
        yield user, language, {"checklists": [_said(one, names, language) for one in told[user.pk]]}


def _said(one: TellInChecklist, names: Mapping[int, Mapping[str, str]], language: str) -> ChecklistSaid:
    kinds: list[KindSaid] = [
        {
            "kind": told.kind,
            "count": len(told.keys),
            "of": told.of,
            "items": [
                {"code": named["code"], "title": named[language], "day": named[_day_of(told.kind)]}
                for key in told.keys[:LISTED]
                if told.kind in ABOUT_ITEMS
                for named in [names[key]]
            ],
        }
        for told in one.told
    ]
    checklist = one.checklist
    return {"slug": checklist.slug, "name": checklist.name, "unit": one.unit, "kinds": kinds}


def _day_of(kind: ReminderKind) -> str:
    return "next_milestone" if kind == ReminderKind.MILESTONE else "due"


def _names_of_items(found: Iterable[list[TellInChecklist]]) -> dict[int, dict[str, str]]:
    """The code, the days and, by language, the title of each item that a message will name. One query."""
    keys = {
        key
        for of_person in found
        for one in of_person
        for told in one.told
        if told.kind in ABOUT_ITEMS
        for key in told.keys[:LISTED]
    }
    languages = [code for code, _name in settings.LANGUAGES]
    titles = [in_language("measure__title", language) for language in languages]
    days = ("due", "next_milestone")
    rows = Item.objects.filter(pk__in=keys).values_list("pk", "measure__code", *days, *titles)
    return {
        key: {
            "code": code,
            "due": due.isoformat() if due else "",
            "next_milestone": milestone.isoformat() if milestone else "",
        }
        | dict(zip(languages, said, strict=True))
        for key, code, due, milestone, *said in rows
    }


def digest_of(reminder: Reminder) -> Digest:
    """The message in the person's language."""
    body: Body = reminder.body
    with override(reminder.language):
        count = sum(kind["count"] for checklist in body["checklists"] for kind in checklist["kinds"])
        subject = ngettext("Taizhang: %(count)d thing to do", "Taizhang: %(count)d things to do", count)
        return Digest(
            subject % {"count": count},
            [
                (one["name"], [_kind_in_words(one, kind) for kind in one["kinds"]])
                for one in body["checklists"]
            ],
            f"{settings.SITE_ADDRESS}{reverse('reminders')}",
        )


def lines_of(digest: Digest) -> list[str]:
    """The message as lines of text, without addresses, in the language that is active."""
    lines = []
    for name, kinds in digest.parts:
        lines.append(name)
        for kind in kinds:
            lines.append(kind.words)
            for item in kind.items:
                due = f" ({_('due %(day)s') % {'day': item.day}})" if item.day else ""
                lines.append(f"- {item.words}{due}")
            lines += [kind.more] if kind.more else []
    return lines


def _kind_in_words(checklist: ChecklistSaid, said: KindSaid) -> KindInWords:
    kind, count = ReminderKind(said["kind"]), said["count"]
    parts = {"what": kind.label, "count": count, "of": said["of"], "given": said["of"] - count}
    words = _("%(what)s: %(count)d")
    if kind == ReminderKind.ENTRIES_DUE:
        words = _("%(what)s: %(given)d of %(of)d given")
    elif said["of"]:
        words = _("%(what)s: %(count)d of %(of)d")
    left = count - len(said["items"])
    more = ngettext("and %(count)d more", "and %(count)d more", left) % {"count": left}
    return KindInWords(
        words % parts,
        address_of(checklist, kind),
        [
            LinkTo(f"{item['code']} {item['title']}", _item_address(checklist, item), item["day"])
            for item in said["items"]
        ],
        more if said["items"] and left else "",
    )


def _item_address(checklist: ChecklistSaid, item: ItemNamed) -> str:
    return f"{settings.SITE_ADDRESS}{reverse('item', args=[checklist['slug'], item['code']])}"


def address_of(checklist: ChecklistSaid, kind: ReminderKind) -> str:
    """The whole address of the page on which the person acts on this."""
    page = reverse(PAGES.get(kind, "items"), args=[checklist["slug"]])
    filters = dict(FILTERS.get(kind, {}))
    unit = checklist["unit"]
    if unit and kind not in PAGES and "owner" not in filters:
        filters["owner"] = str(unit)
    return f"{settings.SITE_ADDRESS}{page}" + (f"?{urlencode(filters)}" if filters else "")
