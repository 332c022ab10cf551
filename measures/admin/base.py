"""The base of every class in the admin: it accepts only the lookups that its own pages send."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path, get_model_from_relation
from django.core.exceptions import BadRequest, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse

from measures.forms.generic import Parametrized

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
else:

    class ModelAdmin(Parametrized, admin.ModelAdmin):
        pass

    class TabularInline(Parametrized, admin.TabularInline):
        pass


VALUES_LIMIT = 100  # of one name in an address; the filters send one or a few
SEARCHED_BY = {"^": "istartswith", "=": "iexact", "@": "search"}


class LedgerAdmin[Row: models.Model](ModelAdmin[Row]):
    """Finds rows by its filters, its search fields and its hierarchy of dates; anything else is a 400.

    Django lets an address ask about every field of the model, and about the key of every related row: whether
    the list is empty then tells something about rows that are nobody's to see here.
    """

    def lookup_allowed(self, lookup: str, value: object, request: HttpRequest) -> bool:
        return lookup in self.lookups(request)

    def lookups(self, request: HttpRequest) -> set[str]:
        """The names in an address that find rows."""
        found = {asked_by_search(name) for name in self.get_search_fields(request)}
        if self.date_hierarchy:
            found |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        for listed in self.get_list_filter(request):
            if isinstance(listed, type) and issubclass(listed, admin.SimpleListFilter):
                found.add(str(listed.parameter_name))
            else:
                path = listed[0] if isinstance(listed, (list, tuple)) else listed
                found |= asked_by_filter(self.model, str(path))
        return found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """As Django's, with a 400 where it fails: on a thousand values, or on keys that cannot exist."""
        if any(len(values) > VALUES_LIMIT for _name, values in request.GET.lists()):
            raise BadRequest("The admin takes no more values than its filters send.")
        try:
            for key in request.POST.getlist("_selected_action"):
                self.model._meta.pk.clean(key, None)
        except ValidationError as error:
            raise BadRequest("Keys were selected that cannot be.") from error
        return super().changelist_view(request, extra_context)


def asked_by_search(name: str) -> str:
    """name → name__icontains, ^code → code__istartswith: what the search box asks of a field."""
    ending = SEARCHED_BY.get(name[0])
    return f"{name[1:]}__{ending}" if ending else f"{name}__icontains"


def asked_by_filter(model: type[models.Model], path: str) -> set[str]:
    """What Django's filters send for the field at this path."""
    field = get_fields_from_path(model, path)[-1]
    asked = {path, f"{path}__exact", f"{path}__isnull"}
    if field.is_relation:
        asked.add(f"{path}__{get_model_from_relation(field)._meta.pk.name}__exact")
    if isinstance(field, models.DateField):
        asked |= {f"{path}__gte", f"{path}__lt"}
    return asked
