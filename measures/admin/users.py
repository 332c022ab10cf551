"""Users: made without a password, let in by a one-time link, disabled when they leave, and never deleted."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.admin.audited import AuditedAdmin, in_one_transaction
from measures.choices import Audited
from measures.forms.generic import ModelForm, ModelMultipleChoiceField, UserChangeForm
from measures.models import Account, Invitation, Session, audit, forget_second_factor
from measures.models.managing import MANAGING
from measures.models.people import person_name
from measures.rights.posts import Post, are_enforced, post_of_account, security_administrators
from measures.rights.separation import refuse_post_beside_roles

# Its page would show the keys of people's phones.
admin.site.unregister(TOTPDevice)
# Roles come from memberships; the account's page has its other permissions.
admin.site.unregister(Group)
admin.site.unregister(User)


if TYPE_CHECKING:
    DjangosUserAdmin = auth_admin.UserAdmin[User]
else:
    DjangosUserAdmin = auth_admin.UserAdmin  # which takes no parameter when the code runs

NAMES = ("username", "last_name", "first_name")
POSTS = ("is_staff", "is_superuser", "user_permissions")


class NewUserForm(ModelForm[User]):
    """Who it is; the password is theirs to choose."""

    class Meta:
        model = User
        fields = ("username", "last_name", "first_name", "is_staff")
        field_classes = {"username": UsernameField}

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(
                _("A user with this name already exists, perhaps in different upper or lower case.")
            )
        return name


RIGHTS = {
    "add_user": gettext_lazy("make accounts"),
    "change_user": gettext_lazy("change and disable accounts, give links"),
    "view_user": gettext_lazy("see accounts"),
}


class RightsField(ModelMultipleChoiceField[Permission]):
    """Readable labels for the three permissions that this site uses; roles come from memberships."""

    def label_from_instance(self, obj: Permission) -> str:
        return str(RIGHTS[obj.codename])


class UserForm(UserChangeForm[User]):
    """As Django's; it gives no post to who has one that does not go with it (`mlps`)."""

    user_permissions = RightsField(
        queryset=Permission.objects.filter(content_type__app_label="auth", codename__in=RIGHTS),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=gettext_lazy("Other people's accounts"),
        help_text=gettext_lazy(
            "A user with these permissions and staff status manages accounts, as a security administrator."
        ),
    )

    def clean(self) -> None:
        super().clean()
        post = self._post_asked_for()
        if post and post != post_of_account(User.objects.get(pk=self.instance.pk)):
            try:
                refuse_post_beside_roles(self.instance, post)
            except forms.ValidationError as error:
                self.add_error("is_superuser" if post == Post.SYSTEM else "user_permissions", error)

    def _post_asked_for(self) -> Post | None:
        cleaned = self.cleaned_data
        if cleaned.get("is_superuser"):
            return Post.SYSTEM
        rights = cleaned.get("user_permissions", ())
        managing = any(f"{right.content_type.app_label}.{right.codename}" in MANAGING for right in rights)
        return Post.SECURITY if managing and cleaned.get("is_staff") else None


@admin.register(User)
class UserAdmin(AuditedAdmin[User], DjangosUserAdmin):
    audited = Audited.USER_CHANGED
    form = UserForm
    add_form = NewUserForm
    add_form_template = "admin/change_form.html"
    add_fieldsets = ((None, {"fields": NewUserForm.Meta.fields}),)
    change_form_template = "admin/users/change_form.html"
    list_display = ("username", "full_name", "email", "is_staff")
    # When somebody came and was last here is a fact, and nobody's to write.
    readonly_fields = ("last_login", "date_joined")

    class Media:
        css = {"all": ["measures/admin.css"]}

    @admin.display(description=pgettext_lazy("person", "Name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return person_name(user) if user.get_full_name() else ""

    def get_urls(self) -> list[URLPattern]:
        staff = self.admin_site.admin_view
        return [
            path("<int:pk>/link/", staff(self.new_link), name="user-link"),
            path("<int:pk>/no-second-factor/", staff(self.no_second_factor), name="user-no-second-factor"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody: what a user did stays theirs. Who has left is disabled."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.looks_after(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only a superuser changes a superuser; else a link would make anybody one."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or bool(request.user.is_superuser))

    def looks_after(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whether the user manages this account, or accounts at all.

        A superuser does so until somebody else does (`mlps`); from then on they give posts, and no more.
        """
        if not request.user.is_superuser:
            return obj is None or not obj.is_superuser
        own = obj is not None and obj.is_superuser
        return own or not are_enforced() or not security_administrators().exists()

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return super().get_fieldsets(request, obj)
        if not self.looks_after(request, obj):
            return ((None, {"fields": NAMES}), (_("Permissions"), {"fields": POSTS}))
        names, person, rights, *rest = super().get_fieldsets(request, obj)
        if obj.pk == request.user.pk:
            names = (names[0], {"fields": ("username",)})  # without the button to set the password
        return (names, person, (rights[0], {"fields": ("is_active", *POSTS)}), *rest)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Nobody but a superuser hands out rights of the admin."""
        fixed = super().get_readonly_fields(request, obj)
        if not request.user.is_superuser:
            return (*fixed, "is_superuser", "groups", "user_permissions")
        return fixed if obj is None or self.looks_after(request, obj) else (*fixed, *NAMES)

    def save_model(
        self, request: HttpRequest, obj: User, form: "forms.ModelForm[User]", change: bool
    ) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            Session.objects.filter(user=obj).delete()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, object], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        user = context["original"]
        shown = isinstance(user, User) and user.pk != request.user.pk and self.looks_after(request, user)
        context["has_buttons"] = shown
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._link_page(request, obj)

    @in_one_transaction
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """As Django's, for somebody else; a password that somebody else has set must be changed."""
        user = self._looked_after(request, unquote(id))
        if user.pk == request.user.pk:
            return self._led_to_own_page(request, "password")
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            Account.objects.filter(user=user).update(must_change_password=True)
        return response

    def _led_to_own_page(self, request: HttpRequest, name: str) -> HttpResponse:
        """Redirect to the user's own page, which asks for the old password or a code."""
        self.message_user(request, _("Change your own password and second factor here."), messages.WARNING)
        return redirect(name)

    def log_change(self, request: HttpRequest, obj: User, message: object) -> LogEntry:
        if not hasattr(request, "audit_before"):  # Django's page for another's password
            return self._told(request, obj, Audited.PASSWORD_CHANGED, message)
        return super().log_change(request, obj, message)

    def _told(self, request: HttpRequest, user: User, action: Audited, message: object) -> LogEntry:
        """What was done about an account, for the audit trail and for the admin's own log."""
        audit(action, by=cast(User, request.user), at=timezone.now(), about=user.get_username())
        return admin.ModelAdmin.log_change(self, request, user, message)

    @in_one_transaction
    def new_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A one-time link for a user who forgot their password. The old one, older links and sessions end."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = self._looked_after(request, str(pk))
        if user.pk == request.user.pk:
            return self._led_to_own_page(request, "password")
        user.set_unusable_password()
        user.save(update_fields=["password"])
        Session.objects.filter(user=user).delete()
        Invitation.objects.filter(user=user).delete()
        self._told(request, user, Audited.LINK_GIVEN, "one-time link")
        return self._link_page(request, user)

    @in_one_transaction
    def no_second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For who has lost their phone and their recovery codes."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        user = self._looked_after(request, str(pk))
        if user.pk == request.user.pk:
            return self._led_to_own_page(request, "two-factor")
        forget_second_factor(user)
        Session.objects.filter(user=user).delete()
        self._told(request, user, Audited.SECOND_FACTOR, "second factor taken away")
        self.message_user(request, _("Removed. The next sign-in asks only for the password."))
        return redirect("admin:auth_user_change", pk)

    def _looked_after(self, request: HttpRequest, key: str) -> User:
        """Return the user of this key, for users who manage the account; 403 for others."""
        user = self.get_object(request, key)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        if not self.looks_after(request, user):
            raise PermissionDenied
        return user

    def _link_page(self, request: HttpRequest, user: User) -> HttpResponse:
        key = urlsafe_base64_encode(force_bytes(user.pk))
        address = reverse("first-password", args=[key, default_token_generator.make_token(user)])
        context = self.admin_site.each_context(request) | {
            "title": _("One-time link"),
            "opts": self.opts,
            "original": user,
            "link": request.build_absolute_uri(address),
        }
        return render(request, "admin/users/link.html", context)
