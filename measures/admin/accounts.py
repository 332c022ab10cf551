"""Accounts: for superusers, and for security administrators, who are staff with rights on users.

An account is disabled, never deleted: its name stands in journals. A security administrator makes no
superuser, touches none, and hands out no rights of Django's own.
"""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from measures.admin.audited import AuditedAdmin
from measures.choices import Audited
from measures.models import audit

# Roles come from memberships; what else an account may do stands on its own page.
admin.site.unregister(Group)
admin.site.unregister(User)

OPERATORS_ONLY = ("is_superuser", "groups", "user_permissions")


@admin.register(User)
class AccountAdmin(AuditedAdmin, UserAdmin):
    audited = Audited.USER_CHANGED

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else [*fixed, *OPERATORS_ONLY]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        return super().user_change_password(request, id, form_url)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        if not hasattr(request, "audit_before"):  # Django's page for another's password
            by = cast(User, request.user)
            audit(Audited.PASSWORD_CHANGED, by=by, at=timezone.now(), about=obj.get_username())
            return admin.ModelAdmin.log_change(self, request, obj, message)
        return super().log_change(request, obj, message)
