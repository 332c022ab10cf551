"""Beside list and files: django-tables2 in its own template with django-filter, django-import-export, csv."""

import csv
from collections.abc import Iterator
from typing import Any

import django_filters
import django_tables2
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template import engines
from import_export import resources
from import_export.fields import Field

from bench.settings import Router
from measures.models import Item

COLUMNS = ("checklist__name", "measure__code", "measure__title", "status", "owner__name", "due", "updated_at")
PAGE = "{% load django_tables2 %}<form>{{ filter.form.as_p }}</form>{% render_table table %}"


class PeerTable(django_tables2.Table):
    class Meta:
        model = Item
        template_name = "django_tables2/table.html"
        fields = (
            "measure__code",
            "measure__title",
            "measure__section",
            "status",
            "owner",
            "due",
            "updated_at",
        )


class PeerFilter(django_filters.FilterSet):
    class Meta:
        model = Item
        fields = ("checklist", "pillar", "status", "due")


def tables(request: HttpRequest) -> HttpResponse:
    """The list as django-tables2's documentation has it."""
    items = Item.objects.select_related("measure__section", "owner")
    found = PeerFilter(request.GET, queryset=items)
    # A field of 2,600 options is nobody's idea of a filter.
    if "checklist" not in request.GET:
        del found.form.fields["checklist"]
    table = PeerTable(found.qs)
    django_tables2.RequestConfig(request, paginate={"per_page": 50}).configure(table)
    page: Any = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"table": table, "filter": found}, request))


class ItemResource(resources.ModelResource):
    class Meta:
        model = Item
        fields = COLUMNS

    checklist__name = Field("checklist__name")
    measure__code = Field("measure__code")
    measure__title = Field("measure__title")
    owner__name = Field("owner__name")


def import_export_csv(request: HttpRequest) -> HttpResponse:
    """All items by django-import-export."""
    items = Item.objects.select_related("checklist", "measure", "owner").order_by("pk")
    return HttpResponse(ItemResource().export(items).csv, content_type="text/csv")


def floor_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows of our own file by a bare cursor into csv.writer, a thousand at a time."""
    return StreamingHttpResponse(_bare_rows(), content_type="text/csv")


def _bare_rows() -> Iterator[str]:
    from measures.ledger.facts import lookups

    class Echo:
        def write(self, text: str) -> str:
            return text

    writer: Any = csv.writer(Echo())
    names = ("checklist__name", "measure__code", "status", "owner__name", "due", "updated_at")
    section = [name for name in lookups() if "section" in name or ("title" in name and "pillar" not in name)]
    sql, parameters = Item.objects.order_by("pk").values_list(*names, *section).query.sql_with_params()
    connection = connections[Router.using]
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with connection.connection.transaction(), connection.connection.cursor(name="bare") as cursor:
            cursor.execute(sql, parameters)
            while rows := cursor.fetchmany(1000):
                yield "".join([writer.writerow(row) for row in rows])
    else:
        cursor = connection.connection.execute(sql.replace("%s", "?"), parameters)
        while rows := cursor.fetchmany(1000):
            yield "".join([writer.writerow(row) for row in rows])
