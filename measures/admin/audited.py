"""What is made, changed or deleted in the admin, for the audit trail, in the transaction that does it."""

from typing import Any, cast

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from measures.admin.base import LedgerAdmin
from measures.choices import Audited
from measures.models import Checklist, audit
from measures.models.audit import hold_the_chain, in_plain, only_differing


class AuditedAdmin(LedgerAdmin):
    """Records what is added, changed and deleted, with the fields before and after, by Django's log hooks."""

    audited: Audited

    def record(self, request: HttpRequest, obj: Any, *, before: Any = None, after: Any = None) -> None:
        """Add one record about this row."""
        audit(
            self.audited,
            by=cast(User, request.user),
            at=timezone.now(),
            checklist=obj if isinstance(obj, Checklist) else getattr(obj, "checklist", None),
            about=obj,
            before=before,
            after=after,
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        hold_the_chain()  # before the row's own lock
        if change:
            request.audit_before = in_plain(type(obj)._base_manager.get(pk=obj.pk))  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        self.record(request, obj, after=in_plain(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        before, after = only_differing(getattr(request, "audit_before", {}), in_plain(obj))
        if before or after:
            self.record(request, obj, before=before, after=after)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Django calls it just before it deletes."""
        for obj in queryset:
            self.record(request, obj, before=in_plain(obj))
        return super().log_deletions(request, queryset)

    @transaction.atomic
    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """One transaction: a deletion that fails leaves no record of itself."""
        return super().response_action(request, queryset, *args, **kwargs)
