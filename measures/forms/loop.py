"""What units and the office fill in about an item's progress. roles.py decides rights."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measures.choices import REASON_STATUSES, ApplicationKind, Cadence, EvidenceRule, Status
from measures.forms.days import DayField, SureForm
from measures.forms.generic import ModelForm
from measures.forms.items import RULE_REFUSED, LongTextField
from measures.forms.widgets import Select
from measures.loop.rules import Actor, Rules, statuses_allowed
from measures.models import Application, Checklist, Item, NewEntry, Period
from measures.models.application_rules import CannotAsk, refuse_needless
from measures.models.applications import APPLICATION_LIMIT
from measures.models.checklist_rules import RULE_FIELDS
from measures.models.entries import ENTRY_LIMIT, ENTRY_TEXTS
from measures.models.state import StateValue
from measures.texts import REASON_LIMIT

ROWS = {"progress": 4, "problems": 2, "next_steps": 2}
TODAY = ""


class EntryForm(forms.Form):
    """A new entry about an item, and a status to set with it. All names begin with `entry-`."""

    progress, problems, next_steps = (
        LongTextField(
            label=label,
            max_length=ENTRY_LIMIT,
            required=False,
            widget=forms.Textarea(attrs={"rows": ROWS[name]}),
        )
        for name, label in ENTRY_TEXTS.items()
    )
    status = forms.ChoiceField(label=_("Status from now on"), required=False, widget=Select)
    counts_on = forms.ChoiceField(label=_("Counts for"), required=False, widget=Select)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def __init__(
        self,
        *args: Any,
        item: Item,
        late: Iterable[Period],
        actor: Actor,
        sets_status: bool = True,
        **kwargs: Any,
    ) -> None:
        """`late` are earlier periods of the checklist that an entry can still count for.

        Who may not change the item sets no status with it (`sets_status`).
        """
        super().__init__(*args, **kwargs | {"prefix": "entry"})
        self.item = item
        self.initial["version"] = item.version
        status, counts_on = self.fields["status"], self.fields["counts_on"]
        assert isinstance(status, forms.ChoiceField)
        assert isinstance(counts_on, forms.ChoiceField)
        allowed = statuses_allowed(item.status, item.measure.cadence, actor, item.checklist.rules)
        others = [choice for choice in Status.choices if choice[0] != item.status and choice[0] in allowed]
        status.choices = [("", Status(item.status).label), *others]
        status.error_messages["invalid_choice"] = RULE_REFUSED
        ended = [(period.ends.isoformat(), str(period)) for period in late]
        counts_on.choices = [(TODAY, _("The present period")), *ended]
        if not ended:
            del self.fields["counts_on"]
        if not sets_status:
            del self.fields["status"]

    @property
    def texts(self) -> list[forms.BoundField]:
        return [self[name] for name in ENTRY_TEXTS if name in self.fields]

    @property
    def says_nothing_new(self) -> bool:
        """Whether the button was pressed that needs no text."""
        return "nothing_new" in self.data

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        cleaned = self.cleaned_data
        written = [name for name in ENTRY_TEXTS if cleaned.get(name)]
        if self.says_nothing_new and written:
            raise forms.ValidationError(
                _("You have written a text. Save it as an entry, or empty the fields to say nothing is new.")
            )
        if not self.says_nothing_new and not written:
            self.add_error("progress", _("Write what was done, a problem or a next step."))
        if cleaned.get("status") in REASON_STATUSES and not self.reason():
            self.add_error("problems", _("Say what blocks the item, or why it is dropped."))

    def reason(self) -> str:
        """Why the status changes, for the journal: the problems, else what was done."""
        cleaned = self.cleaned_data
        return str(cleaned.get("problems") or cleaned.get("progress") or "")[:REASON_LIMIT]

    def values(self) -> dict[str, StateValue]:
        """What the entry changes of the item's state."""
        return {"status": status} if (status := self.cleaned_data.get("status")) else {}

    def new_entry(self) -> NewEntry:
        """What was said, for `write_entries`."""
        cleaned = self.cleaned_data
        values = self.values()
        return NewEntry(
            self.item.pk,
            **{name: cleaned.get(name, "") for name in ENTRY_TEXTS},
            nothing_new=self.says_nothing_new,
            counts_on=date.fromisoformat(cleaned["counts_on"]) if cleaned.get("counts_on") else None,
            version=cleaned.get("version") or self.item.version,
            values=values,
            reason=self.reason() if values else "",
        )


class RowEntryForm(forms.Form):
    """The one line of an entry in a row of the list, sent with the row's own form. It may be left empty."""

    progress = LongTextField(
        label=_("New entry"), max_length=ENTRY_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, item: Item, **kwargs: Any) -> None:
        given = {"prefix": "entry", "auto_id": f"row-{item.measure.code}-%s"}
        super().__init__(*args, **kwargs | given)
        self.fields["progress"].widget.attrs["form"] = f"edit-{item.measure.code}"

    @property
    def text(self) -> str:
        """What was written; empty if nothing was."""
        return str(self.cleaned_data["progress"])


class WithdrawForm(forms.Form):
    """Why an entry is withdrawn."""

    reason = forms.CharField(label=pgettext_lazy("of an act", "Reason"), max_length=REASON_LIMIT)


def kinds_to_ask(item: Item, rules: Rules) -> list[ApplicationKind]:
    """What may be asked for about this item: only what the rules and its state leave to ask for."""
    wanted: list[ApplicationKind] = []
    if rules.signs_off:
        wanted += [ApplicationKind.CLOSE, ApplicationKind.STANDING, ApplicationKind.DROP]
        if item.measure.cadence == Cadence.STANDING:
            wanted.remove(ApplicationKind.STANDING)
    if rules.extends_by_request and item.due:
        wanted.append(ApplicationKind.EXTEND)
    return [kind for kind in wanted if _makes_sense(item, kind)]


def _makes_sense(item: Item, kind: ApplicationKind) -> bool:
    try:
        refuse_needless(item, kind, date.max)
    except CannotAsk:
        return False
    return True


class ApplicationForm(SureForm):
    """What is asked for, why, and for an extension until when."""

    kind = forms.ChoiceField(label=_("I ask to"), widget=Select)
    reason = LongTextField(
        label=_("Result or reason"),
        max_length=APPLICATION_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    new_due = DayField(label=_("New due date"), required=False, help_text=_("For an extension only."))

    def __init__(
        self, *args: Any, item: Item, kinds: Iterable[ApplicationKind], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "ask-%s"})
        self.item = item
        self.today = today
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(one.value, one.label) for one in kinds]
        if ApplicationKind.EXTEND not in kinds:
            del self.fields["new_due"]

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        kind, new_due = ApplicationKind(self.cleaned_data["kind"]), self.cleaned_data.get("new_due")
        if kind != ApplicationKind.EXTEND:
            self.cleaned_data["new_due"] = None
            return
        try:
            refuse_needless(self.item, kind, new_due)
        except CannotAsk as refused:
            self.add_error("new_due", str(refused))
        else:
            self.ask_about("new_due", self.today)


class ReturnForm(forms.Form):
    """Why an application is returned."""

    reason = forms.CharField(label=pgettext_lazy("of an act", "Reason"), max_length=REASON_LIMIT)


class DecideForm(forms.Form):
    """Which of the waiting applications are granted together, or returned and why."""

    ticked = forms.ModelMultipleChoiceField(
        Application.objects.none(), error_messages={"required": _("Tick the applications to decide on.")}
    )
    reason = forms.CharField(label=_("Reason for returning them"), max_length=REASON_LIMIT, required=False)

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticked = self.fields["ticked"]
        assert isinstance(ticked, forms.ModelMultipleChoiceField)
        found = Application.objects.filter(item__checklist=checklist)
        ticked.queryset = found.select_related("item__measure", "item__checklist")

    @property
    def returns(self) -> bool:
        """Whether the button was pressed that returns them."""
        return "return" in self.data

    def clean(self) -> None:
        super().clean()
        if self.returns and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say why they are returned."))


class RulesForm(ModelForm[Checklist]):
    """A checklist's own rules, and when its lights warn."""

    class Meta:
        model = Checklist
        fields = RULE_FIELDS
        widgets = {"evidence_to_close": Select}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "evidence_to_close"):
            if self.is_bound and self.add_prefix(name) not in self.data:
                del self.fields[name]  # left out, it stays as it is

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if said.get("two_persons") and not (said.get("signs_off") and said.get("extends_by_request")):
            self.add_error("two_persons", _("Turn on the two rules above as well, or leave this one off."))
        asks = said.get("evidence_to_close", self.instance.evidence_to_close) != EvidenceRule.NEVER
        if asks and not said.get("signs_off"):
            place = "evidence_to_close" if "evidence_to_close" in self.fields else "signs_off"
            self.add_error(place, _("Turn on the sign-off above as well, or choose “Never”."))
        for name in ("due_soon_days", "silence_days"):
            if (said.get(name) or 0) > 3650:
                self.add_error(name, _("Choose at most 3,650 days."))
