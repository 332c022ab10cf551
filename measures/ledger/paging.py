"""The pages of a list that may be very long: keys first, then the rows of one page; counted up to a limit."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

# Beyond so many, people want to know that there are many: exactly how many, their overview says.
COUNTED = 10_000
# Keys of one office's checklist looked at beyond the page: where they end, nothing is left to count.
AHEAD = 200


def counted(items: QuerySet[Any]) -> int:
    """How many there are; one more than COUNTED stands for any number above it."""
    # Without order and annotations: a count needs none, and some cost more than all the rest.
    return items.order_by().values("pk")[: COUNTED + 1].count()


class LongPaginator(Paginator):
    """Pages of the keys of a queryset. Its count stops at COUNTED; pages after that are still to be had."""

    def __init__(self, items: QuerySet[Any], per_page: int, *, ahead: int = 1) -> None:
        """`ahead`: how many keys after those of the page are read with them. One says whether it goes on."""
        super().__init__(items, per_page)
        self.items = items
        self.read = per_page + ahead

    @cached_property
    def found(self) -> int:
        return counted(self.items)

    @property
    def has_more(self) -> bool:
        return self.found > COUNTED

    @cached_property
    def count(self) -> int:
        return min(self.found, COUNTED)

    def get_page(self, number: Any) -> "KeyPage":
        """This page; the first where the number is none, the last where it lies behind the end."""
        text = str(number)
        wanted = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
        if wanted:
            page = self.page_at(wanted)
            if page.keys or wanted == 1:
                return page
        return self.page_at(self.num_pages)

    def page_at(self, number: int) -> "KeyPage":
        start = (number - 1) * self.per_page
        keys = list(self.items.values_list("pk", flat=True)[start : start + self.read])
        if len(keys) < self.read and (keys or number == 1):
            self.found = min(start + len(keys), COUNTED + 1)
        return KeyPage(keys[: self.per_page], number, self, goes_on=len(keys) > self.per_page)

    def numbers(self, page: Page) -> Iterator[str | int]:
        """The page numbers to show around this one."""
        if page.number > self.num_pages:
            return iter([1, str(self.ELLIPSIS), page.number])
        return iter(self.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


class KeyPage(Page):
    """The keys of one page."""

    def __init__(self, keys: list[int], number: int, paginator: LongPaginator, *, goes_on: bool) -> None:
        super().__init__(keys, number, paginator)
        self.keys = keys
        self.goes_on = goes_on

    def has_next(self) -> bool:
        return self.goes_on

    def next_page_number(self) -> int:
        return int(self.number) + 1

    def previous_page_number(self) -> int:
        return int(self.number) - 1
