"""What a bulletin is asked for, from an address: whose facts, its days, its title and whom it goes to."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.forms.days import UnitsForm
from measures.forms.widgets import Select
from measures.reports.bulletin import Over
from measures.reports.choice import Choice
from measures.views.report.choice_form import words_field


class BulletinForm(UnitsForm):
    """`over`, `as_of`, `start`, `closed`; `title`, `to` and `signed`, empty for what it says by itself.

    The period begins with the month unless told.
    """

    over = forms.ChoiceField(
        label=_("Facts of"),
        required=False,
        widget=Select,
        choices=[(one.value, one.label) for one in Over],
        error_messages={"invalid_choice": _("Choose one of the listed ones.")},
    )
    title = words_field(_("Title of the bulletin"))
    to = words_field(_("Addressee"))
    signed = words_field(_("Signed by"))

    def __init__(
        self, data: Mapping[str, object] | None, *, has_units: bool, opened: date, today: date
    ) -> None:
        super().__init__(data, opened=opened, today=today)
        self.has_units = has_units
        self.fields["start"].help_text = _("Left empty: the first of the month.")
        for name in ("over", "title", "to", "signed"):
            for attribute in ("min", "max"):
                self.fields[name].widget.attrs.pop(attribute, None)
        if not has_units:
            field = cast("forms.ChoiceField", self.fields["over"])
            field.choices = [(Over.OWNERS.value, Over.OWNERS.label)]

    @property
    def first(self) -> date:
        """The first day of the period."""
        return (self.is_valid() and self.cleaned_data["start"]) or self.day.replace(day=1)

    @property
    def over_which(self) -> Over:
        """What is asked for; without that the checklists below, if there are any."""
        chosen = self.is_valid() and self.cleaned_data["over"]
        return Over(chosen) if chosen else Over.UNITS if self.has_units else Over.OWNERS

    @property
    def choice(self) -> Choice:
        kept = self.cleaned_data
        return Choice(title=kept["title"], to=kept["to"], signed=kept["signed"])

    def placeholders(self, **usual: str) -> None:
        """Show in the empty fields what the bulletin says without them."""
        for name, text in usual.items():
            self.fields[name].widget.attrs["placeholder"] = text
