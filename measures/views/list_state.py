"""What the address of a list of items says, read here and nowhere else."""

from dataclasses import replace
from datetime import date
from functools import cached_property

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from measures.database.prepared import prepared
from measures.forms.days import PER_PAGE, DayForm, PageSizeForm
from measures.ledger.columns import UNIT, Column, chosen
from measures.ledger.filters import ItemFilter
from measures.ledger.tables import ItemTable, TreeTable
from measures.models import Checklist, SavedView
from measures.models.levels import language_shown
from measures.querysets.ledger import ItemQuerySet
from measures.views.access import SignedInRequest, opening_and_today

NO_VIEW = "none"
DAYS = ("as_of", "since")


@prepared
def _views(checklist: int, user: int) -> QuerySet[SavedView]:
    return SavedView.objects.filter(checklist=checklist).read_by(user)


class ListState:
    """The filters, day, columns, order and page that an address asks for, and addresses that differ in one.

    A report's address holds the same filters and the same view.
    """

    def __init__(self, address: QueryDict, checklist: Checklist, user: User) -> None:
        self.address = address
        self.checklist = checklist
        self.user = user
        self.sort = address.get("sort", "")
        self.page = address.get("page", "")
        self.edit = address.get("edit", "")
        self.format = address.get("format", "")
        self.below = address.get("below") == "1"
        # Of the units below, also those that were closed.
        self.with_closed = self.below and address.get("closed") == "1"
        # A file with what people fill in.
        self.to_fill = address.get("fill") == "1"
        # `columns=code,status`, or one by one as a form sends them.
        self.column_names = ",".join(filter(None, address.getlist("columns")))

    @classmethod
    def of(cls, request: SignedInRequest, checklist: Checklist) -> "ListState":
        return cls(request.GET, checklist, request.user)

    @cached_property
    def query(self) -> str:
        """The query string; empty for an address that says nothing."""
        return self.address.urlencode()

    @property
    def columns(self) -> list[Column]:
        """The columns that are chosen. A list of several checklists shows UNIT before them."""
        return chosen(self.column_names.split(","))

    @property
    def shown_columns(self) -> list[Column]:
        """With the headings that the catalogue gives to its parts."""
        named = self.filter.level_names
        names = {"pillar": named[0], "section": self.filter.section_name} if named else {}
        shown = [replace(one, heading=names[one.name]) if one.name in names else one for one in self.columns]
        return [UNIT, *shown] if self.below else shown

    @property
    def is_in_other_language(self) -> bool:
        """Whether the catalogue lacks the reader's language. A list of several checklists does not say."""
        known = self.filter.languages
        return not self.below and bool(known) and get_language() not in known

    @property
    def shown_language(self) -> str:
        return language_shown(self.filter.languages)

    @cached_property
    def day(self) -> DayForm:
        return DayForm(self.address, **opening_and_today(self.checklist))

    @cached_property
    def size(self) -> PageSizeForm:
        return PageSizeForm(self.address)

    @property
    def per_page(self) -> int:
        return (self.size.is_valid() and self.size.cleaned_data["per_page"]) or PER_PAGE

    @cached_property
    def filter(self) -> ItemFilter:
        """The filters, on the items as they are now or as they were at the end of the day."""
        return self.filter_at(self.day.past, below=self.below)

    def filter_at(self, as_of: date | None = None, *, below: bool = False) -> ItemFilter:
        """The filters on the items at the end of `as_of`, now where it is None.

        Those who read a checklist read all `below` it.
        """
        on, replayed = as_of or timezone.localdate(), as_of is not None
        units = None
        if below:
            units = Checklist.objects.tree_for(self.user, self.checklist, as_of=as_of)
            units = units.counted(as_of=as_of, with_closed=self.with_closed)
        return ItemFilter(self.address, checklist=self.checklist, on=on, replayed=replayed, units=units)

    @cached_property
    def is_valid(self) -> bool:
        return self.size.is_valid() and self.day.is_valid() and self.filter.is_valid()

    @cached_property
    def table(self) -> ItemTable:
        """The items in their order; none where a value is not valid."""
        kept = self.filter.items() if self.is_valid else self.filter.queryset.none()
        return (TreeTable if self.below else ItemTable)(kept, order_by=self.sort or None)

    @property
    def items(self) -> ItemQuerySet:
        return self.table.items

    @property
    def seeks_one_character(self) -> bool:
        """Whether this is a search for a single character in many checklists, which takes longer."""
        return self.below and any(len(word) == 1 for word in self.address.get("q", "").split())

    @cached_property
    def views(self) -> list[SavedView]:
        """The saved views of the checklist that the user sees."""
        found = _views(self.checklist.pk, self.user.pk)
        for view in found:
            view.checklist = self.checklist
        return found

    @cached_property
    def view(self) -> SavedView | None:
        """The saved view that the address names; 404 for one that is not the user's to see."""
        wanted = self.address.get("view", "")
        if wanted in ("", NO_VIEW):
            return None
        for view in self.views:
            if str(view.pk) == wanted:
                return view
        raise Http404

    @property
    def default_view(self) -> SavedView | None:
        """The user's view that opens first, for an address that says nothing."""
        if self.address:
            return None
        own = (view for view in self.views if view.user_id == self.user.pk and view.is_default)
        return next(own, None)

    @property
    def spelt_out(self) -> str:
        """The query string that a bare `?view=7` means; empty where the address says it all already."""
        if not set(self.address) <= {"view", "format", *DAYS} or not self.view:
            return ""
        query = QueryDict(self.view.address, mutable=True)
        for name in ("format", *DAYS):
            if wanted := self.address.get(name):
                query[name] = wanted
        spelt = query.urlencode(safe=",")
        return "" if spelt == self.address.urlencode(safe=",") else f"?{spelt}"

    @property
    def unfiltered(self) -> str:
        """The query string without any filter: the days, whose items, and no saved view."""
        kept = QueryDict(f"view={NO_VIEW}", mutable=True)
        for name in (*DAYS, "below", "closed"):
            if wanted := self.address.get(name):
                kept[name] = wanted
        return f"?{kept.urlencode()}"

    @property
    def to_edit(self) -> str:
        """The query string that opens a row for editing, to be followed by the item's code."""
        query = self.without("edit").urlencode()
        return f"?{query}&edit=" if query else "?edit="

    @property
    def to_sort(self) -> str:
        """The query string of the first page in another order, to be followed by that order."""
        query = self.without("sort", "page", "edit").urlencode()
        return f"?{query}&sort=" if query else "?sort="

    @property
    def ticks(self) -> str:
        """What is the same on every page of one list: ticks are kept under it."""
        return (
            f"{self.checklist.slug}?{self.without('page', 'edit', 'sort', 'per_page', 'columns').urlencode()}"
        )

    def with_columns(self, names: list[str]) -> str:
        """The query string with these columns, which is no longer that of the view."""
        query = self.without("view")
        query["columns"] = ",".join(column.name for column in chosen(names))
        return f"?{query.urlencode(safe=',')}"

    def without(self, *names: str) -> QueryDict:
        query = self.address.copy()
        for name in names:
            query.pop(name, None)
        return query
