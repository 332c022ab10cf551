"""Forms to hand measures down, to correct and withdraw what was handed down, and to answer it."""

from collections.abc import Mapping, Sequence
from datetime import date

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import ChecklistStatus
from measures.forms.days import DayField, SureForm
from measures.models import Checklist, Terms
from measures.models.assignment_steps import TEXT_LIMIT
from measures.texts import REASON_LIMIT, one_line_break


class TermsForm(SureForm):
    """What is asked, and by when."""

    due = DayField(label=_("Due"))
    text = forms.CharField(
        label=_("What is asked"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Each unit sees it on its item, with the due date."),
    )

    def __init__(
        self, data: Mapping[str, object] | None, *, today: date, initial: dict[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.today = today

    def clean_text(self) -> str:
        return one_line_break(self.cleaned_data["text"])


class HandDownForm(TermsForm):
    """To whom, by when, and what is asked."""

    to = forms.ModelMultipleChoiceField(
        Checklist.objects.none(),
        label=pgettext_lazy("hand down", "Units"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, data: Mapping[str, object] | None, *, checklist: Checklist, today: date, due: date | None
    ) -> None:
        super().__init__(data, today=today, initial={"due": due})
        to = self.fields["to"]
        assert isinstance(to, forms.ModelMultipleChoiceField)
        open_ones = Checklist.objects.filter(parent=checklist, status=ChecklistStatus.OPEN)
        to.queryset = open_ones.filter(catalogue=checklist.catalogue_id).order_by("path")
        self.initial.setdefault("to", to.queryset)

    def clean(self) -> None:
        super().clean()
        self.ask_about("due", self.today)


class CorrectAssignmentForm(TermsForm):
    """What is asked instead, and why. `terms` are those to be corrected."""

    reason = forms.CharField(
        label=_("Reason for correcting it"),
        max_length=REASON_LIMIT,
        help_text=_("Each unit sees it on its item."),
    )

    def __init__(self, data: Mapping[str, object] | None, *, terms: Terms, today: date) -> None:
        super().__init__(data, today=today, initial={"due": terms.due, "text": terms.text})
        self.terms = terms

    def clean_text(self) -> str:
        text = super().clean_text()
        return self.terms.text if text == one_line_break(self.terms.text) else text

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("due") != self.terms.due:
            self.ask_about("due", self.today)
        elif self.cleaned_data.get("text") == self.terms.text:
            self.add_error(None, _("Nothing has been changed. Correct the due date or the text."))


class WithdrawAssignmentForm(forms.Form):
    """From which units an assignment is withdrawn, and why."""

    of = forms.ModelMultipleChoiceField(
        Checklist.objects.none(),
        label=_("Withdraw it from"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _(
                "It has been withdrawn from one of these units. Look who is left, and choose again."
            )
        },
    )
    reason = forms.CharField(
        label=_("Reason for withdrawing it"),
        max_length=REASON_LIMIT,
        help_text=_("Each unit sees it on its item."),
    )

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        units: QuerySet[Checklist],
        ticked: Sequence[Checklist] = (),
    ) -> None:
        super().__init__(data, initial={"of": ticked})
        of = self.fields["of"]
        assert isinstance(of, forms.ModelMultipleChoiceField)
        of.queryset = units


class SendBackForm(forms.Form):
    """Why a unit does not take on what it is asked for."""

    reason = forms.CharField(label=_("Reason for returning it"), max_length=REASON_LIMIT)
