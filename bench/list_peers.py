"""Beside the list: Django's admin as it comes, and the floor: the page's own SQL and nothing more."""

from collections.abc import Callable
from typing import Any
from unittest import mock

from django.contrib import admin
from django.db import connections
from django.http import HttpRequest, HttpResponse

from bench.settings import Router
from measures.admin.base import ModelAdmin
from measures.forms.drawing import DRAWN
from measures.models import Item
from measures.models.state import COLUMN_FIELDS

site = admin.AdminSite(name="peer")


@admin.register(Item, site=site)
class StockItemAdmin(ModelAdmin[Item]):
    """The same columns and filters as the list, in the ways that Django's documentation shows."""

    list_display = ["code", "title", "section", "status", "owner", "due", "updated_at"]
    list_filter = ["pillar", "status"]
    list_select_related = ["measure__section", "owner"]
    list_per_page = 50
    list_max_show_all = 200

    def code(self, item: Item) -> str:
        return item.measure.code

    def title(self, item: Item) -> str:
        return item.measure.title

    def section(self, item: Item) -> str:
        return str(item.measure.section)


edit_site = admin.AdminSite(name="peer-edit")


@admin.register(Item, site=edit_site)
class StockEditAdmin(StockItemAdmin):
    """The columns of our admin's list, with Django's own way to edit them in the row."""

    list_display = ["code", "title", *COLUMN_FIELDS, "pillar", "version"]
    list_editable = COLUMN_FIELDS
    list_filter = ["checklist", "pillar", "measure__section", "status", "owner"]
    list_select_related = ["measure", "owner", "pillar"]


def plain_inputs(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: Django draws the inputs of peers by its own templates, as it comes."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/peers/"):
            return get_response(request)
        with mock.patch.dict(DRAWN, clear=True):
            return get_response(request)

    return answer


# The queries of the measured page, set by the benchmark.
statements: list[str] = []


def floor(request: HttpRequest) -> HttpResponse:
    """The answers to those statements by a bare cursor, joined as text."""
    connection = connections[Router.using]
    connection.ensure_connection()
    cursor: Any = connection.connection.cursor()
    parts: list[str] = []
    for statement in statements:
        cursor.execute(statement)
        parts += ["\t".join(map(str, row)) for row in cursor.fetchall()]
    cursor.close()
    return HttpResponse("\n".join(parts))
