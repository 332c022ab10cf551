"""The milestones on an item's page, each with the forms for what its reader may do with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from measures.choices import Side
from measures.forms.milestones import VERBS, MilestoneForm, MilestoneStepForm, Verb
from measures.ledger.milestones import ShownMilestone, milestones_of
from measures.models import Item
from measures.rights.milestones import milestone_side
from measures.rights.roles import Rights


@dataclass
class TypedMilestone:
    """The form of a milestone that could not be saved: a new one's, or that of the milestone `key`."""

    new: MilestoneForm | None = None
    step: MilestoneStepForm | None = None
    key: int | None = None


@dataclass(frozen=True)
class MilestoneWithForms:
    """A milestone and its forms; those that need no more than a button are parted from the others."""

    shown: ShownMilestone
    forms: list[MilestoneStepForm]

    @property
    def buttons(self) -> list[MilestoneStepForm]:
        return [form for form in self.forms if not form.verb.opens]

    @property
    def folded(self) -> list[MilestoneStepForm]:
        return [form for form in self.forms if form.verb.opens]


def milestones_on_page(
    shown: Item, rights: Rights, typed: TypedMilestone | None, *, on: date, past: date | None
) -> dict[str, object]:
    """What the page shows of milestones at the end of the day `on`, and the forms where nothing is `past`."""
    typed = typed or TypedMilestone()
    found = milestones_of(shown, on=on, as_of=past, rights=None if past else rights)
    side = None if past else milestone_side(rights, shown)
    form = None
    if side and shown.takes_milestones:
        form = typed.new or MilestoneForm(today=timezone.localdate())
    return {
        "milestones": found,
        "milestone_rows": [MilestoneWithForms(one, _forms(one, typed, on)) for one in found.present],
        "milestone_form": form,
        "proposes": side == Side.LEAD,
    }


def _forms(one: ShownMilestone, typed: TypedMilestone, on: date) -> list[MilestoneStepForm]:
    forms = []
    for verb in VERBS.values():
        if form := step_form(one, verb, on=on):
            again = typed.step if typed.key == one.last.milestone_id else None
            forms.append(again if again and again.verb == verb else form)
    return forms


def step_form(
    one: ShownMilestone, verb: Verb, *, on: date, data: Mapping[str, object] | None = None
) -> MilestoneStepForm | None:
    """The form to do this with the milestone; None if its reader may not."""
    act = verb.act(one.allowed)
    if act is None:
        return None
    last = one.last
    initial = {"seen": last.number, "due": last.due, "text": last.text}
    if verb.name == "done":
        initial["day"] = on
    elif verb.name == "change":
        initial |= {"day": last.due, "due": None}
    return MilestoneStepForm(data, verb=verb, act=act, key=last.milestone_id, today=on, initial=initial)
