"""The forms of chasers: what the office sends, and which chasers a list shows."""

from collections.abc import Mapping
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import ChaserLevel
from measures.forms.days import DayField, DayForm, SureForm
from measures.forms.items import LongTextField
from measures.forms.widgets import Select
from measures.models import Checklist, Item
from measures.models.chasers import CHASED_AT_ONCE, CHASER_LIMIT
from measures.models.people import names_of_units
from measures.texts import REASON_LIMIT

CODES_LIMIT = CHASED_AT_ONCE * 20  # characters


class ChaserForm(SureForm):
    """What the office asks, how urgently and by when. `codes` are those of the items, parted by commas."""

    codes = forms.CharField(
        widget=forms.HiddenInput,
        max_length=CODES_LIMIT,
        error_messages={"required": _("Choose the items first: tick them in the list.")},
    )
    level = forms.ChoiceField(
        label=pgettext_lazy("chaser", "Level"), choices=ChaserLevel.choices, widget=Select
    )
    answer_by = DayField(label=_("Answer by"))
    text = LongTextField(
        label=pgettext_lazy("chaser", "What is asked"),
        max_length=CHASER_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        checklist: Checklist,
        today: date,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.checklist = checklist
        self.today = today

    def clean_codes(self) -> list[Item]:
        """The items of these codes, in the article's order."""
        codes = set(filter(None, (code.strip() for code in self.cleaned_data["codes"].split(","))))
        if len(codes) > CHASED_AT_ONCE:
            raise forms.ValidationError(_("Chase at most 1,000 items at once."))
        found = list(
            self.checklist.items.filter(measure__code__in=codes).select_related("measure", "owner").in_order()
        )
        if unknown := sorted(codes - {item.measure.code for item in found}):
            shown = ", ".join(unknown)[:REASON_LIMIT]
            raise forms.ValidationError(
                _("This checklist has no item with these codes: %(codes)s"), params={"codes": shown}
            )
        if not any(item.owner_id for item in found):
            raise forms.ValidationError(_("None of these items has a lead unit, so nobody can be chased."))
        return found

    def clean(self) -> None:
        super().clean()
        self.ask_about("answer_by", self.today)


class ChasersForm(DayForm):
    """Which chasers a list shows: those to one unit, those that wait; `as_of` a past day."""

    unit = forms.ChoiceField(label=_("Unit"), required=False, widget=Select)
    waiting = forms.BooleanField(label=_("Only those that wait for an answer"), required=False)

    def __init__(
        self, data: Mapping[str, object], *, checklist: Checklist, opened: date, today: date
    ) -> None:
        super().__init__(data, opened=opened, today=today)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        named = [(str(key), name) for key, name in names_of_units(checklist.pk)]
        unit.choices = [("", _("All units")), *named]
