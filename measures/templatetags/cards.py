"""The admin's list of items on a phone, where a row becomes a card: each cell says what it holds."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled_cells(cells: Iterable[str], headers: Iterable[Mapping[str, object]]) -> list[SafeString]:
    """The cells of a row, each with the heading of its column; the box to tick has markup for one."""
    return [
        SafeString(cell if isinstance(heading, SafeString) else cell.replace("<td", _start(str(heading)), 1))
        for cell, heading in zip(cells, (header["text"] for header in headers), strict=False)
    ]


@lru_cache(maxsize=100)
def _start(heading: str) -> str:
    return format_html('<td data-label="{}"', capfirst(heading))
