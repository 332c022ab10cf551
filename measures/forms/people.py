"""Units of a checklist, its members, and people who are invited."""

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import Role
from measures.forms.accounts import NameField
from measures.forms.generic import ModelForm
from measures.models import Checklist, Invitation, Membership, Owner
from measures.models.accounts import NAME_LENGTH
from measures.models.invitations import PERSON_LIMIT
from measures.models.people import names_of_units, person_name
from measures.rights.separation import refuse_second_post

# The same words if there is no such account and if there is one that cannot be added: they tell nothing.
NOT_HERE = _("No account with this name can be added here. Check the spelling, or ask your account manager.")
NOT_NEW = _("This account name cannot be used. Choose another one, or ask your account manager.")
NOT_BOTH = _("This account cannot have this role. Ask your account manager.")
UNIT_NEEDED = _("Choose the unit that the editor acts for.")
NO_UNIT_NEEDED = _("Only editors act for a unit. Leave this empty.")


class UnitForm(ModelForm[Owner]):
    """A unit of a checklist, new or changed."""

    class Meta:
        model = Owner
        fields = ("name", "leader", "contact", "phone")

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        unit = self.instance
        if Owner.objects.filter(checklist=unit.checklist_id, name=name).exclude(pk=unit.pk).exists():
            raise forms.ValidationError(_("This checklist already has an owner with this name."))
        return name


class RoleForm(forms.Form):
    """A role in a checklist, and for an editor the unit that they act for."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)
    unit: "forms.ModelChoiceField[Owner]" = forms.ModelChoiceField(
        Owner.objects.none(),
        label=_("Acts for"),
        required=False,
        empty_label="–",
        help_text=_("For editors: their unit."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        checklist: Checklist,
        initial: dict[str, object] | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, initial=initial, prefix=prefix)
        self.checklist = checklist
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        unit.queryset = checklist.owners.all()
        unit.choices = lambda: [("", "–"), *names_of_units(checklist.pk)]

    def clean(self) -> None:
        super().clean()
        if "role" not in self.cleaned_data or "unit" not in self.cleaned_data:
            return
        is_editor = self.cleaned_data["role"] == Role.EDITOR
        if is_editor != bool(self.cleaned_data["unit"]):
            self.add_error("unit", UNIT_NEEDED if is_editor else NO_UNIT_NEEDED)


def refused_post(user: User, role: str, checklist: Checklist) -> bool:
    """Whether the profile keeps this account from using this role."""
    try:
        refuse_second_post(user, role=role, checklist=checklist)
    except forms.ValidationError:
        return True
    return False


def account_to_add(name: str, role: str, checklist: Checklist) -> User | None:
    """The account with exactly this name, if it may get this role.

    Superusers are added in the admin. An account that was made for another checklist belongs to that one
    alone until its owner has signed in: its administrators can still make a link for it.
    """
    user = User.objects.filter(username=name, is_active=True, is_superuser=False, invitation=None).first()
    return user if user and not refused_post(user, role, checklist) else None


class AddMemberForm(RoleForm):
    """An account that exists, by its exact name."""

    account = NameField(
        label=_("Account name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Exactly as the person signs in."),
    )
    field_order = ("account", "role", "unit")
    user: User | None = None

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        name = cleaned.get("account")
        if not name or self.errors:
            return
        if self.checklist.memberships.filter(user__username=name).exists():
            self.add_error("account", _("This account is already a member of this checklist."))
            return
        self.user = account_to_add(name, cleaned["role"], self.checklist)
        if self.user is None:
            self.add_error("account", NOT_HERE)

    def membership(self) -> Membership:
        """The new membership, not yet saved."""
        cleaned = self.cleaned_data
        assert self.user
        return Membership(
            user=self.user, checklist=self.checklist, role=cleaned["role"], owner=cleaned["unit"]
        )


class InviteForm(RoleForm):
    """A person without an account."""

    person = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=PERSON_LIMIT)
    account = NameField(
        label=_("New account name"),
        max_length=NAME_LENGTH,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The person signs in with it. Letters, digits and @ . + - _ only."),
    )
    field_order = ("person", "account", "role", "unit")

    def clean_account(self) -> str:
        name = str(self.cleaned_data["account"])
        if self.checklist.invitations.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This account name is already among the invitations."))
        return name

    def invitation(self) -> Invitation:
        """The new invitation, not yet saved."""
        cleaned = self.cleaned_data
        return Invitation(
            checklist=self.checklist,
            username=cleaned["account"],
            person=" ".join(cleaned["person"].split()),
            role=cleaned["role"],
            owner=cleaned["unit"],
        )


class MemberForm(RoleForm):
    """Another role or unit of a member."""

    def __init__(self, data: QueryDict | None = None, *, member: Membership) -> None:
        super().__init__(
            data, checklist=member.checklist, initial={"role": member.role, "unit": member.owner_id}
        )
        self.member = member

    def clean(self) -> None:
        super().clean()
        role = self.cleaned_data.get("role")
        if role and role != self.member.role and refused_post(self.member.user, role, self.checklist):
            self.add_error("role", NOT_BOTH)

    def changed(self) -> Membership:
        """The membership with what was chosen, not yet saved."""
        member, cleaned = self.member, self.cleaned_data
        return Membership(
            pk=member.pk,
            user=member.user,
            checklist=member.checklist,
            role=cleaned["role"],
            owner=cleaned["unit"],
        )


class LeaverForm(forms.Form):
    """What is done when a member has left."""

    to: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Shared views go to"),
        required=False,
        empty_label="–",
        help_text=_("Another member of this checklist. Left empty, the views stay as they are."),
    )
    disables = forms.BooleanField(
        label=_("Disable the account"),
        required=False,
        help_text=_("Only if no other role is left. It can no longer sign in."),
    )

    def __init__(self, data: QueryDict | None = None, *, member: Membership, offers_disabling: bool) -> None:
        super().__init__(data)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        others = User.objects.filter(memberships__checklist=member.checklist_id, is_active=True)
        to.queryset = others.exclude(pk=member.user_id).order_by("username")
        to.label_from_instance = person_name  # type: ignore[assignment]
        if not offers_disabling:
            del self.fields["disables"]
