"""The journal of an item on its page in the admin."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from measures.admin.base import TabularInline
from measures.models import Item, Update
from measures.models.people import names_of
from measures.models.state import FIELDS, State
from measures.querysets.append_only import UpdateQuerySet

# Cooperating units are chosen in the app; here they are shown.
SHOWN_FIELDS = tuple(one.name if one.is_column else f"{one.name}_units" for one in FIELDS)
JOURNAL_FIELDS = ("at", "by_name", "via", *SHOWN_FIELDS, "reason")


class ShowsUnits:
    """Shows the cooperating units of an item or update."""

    @admin.display(description=_("Cooperating units"))
    def cooperating_units(self, row: State) -> str:
        return names_of(row.cooperating)


class JournalInline(ShowsUnits, TabularInline[Update, Item]):
    """The item's updates, newest first, to read."""

    model = Update
    template = "admin/measures/item/journal.html"
    verbose_name_plural = _("Journal")
    fields = JOURNAL_FIELDS
    # Fields to read, not fields that happen to be disabled: a forged form would list all owners there are.
    readonly_fields = JOURNAL_FIELDS
    ordering = ["-at", "-id"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Update]:
        found = super().get_queryset(request)
        assert isinstance(found, UpdateQuerySet)
        return found.with_state()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True  # to those who open the item

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
