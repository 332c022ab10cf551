"""Searching everything that one user may read: items, entries, units and checklists.

What bounds it: items are found by the index of pairs (`database/text_index.py`), so one of the words must
have two characters. Entries have no index, so their texts are compared: all those in the checklists of a user
who may read at most FEW; for others the newest SEARCHED of the site. Units and checklists are few. At most
FOUND_AT_MOST of each kind are shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import pgettext

from measures.choices import Status
from measures.ledger.facts import Facts, facts_in_order
from measures.lights import local_day
from measures.models import Checklist, Entry, Item, Owner
from measures.models.entries import ENTRY_TEXTS
from measures.querysets.checklists import ChecklistQuerySet
from measures.querysets.words import says_all
from measures.rights.roles import Rights
from measures.texts import spellings

FIRST_FOUND = 10  # of each kind
FOUND_AT_MOST = 200  # of one kind that is shown alone
FEW = 50  # checklists
SEARCHED = 200_000  # entries
LISTS = 6
BEFORE, EXCERPT = 16, 90  # characters before the word, and in all


@dataclass(frozen=True)
class Hit:
    """One thing that was found: where it is, its title, and below it an excerpt and what it belongs to."""

    address: str
    title: str
    code: str = ""
    excerpt: str = ""
    about: tuple[str, ...] = ()
    status: Status | None = None
    on: date | None = None


@dataclass(frozen=True)
class Group:
    """The first of one kind; `goes_on`: there are more. `lists` are lists of items that have them all."""

    hits: list[Hit]
    goes_on: bool
    lists: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Search:
    """What a user finds by a text of one or more words, at most `limit` of each kind."""

    rights: Rights
    text: str
    limit: int = FIRST_FOUND

    @cached_property
    def words(self) -> list[str]:
        """All ways of writing each word."""
        return list(dict.fromkeys(one for word in self.text.split() for one in spellings(word)))

    @cached_property
    def few(self) -> list[int] | None:
        """The keys of all checklists that the user may read; None if these are more than FEW."""
        keys = list(self._visible.order_by().values_list("pk", flat=True)[: FEW + 1])
        return keys if len(keys) <= FEW else None

    @property
    def is_bounded(self) -> bool:
        """Whether only the newest entries are searched."""
        return self.few is None

    @property
    def searched(self) -> int:
        return SEARCHED

    @property
    def _visible(self) -> ChecklistQuerySet:
        return Checklist.objects.visible_to(self.rights.user)

    def _readable(self, checklist: str) -> Q:
        """The condition that the user may read the checklist that this lookup leads to."""
        return Q(**{f"{checklist}__in": self._visible.values("pk") if self.few is None else self.few})

    def items(self) -> Group:
        """Items of one's own checklists first; of very many, the rest comes in the order of an index."""
        found = Item.objects.matching(self.text, indexed=self.few is None or len(self.few) > 1)
        own = list(self.rights.memberships)[:FEW]
        near = found.filter(checklist__in=own if self.few is None else self.few)
        in_order = near.order_by("checklist__path", "measure__position")
        keys = list(in_order.values_list("pk", flat=True)[: self.limit + 1])
        if self.few is None and len(keys) <= self.limit:
            far = found.of_units(self._visible).exclude(checklist__in=own)
            rest = far.order_by("due", "pk").values_list("pk", flat=True)
            keys += list(rest[: self.limit + 1 - len(keys)])
        hits = [self._item(one) for one in facts_in_order(Item.objects.all(), keys[: self.limit])]
        return Group(hits, len(keys) > self.limit, self._lists() if hits else [])

    def entries(self) -> Group:
        """Entries that nobody has withdrawn, newest first."""
        readable = Entry.objects.filter(self._readable("item__checklist")).not_withdrawn()
        if self.is_bounded:
            # By their key, so that the query stops when it has found enough.
            readable = readable.among_newest(SEARCHED).order_by("-pk")
        found = readable.filter(says_all(self.text, *ENTRY_TEXTS))
        return self._group(
            found.select_related("unit", "item__measure__section__pillar__catalogue", "item__checklist"),
            self._entry,
        )

    def units(self) -> Group:
        """Units by their name, in the order of the tree."""
        found = Owner.objects.filter(self._readable("checklist"), says_all(self.text, "name"))
        return self._group(found.select_related("checklist").order_by("checklist__path", "name"), self._unit)

    def checklists(self) -> Group:
        """Checklists by their name or address, in the order of the tree."""
        found = self._visible.filter(says_all(self.text, "name", "slug"))
        return self._group(found.select_related("parent").order_by("path"), self._checklist)

    def _group[Row: models.Model](self, found: "models.QuerySet[Row]", hit: Callable[[Row], Hit]) -> Group:
        rows = list(found[: self.limit + 1])
        return Group([hit(row) for row in islice(rows, self.limit)], len(rows) > self.limit)

    def _item(self, facts: Facts) -> Hit:
        return Hit(
            reverse("item", args=[facts.slug, facts.code]),
            facts.marked_title,
            facts.code,
            next(filter(None, (self._excerpt(text) for text in (facts.target, facts.notes))), ""),
            self._about(facts.unit, facts.owner),
            status=Status(facts.status),
        )

    def _entry(self, entry: Entry) -> Hit:
        item = entry.item
        code = item.measure.code
        said = {name: getattr(entry, name) for name in ENTRY_TEXTS}
        name, excerpt = next(
            ((name, cut) for name, text in said.items() if (cut := self._excerpt(text))),
            ("progress", self._cut(entry.as_text, 0)),
        )
        if name != "progress":
            excerpt = f"{ENTRY_TEXTS[name]}{pgettext('between label and value', ': ')}{excerpt}"
        return Hit(
            f"{item.get_absolute_url()}?entries=all#entry-{entry.pk}",
            item.measure.marked_title,
            code,
            excerpt,
            self._about(item.checklist.name, entry.unit.name),
            on=local_day(entry.at),
        )

    def _unit(self, unit: Owner) -> Hit:
        listed = urlencode({"view": "none", "unit": unit.pk})
        address = f"{reverse('items', args=[unit.checklist.slug])}?{listed}"
        return Hit(address, unit.name, about=self._about(unit.checklist.name, unit.leader))

    def _checklist(self, checklist: Checklist) -> Hit:
        above = checklist.parent
        held = self.rights.memberships.values()
        reads = above and any(above.path.startswith(one.checklist.path) for one in held)
        state = None if checklist.is_open else checklist.get_status_display()
        about = tuple(filter(None, (above.name if above and reads else None, checklist.period, state)))
        return Hit(checklist.get_absolute_url(), checklist.name, about=about)

    def _lists(self) -> list[tuple[str, str]]:
        """The name and address of the list of each top of what the user may read, with what is below it."""
        tops: list[Checklist] = []
        if self.rights.operates_site():
            tops = list(self._visible.filter(parent=None)[:LISTS])
        else:
            held = (one.checklist for one in self.rights.memberships.values())
            for one in sorted(held, key=lambda checklist: checklist.path):
                if not tops or not one.path.startswith(tops[-1].path):
                    tops.append(one)
        query = {"view": "none", "q": self.text}
        if self.few is None or len(self.few) > len(tops):
            query["below"] = "1"
        return [(one.name, f"{reverse('items', args=[one.slug])}?{urlencode(query)}") for one in tops[:LISTS]]

    def _about(self, checklist: str, *more: str | None) -> tuple[str, ...]:
        """The name of the checklist if the user reads several, and more that is known."""
        several = self.few is None or len(self.few) > 1
        return tuple(filter(None, (checklist if several else None, *more)))

    def _excerpt(self, text: str) -> str:
        """The part of the text around the first of the words that it says; empty if it says none."""
        folded = text.casefold()
        places = [place for word in self.words if (place := folded.find(word.casefold())) >= 0]
        return self._cut(text, max(min(places) - BEFORE, 0)) if places else ""

    @staticmethod
    def _cut(text: str, start: int) -> str:
        part = " ".join(text[start : start + EXCERPT].split())
        return f"{'…' if start else ''}{part}{'…' if start + EXCERPT < len(text) else ''}"
