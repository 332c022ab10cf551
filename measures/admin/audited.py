"""What is made, changed or deleted in the admin, for the audit trail, in the transaction that does it."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import wraps
from typing import cast

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from measures.admin.base import LedgerAdmin
from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Checklist, audit
from measures.models.audit import in_plain, only_differing


def in_one_transaction[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """A view of the admin whose POST is one transaction: what its forms check stays true until it ends."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        request = cast(HttpRequest, args[1])
        with audited_transaction() if request.method == "POST" else nullcontext():
            return view(*args, **kwargs)

    return answer


class OneTransactionAdmin[Row: Model](LedgerAdmin[Row]):
    changeform_view = in_one_transaction(LedgerAdmin.changeform_view)
    changelist_view = in_one_transaction(LedgerAdmin.changelist_view)
    delete_view = in_one_transaction(LedgerAdmin.delete_view)


class AuditedAdmin[Row: Model](OneTransactionAdmin[Row]):
    """Records what is added, changed and deleted, with the fields before and after, by Django's log hooks."""

    audited: Audited

    def record(
        self,
        request: HttpRequest,
        obj: Row,
        *,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
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

    def save_model(self, request: HttpRequest, obj: Row, form: "forms.ModelForm[Row]", change: bool) -> None:
        if change:
            request.audit_before = in_plain(type(obj)._base_manager.get(pk=obj.pk))  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: Row, message: object) -> LogEntry:
        self.record(request, obj, after=in_plain(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Row, message: object) -> LogEntry:
        before, after = only_differing(getattr(request, "audit_before", {}), in_plain(obj))
        if before or after:
            self.record(request, obj, before=before, after=after)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Row]) -> list[LogEntry]:
        """Django calls it just before it deletes."""
        for obj in queryset:
            self.record(request, obj, before=in_plain(obj))
        return super().log_deletions(request, queryset)
