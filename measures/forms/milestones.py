"""The forms of milestones: a new one, and what is done with one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import MilestoneAct
from measures.forms.days import DayField, SureForm
from measures.models import NewStep
from measures.models.milestones import MILESTONE_LIMIT
from measures.texts import REASON_LIMIT, Label

LAST_NUMBER = 32_767  # of a step
NEW_DATE = _("New date")


@dataclass(frozen=True)
class Verb:
    """One thing that users do with a milestone: the first of `acts` that is allowed.

    `name` is a word of its address. `day` labels the day that it needs. `opens` is the text that opens its
    form, `button` sends it.
    """

    name: str
    acts: tuple[MilestoneAct, ...]
    button: Label
    opens: Label = ""
    day: Label = ""
    needs_reason: bool = False
    changes_text: bool = False

    def act(self, allowed: Iterable[MilestoneAct]) -> MilestoneAct | None:
        """What it does here; None if it may not be done."""
        return next((act for act in self.acts if act in allowed), None)


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "accept",
            (MilestoneAct.ACCEPTED, MilestoneAct.MOVE_GRANTED),
            pgettext_lazy("milestone", "Accept"),
        ),
        Verb(
            "return",
            (MilestoneAct.RETURNED, MilestoneAct.MOVE_RETURNED),
            _("Return it"),
            _("Return it…"),
            needs_reason=True,
        ),
        Verb("done", (MilestoneAct.DONE,), _("Mark as done"), _("Mark as done…"), day=_("Done on")),
        Verb(
            "move",
            (MilestoneAct.MOVED, MilestoneAct.MOVE_ASKED),
            pgettext_lazy("milestone", "Move it"),
            pgettext_lazy("milestone", "Move…"),
            day=NEW_DATE,
            needs_reason=True,
        ),
        Verb(
            "change",
            (MilestoneAct.PROPOSED,),
            _("Propose it so"),
            _("Change the proposal…"),
            day=pgettext_lazy("milestone", "Date"),
            changes_text=True,
        ),
        Verb(
            "reopen",
            (MilestoneAct.REOPENED,),
            pgettext_lazy("milestone", "Reopen it"),
            pgettext_lazy("milestone", "Reopen…"),
            needs_reason=True,
        ),
        Verb("take-back", (MilestoneAct.MOVE_TAKEN_BACK,), _("Withdraw the request")),
        Verb(
            "withdraw",
            (MilestoneAct.WITHDRAWN,),
            _("Withdraw the milestone"),
            _("Withdraw…"),
            needs_reason=True,
        ),
    )
}


def text_field() -> forms.CharField:
    return forms.CharField(label=_("What is reached"), max_length=MILESTONE_LIMIT)


class MilestoneForm(SureForm):
    """A new milestone: what is reached, and by when."""

    text = text_field()
    due = DayField(label=pgettext_lazy("milestone", "By"))

    def __init__(self, data: Mapping[str, object] | None = None, *, today: date) -> None:
        super().__init__(data, auto_id="milestone-%s")
        self.today = today

    def clean(self) -> None:
        super().clean()
        self.ask_about("due", self.today)


class MilestoneStepForm(SureForm):
    """What somebody does with a milestone. `seen` is the number of the step that they saw as the last one."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=LAST_NUMBER)
    text = text_field()
    day = DayField()
    reason = forms.CharField(label=pgettext_lazy("of an act", "Reason"), max_length=REASON_LIMIT)

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        verb: Verb,
        act: MilestoneAct,
        key: int,
        today: date,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, auto_id=f"milestone-{key}-{verb.name}-%s")
        self.verb, self.act, self.today = verb, act, today
        if verb.day:
            self.fields["day"].label = verb.day
        for name, needed in (("day", verb.day), ("reason", verb.needs_reason), ("text", verb.changes_text)):
            if not needed:
                del self.fields[name]

    @property
    def opens(self) -> Label:
        """What opens the form: a move may have to be asked for."""
        return _("Ask to move it…") if self.act == MilestoneAct.MOVE_ASKED else self.verb.opens

    @property
    def button(self) -> Label:
        """What sends the form."""
        return _("Ask to move it") if self.act == MilestoneAct.MOVE_ASKED else self.verb.button

    def clean(self) -> None:
        super().clean()
        day = self.cleaned_data.get("day")
        if self.act == MilestoneAct.DONE:
            if day and day > self.today:
                self.add_error("day", _("This day has not come yet. Choose today or an earlier day."))
        elif day and day == self.initial.get("due"):
            self.add_error("day", _("This is the present date. Choose another one."))
        elif "day" in self.fields:
            self.ask_about("day", self.today)

    def new_step(self, last: int) -> NewStep:
        """What was said, for `Milestone.take`. `last` is the number of the last step."""
        said = self.cleaned_data
        return NewStep(
            self.act,
            said.get("seen") or last,
            day=said.get("day"),
            text=said.get("text", ""),
            reason=said.get("reason", ""),
        )
