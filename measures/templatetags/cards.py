"""The admin's list of items on a phone, where a row becomes a card: each cell says what it holds."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled_cells(cells: Iterable[str], headers: Iterable[Mapping[str, object]]) -> list[SafeString]:
    """The cells of a row, each with the heading of its column; the box to tick has markup for one."""
    return [
        SafeString(cell.replace("<td", _start(header["text"]), 1))
        for cell, header in zip(cells, headers, strict=False)
    ]


def _start(heading: object) -> str:
    if isinstance(heading, SafeString):
        return "<td"
    return format_html('<td data-label="{}"', capfirst(str(heading)))
