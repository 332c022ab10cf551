"""What people fill in on the pages of reporting periods."""

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import PeriodKind
from measures.forms.days import EARLIEST_YEAR, LATEST_YEAR, DayField
from measures.forms.generic import ModelForm
from measures.forms.widgets import DateInput
from measures.models import FrozenReport, Period
from measures.texts import REASON_LIMIT

NOW = "now"
BY_RULE = [(kind.value, kind.label) for kind in (PeriodKind.MONTH, PeriodKind.QUARTER)]


class MakePeriodsForm(forms.Form):
    """All months or quarters of a year."""

    kind = forms.ChoiceField(label=_("Periods"), choices=BY_RULE)
    year = forms.IntegerField(label=_("Year"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)


class PeriodForm(ModelForm[Period]):
    """The days of one period. The instance brings its checklist and kind."""

    class Meta:
        model = Period
        fields = ("starts", "ends")
        field_classes = {"starts": DayField, "ends": DayField}
        widgets = {"starts": DateInput, "ends": DateInput}


class StepForm(forms.Form):
    """A step of a period: which one its user saw last, and what they say."""

    step = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    remark = forms.CharField(
        label=_("Remark"), max_length=REASON_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def seen(self) -> int:
        """The step that the user saw last."""
        return int(self.cleaned_data["step"])

    @property
    def said(self) -> str:
        return str(self.cleaned_data["remark"])

    def must_say_why(self) -> None:
        """Draw the remark as one that is required."""
        self.fields["remark"].required = True
        self.fields["remark"].help_text = _("Required: say why something is missing.")

    def again(self, period: Period) -> Self:
        """The same words, for the period as it is now."""
        return type(self)({"remark": self.data.get("remark", ""), "step": period.step})


class ReasonForm(StepForm):
    """A step that must say why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].label = pgettext_lazy("of an act", "Reason")
        self.fields["remark"].required = True
        self.fields["remark"].error_messages["required"] = _(
            "Give a reason. The people concerned will read it."
        )


class CompareForm(forms.Form):
    """Two reports of a checklist, by their keys; NOW for the state today."""

    a = forms.ChoiceField(label=_("Earlier report"))
    b = forms.ChoiceField(label=_("Later report"))

    def __init__(self, *args: Any, frozen: Iterable[FrozenReport], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = {NOW: str(_("Today")), **{str(report.pk): str(report) for report in frozen}}
        for side in (self.fields["a"], self.fields["b"]):
            assert isinstance(side, forms.ChoiceField)
            side.choices = list(self.choices.items())

    def names(self) -> list[str]:
        """What the two chosen are called."""
        return [self.choices[self.cleaned_data[side]] for side in ("a", "b")]
