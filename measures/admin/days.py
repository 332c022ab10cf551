"""The site's calendar of holidays and working days, for those who run the site."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from measures.admin.audited import AuditedAdmin
from measures.choices import Audited
from measures.models import SpecialDay


@admin.register(SpecialDay)
class SpecialDayAdmin(AuditedAdmin[SpecialDay]):
    audited = Audited.DAY_CHANGED
    list_display = ["day", "is_worked", "name"]
    list_filter = ["is_worked"]
    search_fields = ["name"]
    date_hierarchy = "day"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request)
