"""Days and page sizes that an address asks for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.forms.widgets import DateInput, NumberInput, Select
from measures.models.levels import Levels, pillar_word, section_word
from measures.texts import Label
from measures.tree.matrix import FIGURES, Figure

NO_DAY = _("This is not a date. Write it like 2026-09-30.")


USUAL_PERIOD = timedelta(days=30)


# Rows on a page of any list.
PER_PAGE = 50
PER_PAGE_LIMIT = 200


# A due date or a period outside these years is a slip of the hand.
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
# Beyond so many years a day is asked about.
FAR = 10
IN_THE_PAST = _("This date is in the past. Choose a later one, or confirm it.")
FAR_AHEAD = _("This date is more than ten years ahead. Choose an earlier one, or confirm it.")
CONFIRM = _("Use this date all the same")


def is_plausible(day: date) -> bool:
    """Whether somebody can mean this day."""
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR


def unusual(day: date | None, today: date) -> Label | None:
    """What a form asks about a day that is past or far ahead; None for any other day."""
    if day is None:
        return None
    if day < today:
        return IN_THE_PAST
    is_far = (day.year - FAR, day.month, day.day) > (today.year, today.month, today.day)
    return FAR_AHEAD if is_far else None


class SureForm(forms.Form):
    """A form that asks once more about a day that is past or far ahead."""

    sure = forms.BooleanField(label=CONFIRM, required=False, widget=forms.HiddenInput)

    def ask_about(self, name: str, today: date) -> None:
        """Refuse an unusual day in this field until its user confirms it, for which the form then asks."""
        if problem := unusual(self.cleaned_data.get(name), today):
            sure = self.fields["sure"]
            sure.widget = forms.CheckboxInput(attrs=sure.widget.attrs)
            if not self.cleaned_data["sure"]:
                self.add_error(name, problem)


class DayField(forms.DateField):
    """A day that people type: one that can be meant."""

    widget = DateInput
    default_error_messages = {"invalid": NO_DAY}

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not is_plausible(value):
            raise forms.ValidationError(
                _("This date is not plausible. Choose one from %(first)s to %(last)s."),
                params={"first": EARLIEST_YEAR, "last": LATEST_YEAR},
            )


class PageSizeForm(forms.Form):
    """`per_page` of a list's address."""

    per_page = forms.IntegerField(
        label=_("Rows a page"), required=False, min_value=1, max_value=PER_PAGE_LIMIT, widget=NumberInput
    )


class DayForm(forms.Form):
    """`as_of` of an address: the day at whose end a list or a report looks, today unless it says one."""

    as_of = forms.DateField(
        label=_("State at the end of"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": NO_DAY},
    )

    def __init__(self, data: Mapping[str, object] | None, *, opened: date, today: date) -> None:
        super().__init__(data)
        self.opened = opened
        self.today = today
        for field in self.fields.values():
            field.widget.attrs |= {"min": opened.isoformat(), "max": today.isoformat()}

    @property
    def day(self) -> date:
        """The day asked for; today where none is, or none that can be."""
        return (self.is_valid() and self.cleaned_data["as_of"]) or self.today

    @property
    def past(self) -> date | None:
        """Return the requested day if it is before today."""
        return self.day if self.day < self.today else None

    def clean_as_of(self) -> date | None:
        return self._within(self.cleaned_data["as_of"])

    def _within(self, day: date | None) -> date | None:
        if day and day > self.today:
            raise forms.ValidationError(_("This day has not come yet. Choose today or an earlier day."))
        if day and day < self.opened:
            raise forms.ValidationError(
                _("The checklist was opened on %(day)s. Choose that day or a later one."),
                params={"day": date_format(self.opened)},
            )
        return day


class DaysForm(DayForm):
    """`as_of` and, for what moved up to then, `since` of a report's address."""

    since = forms.DateField(
        label=_("Compared with the end of"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": NO_DAY},
    )

    def clean_since(self) -> date | None:
        day = self._within(self.cleaned_data["since"])
        if day and day > (self.cleaned_data.get("as_of") or self.today):
            raise forms.ValidationError(_("This day is after the day of the report. Choose an earlier one."))
        return day

    @property
    def earlier(self) -> date | None:
        """The day to compare with, where one is asked for."""
        day: date | None = self.cleaned_data["since"] if self.is_valid() else None
        return day


class MonthForm(forms.Form):
    """`month` of an address, like 2026-10: one of `months`, which are first days, newest first."""

    month = forms.ChoiceField(
        label=pgettext_lazy("of a year", "Month"),
        required=False,
        widget=Select,
        error_messages={"invalid_choice": _("Choose one of the listed months.")},
    )

    def __init__(self, data: Mapping[str, object] | None, *, months: Sequence[date]) -> None:
        super().__init__(data)
        self.months = {f"{month:%Y-%m}": month for month in months}
        field = cast("forms.ChoiceField", self.fields["month"])
        field.choices = [(name, date_format(day, "YEAR_MONTH_FORMAT")) for name, day in self.months.items()]

    @property
    def first(self) -> date:
        """The first day of the month; of the newest one if none is asked for."""
        chosen = self.is_valid() and self.cleaned_data["month"]
        return self.months[chosen] if chosen else next(iter(self.months.values()))


class UnitsForm(DayForm):
    """`as_of`; `start`, the first day of the period in which updates are looked for, 30 days before unless
    told; `by`, pillars or sections; `show`, what the cells say; `closed`, whether closed units count.
    """

    start = forms.DateField(
        label=_("Period from"),
        required=False,
        widget=DateInput,
        error_messages={"invalid": NO_DAY},
        help_text=_("Left empty: the last 30 days."),
    )
    by = forms.ChoiceField(
        label=_("Columns"), required=False, choices=[("pillar", _("Pillars")), ("section", _("Sections"))]
    )
    show = forms.ChoiceField(
        label=_("Shown"), required=False, choices=[(name, figure.label) for name, figure in FIGURES.items()]
    )

    closed = forms.BooleanField(label=_("With closed units"), required=False)

    def name_parts(self, levels: Levels) -> None:
        """Offer the columns under the names that the catalogue gives to its levels."""
        if levels:
            names = {"pillar": pillar_word(levels), "section": section_word(levels)}
            field = cast("forms.ChoiceField", self.fields["by"])
            field.choices = [(part, name) for part, name in names.items() if name]

    def clean_start(self) -> date | None:
        day: date | None = self.cleaned_data["start"]
        if day and day > (self.cleaned_data.get("as_of") or self.today):
            raise forms.ValidationError(_("This day is after the day of the report. Choose an earlier one."))
        if day and day.year < 1970:
            raise forms.ValidationError(NO_DAY)
        return day

    @property
    def first(self) -> date:
        """The first day of the period."""
        return (self.is_valid() and self.cleaned_data["start"]) or self.day - USUAL_PERIOD

    @property
    def with_closed(self) -> bool:
        """Whether items of closed units count."""
        return self.is_valid() and bool(self.cleaned_data["closed"])

    @property
    def parts(self) -> str:
        """By which parts of the article items are counted: pillar or section."""
        return (self.is_valid() and self.cleaned_data["by"]) or "pillar"

    @property
    def figure(self) -> Figure:
        """What the parts' cells show."""
        return FIGURES[(self.is_valid() and self.cleaned_data["show"]) or "well"]
