"""The page of one item: the measure, its state, what units report about it, and its journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from measures.choices import ApplicationKind, Side
from measures.forms.assignments import SendBackForm
from measures.forms.days import DayForm
from measures.forms.evidence import EvidenceForm
from measures.forms.items import ItemForm
from measures.forms.loop import ApplicationForm, EntryForm, ReturnForm, WithdrawForm, kinds_to_ask
from measures.ledger.about import has
from measures.ledger.assignments import trails
from measures.ledger.chasers import chasers_of_item, is_addressed, lit_as_chased
from measures.ledger.evidence import evidence_of
from measures.ledger.loop import (
    ShownApplication,
    ShownEntries,
    applications_of,
    entries_of,
    open_periods,
    owed_now,
)
from measures.ledger.receipts import receipt_of
from measures.lights import end_of_day
from measures.models import Checklist, Item, Period
from measures.models.closing import lacks_evidence
from measures.models.state import FIELDS, StateField
from measures.rights.roles import Action, Rights
from measures.views.access import SignedInRequest, opening_and_today
from measures.views.items.edition import (
    assignments_about,
    edition_context,
    item_by_key,
    item_of_today,
    item_then,
    neighbours,
    shown_as_of,
)
from measures.views.items.journal import journal_context
from measures.views.items.milestone_forms import TypedMilestone, milestones_on_page

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict


@dataclass
class Typed:
    """The forms of a request that could not be saved, to be shown again with what is wrong."""

    form: ItemForm | None = None
    entry_form: EntryForm | None = None
    withdraw_form: WithdrawForm | None = None
    withdrawing: int | None = None  # the key of an entry
    application_form: ApplicationForm | None = None
    return_form: ReturnForm | None = None
    returning: int | None = None  # the key of an application
    evidence_form: EvidenceForm | None = None
    evidence_withdraw_form: WithdrawForm | None = None
    withdrawing_evidence: int | None = None  # the key of a piece of evidence
    milestone: TypedMilestone | None = None
    conflict: Mapping[str, object] | None = None


def fetch_item(checklist: Checklist, **which: object) -> Item:
    """The checklist's item, with what its page shows of it; 404 for none."""
    return (item_of_today if "measure__code" in which else item_by_key)(checklist, **which)


def item_page(
    request: SignedInRequest, shown: Item, rights: Rights, typed: Typed | None = None, *, status: int = 200
) -> HttpResponse:
    """The item today; with `as_of` in the address, as it was at the end of that day, without any form."""
    day = DayForm(request.GET, **opening_and_today(shown.checklist))
    read = shown
    if past := shown_as_of(shown, day):
        shown = item_then(shown, past)
    typed = typed or Typed()
    loop, asked = _loop(request, shown, rights, typed, past), _applications(shown, rights, typed, past)
    context = {
        "checklist": shown.checklist,
        "item": shown,
        "day": day,
        "state": [] if loop["may_change"] else _in_words(shown),
        "measure": shown.measure,
        "key_terms": shown.measure.key_terms_in(get_language()),
        "sentence": shown.measure.source.split(".")[-1],
        "asks_for_evidence": shown.checklist.rules.asks_for_evidence(marked=shown.measure.needs_evidence),
        **journal_context(request, shown, past),
        **neighbours(shown, past, read),
        **edition_context(shown, rights, past),
        **_assignments(shown, rights, past),
        "corrects": past is None and _corrects(shown, rights),
        **loop,
        **asked,
        **_evidence(request, shown, rights, typed, past=past, page=loop | asked),
        **_chasers(shown, rights, day),
        "receipt": receipt_of(shown, as_of=past),
        **milestones_on_page(shown, rights, typed.milestone, on=day.day, past=past),
    }
    return render(request, "items/item.html", context, status=422 if day.errors else status)


def _in_words(shown: Item) -> list[tuple[StateField, str]]:
    """The item's state to read, where there is no form."""
    return [(one, one.in_words(value)) for one, value in zip(FIELDS, shown.state().values(), strict=True)]


def _loop(
    request: SignedInRequest, shown: Item, rights: Rights, typed: Typed, past: date | None
) -> dict[str, object]:
    """The item's form, its entries, and the form for a new one where the user may write."""
    may_change = past is None and rights.may_change(shown)
    side = None if past else rights.writing_side(shown)
    entries = entries_of(
        shown,
        as_of=past,
        everything=request.GET.get("entries") == "all",
        may_withdraw=lambda entry: rights.may_withdraw(entry, shown.checklist),
    )
    context: dict[str, object] = {
        "may_change": may_change,
        "form": typed.form or (_form(shown, rights) if may_change else None),
        "conflict": typed.conflict,
        "entries": entries,
        "writing_side": side,
        "withdraw_form": typed.withdraw_form or SimpleLazyObject(WithdrawForm),
        "withdrawing": typed.withdrawing,
    }
    if side:
        today = timezone.localdate()
        periods = open_periods(shown.checklist, today)
        context["entry_form"] = typed.entry_form or entry_form(shown, rights, periods, on=today)
        # A cooperating unit owes nothing.
        context["owed"] = None if side == Side.COOPERATING else owed_now(shown, periods, today)
    return context


def _form(shown: Item, rights: Rights) -> ItemForm:
    may_hand_over, actor = rights.may(Action.HAND_OVER, shown.checklist), rights.actor(shown.checklist)
    return ItemForm(instance=shown, may_hand_over=may_hand_over, actor=actor)


def entry_form(
    shown: Item,
    rights: Rights,
    periods: list[Period],
    *,
    on: date,
    data: QueryDict | None = None,
    initial: Mapping[str, object] | None = None,
) -> EntryForm:
    """The form for a new entry, with what its user may choose. `periods` are those of `open_periods`."""
    late = [period for period in periods if period.ends < on]
    return EntryForm(
        data,
        item=shown,
        late=late,
        actor=rights.actor(shown.checklist),
        sets_status=rights.may_change(shown),
        initial=initial,
    )


def _applications(shown: Item, rights: Rights, typed: Typed, past: date | None) -> dict[str, object]:
    """What was asked about the item and how it was decided, and the form to ask where the user may."""
    found = applications_of(shown, as_of=past, rights=rights)
    waiting = {one.application.kind for one in found if one.waits}
    kinds = kinds_to_ask(shown, shown.checklist.rules)
    asking = past is None and rights.asking_side(shown)
    free = [kind for kind in kinds if kind not in waiting] if asking else []
    form = typed.application_form
    if free and form is None:
        form = ApplicationForm(item=shown, kinds=free, today=timezone.localdate())
    return {
        "applications": found,
        "application_form": form if free else None,
        "unproved": ApplicationKind.CLOSE in free and lacks_evidence(shown),
        "return_form": typed.return_form or SimpleLazyObject(ReturnForm),
        "returning": typed.returning,
    }


def _chasers(shown: Item, rights: Rights, day: DayForm) -> dict[str, object]:
    """What the unit was chased for about the item, what answered it, and the light that follows."""
    found = chasers_of_item(shown, as_of=day.past)
    waiting = next((one for one in found if one.waits), None)
    checklist = shown.checklist
    there = checklist.is_open and not (day.past or shown.retired_at)
    return {
        "chasers": found,
        "chased": waiting if waiting and is_addressed(rights, waiting.chaser, checklist) else None,
        "chases": there and rights.may(Action.CHASE, checklist),
        "lit": lit_as_chased(shown.lit(day.day), waiting.chaser if waiting else None, day.day),
    }


def _evidence(
    request: SignedInRequest,
    shown: Item,
    rights: Rights,
    typed: Typed,
    *,
    past: date | None,
    page: Mapping[str, object],
) -> dict[str, object]:
    """The item's evidence, and the form to add some. `page` holds the entries and applications."""
    form = typed.evidence_form
    if form is None and page["writing_side"]:
        entries = cast(ShownEntries, page["entries"])
        applications = cast("list[ShownApplication]", page["applications"])
        form = evidence_form(shown, rights, entries, applications)
    return {
        "evidence": evidence_of(
            shown,
            as_of=past,
            everything=request.GET.get("evidence") == "all",
            may_withdraw=lambda one: rights.may_withdraw(one, shown.checklist),
        ),
        "evidence_form": form,
        "evidence_withdraw_form": typed.evidence_withdraw_form or SimpleLazyObject(WithdrawForm),
        "withdrawing_evidence": typed.withdrawing_evidence,
    }


def evidence_form(
    shown: Item,
    rights: Rights,
    entries: ShownEntries,
    applications: list[ShownApplication],
    *,
    data: QueryDict | None = None,
    files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
) -> EvidenceForm:
    """The form for new evidence: a unit's belongs to entries of this unit alone."""
    office = rights.writing_side(shown) == Side.OFFICE
    unit = None if office else rights.unit_of(shown.checklist)
    return EvidenceForm(
        data,
        files,
        item=shown,
        unit=unit,
        entries=[one.entry for one in entries.shown if one.withdrawal is None],
        applications=[one.application for one in applications if one.waits],
    )


def _corrects(shown: Item, rights: Rights) -> bool:
    """Whether the user may still correct this measure of the unit's own."""
    if not shown.measure.is_local or not rights.may_add_measures(shown.checklist):
        return False
    return shown.checklist.items.without_history().filter(pk=shown.pk).exists()


def _assignments(item: Item, rights: Rights, past: date | None) -> dict[str, object]:
    """What the checklists above ask of the item, and whether the user may answer or hand it down."""
    there = has(item, "assignments")
    steps = assignments_about(item.checklist_id, item.pk, item.measure_id) if there else []
    if past:
        steps = [step for step in steps if step.at < end_of_day(past)]
    for step in steps:
        step.checklist = item.checklist
    answers = past is None and item.checklist.is_open and rights.may(Action.CHANGE_ANY_ITEM, item.checklist)
    may = past is None and not item.measure.is_local and rights.may(Action.HAND_DOWN, item.checklist)
    return {
        "received": trails(steps),
        "answers": answers,
        "send_back": SimpleLazyObject(SendBackForm),
        "hands_down": may and item.checklist.has_units,
    }
