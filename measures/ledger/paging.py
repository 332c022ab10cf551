"""The pages of a list that may be very long: keys first, then the rows of one page; counted up to a limit."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    KeyPaginator = Paginator[object]
else:
    KeyPaginator = Paginator  # which takes no parameter when the code runs

# Above this, "more than" is enough: the overview has the exact number.
COUNTED = 10_000
# For one office's checklist, read this many keys after the page: if they end there, no count is needed.
AHEAD = 200


def counted(items: QuerySet[Model]) -> int:
    """Return the number of items, capped at COUNTED + 1, which means "more than COUNTED"."""
    # Without order and annotations: a count needs none, and some are expensive.
    return items.order_by().values("pk")[: COUNTED + 1].count()


class LongPaginator(KeyPaginator):
    """Pages of the keys of a queryset. Its count stops at COUNTED; later pages can still be opened."""

    def __init__(self, items: QuerySet[Model], per_page: int, *, ahead: int = 1) -> None:
        """`ahead`: how many keys to read after those of the page; one shows if there is a next page."""
        super().__init__(items.values_list("pk", flat=True), per_page)
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

    def get_page(self, number: object) -> "KeyPage":
        """Return this page; the first if the number is invalid, the last if it is past the end."""
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

    def numbers(self, page: "Page[object]") -> Iterator[str | int]:
        """The page numbers to show around this one."""
        if page.number > self.num_pages:
            return iter([1, str(self.ELLIPSIS), page.number])
        return iter(self.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


class KeyPage(Page[object]):
    """The keys of one page."""

    def __init__(self, keys: list[int], number: int, paginator: LongPaginator, *, goes_on: bool) -> None:
        super().__init__(keys, number, paginator)
        self.keys = keys
        self.goes_on = goes_on

    @property
    def first(self) -> int:
        """The number of the page's first row among all."""
        return (int(self.number) - 1) * self.paginator.per_page + 1

    @property
    def last(self) -> int:
        return self.first + len(self.keys) - 1

    def has_next(self) -> bool:
        return self.goes_on

    def next_page_number(self) -> int:
        return int(self.number) + 1

    def previous_page_number(self) -> int:
        return int(self.number) - 1
