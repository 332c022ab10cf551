"""Beside the list: Django's admin as it comes, and the floor: the page's own SQL and nothing more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.contrib import admin
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, HttpResponse

from bench.settings import Router
from measures.admin.base import ModelAdmin, TabularInline
from measures.database.kept_plans import values_apart
from measures.forms.drawing import DrawingRenderer
from measures.models import Item, Update
from measures.models.state import COLUMN_FIELDS

site = admin.AdminSite(name="peer")


class StockJournal(TabularInline[Update, Item]):
    """The updates of an item, to read."""

    model = Update
    fields = readonly_fields = ("at", "by_name", "via", *COLUMN_FIELDS, "reason")
    ordering = ["-at", "-id"]
    can_delete = False
    extra = 0


@admin.register(Item, site=site)
class StockItemAdmin(ModelAdmin[Item]):
    """The same columns and filters as the list, in the ways that Django's documentation shows."""

    list_display = ["code", "title", "section", "status", "owner", "due", "updated_at"]
    list_filter = ["pillar", "status"]
    list_select_related = ["measure__section", "owner"]
    list_per_page = 50
    list_max_show_all = 200
    # Beside the form, what our own page shows of an item.
    readonly_fields = ["code", "title", "section", "detail", "source"]
    fields = [*readonly_fields, *COLUMN_FIELDS]
    inlines = [StockJournal]

    def code(self, item: Item) -> str:
        return item.measure.code

    def title(self, item: Item) -> str:
        return item.measure.title

    def section(self, item: Item) -> str:
        return str(item.measure.section)

    def detail(self, item: Item) -> str:
        return item.measure.detail

    def source(self, item: Item) -> str:
        return item.measure.source


edit_site = admin.AdminSite(name="peer-edit")


@admin.register(Item, site=edit_site)
class StockEditAdmin(StockItemAdmin):
    """The columns of our admin's list, with Django's own way to edit them in the row, and its form."""

    fields = [*COLUMN_FIELDS]
    inlines = []
    list_display = ["code", "title", *COLUMN_FIELDS, "pillar", "version"]
    list_editable = COLUMN_FIELDS
    list_filter = ["checklist", "pillar", "measure__section", "status", "owner"]
    list_select_related = ["measure", "owner", "pillar"]


of_a_peer: ContextVar[bool] = ContextVar("of_a_peer", default=False)


class Renderer(DrawingRenderer):
    """Draws the inputs of peers by Django's own templates, as it comes."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        draw = TemplatesSetting.render if of_a_peer.get() else DrawingRenderer.render
        return draw(self, template_name, context, request)


def plain_inputs(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: tells the renderer whose page it draws."""

    def answer(request: HttpRequest) -> HttpResponse:
        token = of_a_peer.set(request.path.startswith("/peers/"))
        try:
            return get_response(request)
        finally:
            of_a_peer.reset(token)

    return answer


class Sent(NamedTuple):
    """A statement of a page, its values, and whether PostgreSQL keeps its plan."""

    sql: str
    values: tuple[Any, ...]
    is_kept: bool


# Those of the measured page, set by the benchmark.
statements: list[Sent] = []


@contextmanager
def sent_meanwhile(connection: BaseDatabaseWrapper) -> Iterator[list[Sent]]:
    """All statements that are sent on this connection."""
    found: list[Sent] = []

    def look_at(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        is_kept = "ServerBinding" in type(context["cursor"].cursor).__name__
        text = sql if connection.vendor == "postgresql" else sql.replace("%s", "?").replace("%%", "%")
        found.append(Sent(text, tuple(values or ()), is_kept))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(look_at):
        yield found


def floor(request: HttpRequest) -> HttpResponse:
    """The answers to those statements by a bare cursor, joined as text; each sent as the page sends it."""
    connection = connections[Router.using]
    connection.ensure_connection()
    usual: Any = connection.connection.cursor()
    with values_apart(connection):
        keeping: Any = connection.connection.cursor()
        parts: list[str] = []
        for one in statements:
            cursor = keeping if one.is_kept else usual
            cursor.execute(one.sql, one.values)
            parts += ["\t".join(map(str, row)) for row in cursor.fetchall()]
    usual.close()
    keeping.close()
    return HttpResponse("\n".join(parts))
