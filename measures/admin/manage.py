"""Checklists, their owners and their members: for superusers, and for those whose role manages them."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.admin.audited import AuditedAdmin
from measures.admin.desk import desk_of
from measures.choices import Audited, ChecklistStatus
from measures.forms.generic import ModelChoiceField, ModelForm
from measures.models import Checklist, Membership, Owner
from measures.models.audit import in_plain
from measures.rights.separation import refuse_second_post
from measures.texts import REASON_LIMIT


class ManagedAdmin[Row: Model](AuditedAdmin[Row]):
    """Shows and changes only rows of the checklists that the user manages."""

    checklist_key = "checklist_id"
    change_form_template = "admin/measures/managed_row.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Row]:
        everything = super().get_queryset(request)
        return everything.filter(**{f"{self.checklist_key}__in": desk_of(request).managed().values("pk")})

    def _manages(self, request: HttpRequest, obj: Model | None) -> bool:
        desk = desk_of(request)
        return desk.manages_anything() if obj is None else desk.manages(getattr(obj, self.checklist_key))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff and self._manages(request, None)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_staff and self._manages(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelChoiceField[Model] | None":
        if db_field.name == "checklist":
            kwargs["queryset"] = desk_of(request).managed()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class FixedOnceMade[Row: Model](ModelForm[Row]):
    """A form some of whose fields are chosen when the row is made, and stay.

    They are disabled, not left out: a constraint that uses a field missing from its form goes unchecked.
    """

    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in self.fixed:
                if name in self.fields:
                    self.fields[name].disabled = True


MOVED_OR_TURNED = ("parent", "status")


class ChecklistForm(FixedOnceMade[Checklist]):
    """A checklist; moving, closing or reopening it needs a reason, as on the page of units below."""

    fixed = ("slug", "catalogue")
    reason = forms.CharField(
        label=pgettext_lazy("of an act", "Reason"),
        max_length=REASON_LIMIT,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("The reason for moving, closing or reopening it. The audit trail records it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "status" not in self.fields:
            del self.fields["reason"]

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        turned = any(name in self.changed_data for name in MOVED_OR_TURNED)
        if "reason" in cleaned and turned and not cleaned["reason"]:
            self.add_error(
                "reason", _("Give a reason. Moving, closing and reopening a checklist require one.")
            )
        elif cleaned.get("reason") and not turned:
            self.add_error("reason", _("Nothing was moved, closed or reopened: clear the reason."))


@admin.register(Checklist)
class ChecklistAdmin(ManagedAdmin[Checklist]):
    form = ChecklistForm
    audited = Audited.CHECKLIST_CHANGED
    checklist_key = "pk"
    list_display = ["name", "slug", "catalogue", "parent", "period", "status", "opened_at"]
    list_filter = ["status", "catalogue"]
    list_select_related = ["catalogue", "parent"]
    search_fields = ["name", "slug", "period"]
    readonly_fields = ["opened_at"]

    def get_fields(self, request: HttpRequest, obj: Checklist | None = None) -> Any:
        if obj is None:
            return ["name", "slug", "catalogue", "parent", "period", "requires_two_factor"]
        why = ["reason"] if desk_of(request).tends(obj) else []
        place = ["name", "slug", "catalogue", "parent", "period", "status"]
        return [*place, *why, "requires_two_factor", "opened_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Checklist | None = None) -> Any:
        """Place and status belong to the checklist above; at the top, to superusers."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if obj is None or desk_of(request).tends(obj) else [*fixed, *MOVED_OR_TURNED]

    def view_on_site(self, checklist: Checklist) -> str:
        return checklist.get_absolute_url()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new checklist has no members yet who could open it."""
        return request.user.is_staff and request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_form(
        self, request: HttpRequest, obj: Checklist | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj and "parent" in form.base_fields:
            parent = form.base_fields["parent"]
            assert isinstance(parent, forms.ModelChoiceField)
            # The present parent may not be one of the user's own; it must stay possible to keep it.
            kept = Checklist.objects.filter(pk=obj.parent_id or 0)
            parent.queryset = (desk_of(request).new_parents() | kept).exclude(pk=obj.pk)
            parent.required = not desk_of(request).user.is_superuser
        return form

    def save_model(
        self, request: HttpRequest, obj: Checklist, form: "forms.ModelForm[Checklist]", change: bool
    ) -> None:
        by, at = cast(User, request.user), timezone.now()
        if not change:
            obj.open(at=at, by=by)
            return
        super().save_model(request, obj, form, change)
        moved_or_turned = [name for name in MOVED_OR_TURNED if name in form.changed_data]
        reason = form.cleaned_data.get("reason", "")
        if "parent" in moved_or_turned:
            obj.move(obj.parent, at=at, by=by, reason=reason)
        if "status" in moved_or_turned:
            obj.turn(ChecklistStatus(obj.status), at=at, by=by, reason=reason)
        # Both have recorded themselves.
        now = in_plain(obj)
        request.audit_before |= {name: now[name] for name in (*moved_or_turned, "path")}  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Checklist, message: object) -> LogEntry:
        """Opening a checklist records itself."""
        return admin.ModelAdmin.log_addition(self, request, obj, message)


class OwnerForm(FixedOnceMade[Owner]):
    fixed = ("checklist",)


@admin.register(Owner)
class OwnerAdmin(ManagedAdmin[Owner]):
    form = OwnerForm
    audited = Audited.OWNER_CHANGED
    list_display = ["name", "checklist", "leader", "contact", "phone"]
    list_filter = [("checklist", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["checklist"]
    search_fields = ["name", "leader", "contact"]
    fields = ["checklist", "name", "leader", "contact", "phone"]


class NamedWithChecklist(ModelChoiceField[Owner]):
    """Owners of several checklists in one list: names alone would be ambiguous."""

    def label_from_instance(self, obj: Owner) -> str:
        return f"{obj.checklist} – {obj.name}"


class MembershipForm(FixedOnceMade[Membership]):
    fixed = ("user", "checklist")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A new membership that was sent with another checklist's owner keeps all in view:
        # the model's own check then says what is wrong.
        known = self.instance.checklist_id or (not self.is_bound and self.initial.get("checklist"))
        if "owner" in self.fields and str(known).isdigit():
            owner = self.fields["owner"]
            assert isinstance(owner, forms.ModelChoiceField)
            assert owner.queryset is not None
            owner.queryset = owner.queryset.filter(checklist=known)

    def clean(self) -> None:
        super().clean()
        user, checklist, role = (self.cleaned_data.get(name) for name in ("user", "checklist", "role"))
        if user and checklist and role and ("role" in self.changed_data or self.instance._state.adding):
            try:
                refuse_second_post(user, role=role, checklist=checklist)
            except forms.ValidationError as error:
                self.add_error("role", error)


@admin.register(Membership)
class MembershipAdmin(ManagedAdmin[Membership]):
    form = MembershipForm
    audited = Audited.MEMBERSHIP_CHANGED
    list_display = ["user", "checklist", "role", "owner"]
    list_filter = [("checklist", admin.RelatedOnlyFieldListFilter), "role"]
    list_select_related = ["user", "checklist", "owner"]
    search_fields = ["user__username", "user__first_name", "user__last_name", "owner__name"]
    fields = ["user", "checklist", "role", "owner"]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> "forms.ModelChoiceField[Model] | None":
        if db_field.name == "owner":
            managed = desk_of(request).managed().values("pk")
            kwargs |= {
                "queryset": Owner.objects.filter(checklist__in=managed).select_related("checklist"),
                "form_class": NamedWithChecklist,
                "empty_label": _("Nobody"),
            }
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
