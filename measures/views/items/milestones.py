"""Milestones of one item: the office sets them or the lead unit proposes them, and what follows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from measures.choices import MilestoneAct, Side
from measures.forms.milestones import VERBS, MilestoneForm, MilestoneStepForm
from measures.ledger.milestones import ShownMilestone, milestones_of
from measures.models import (
    Item,
    Milestone,
    MilestoneMoved,
    NoMilestoneNeeded,
    OwnApplication,
    RuleRefused,
    TooManyMilestones,
)
from measures.models.milestones import MILESTONES_LIMIT
from measures.rights.milestones import milestone_side
from measures.rights.roles import Rights, rights_of
from measures.texts import Label
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.milestone_forms import TypedMilestone, step_form
from measures.views.items.page import Typed, fetch_item, item_page

MEANWHILE = gettext_lazy("Somebody changed this milestone while you were writing. Check it, then send again.")
SAID: dict[MilestoneAct, Label] = {
    MilestoneAct.PROPOSED: gettext_lazy("Proposed. The office decides."),
    MilestoneAct.ACCEPTED: gettext_lazy("Accepted. The milestone is in force."),
    MilestoneAct.RETURNED: gettext_lazy("Returned with your reason."),
    MilestoneAct.DONE: gettext_lazy("Milestone marked as done."),
    MilestoneAct.REOPENED: gettext_lazy("Milestone reopened."),
    MilestoneAct.MOVED: gettext_lazy("Milestone moved."),
    MilestoneAct.MOVE_ASKED: gettext_lazy("Asked. The office decides."),
    MilestoneAct.MOVE_GRANTED: gettext_lazy("Granted. The milestone is moved."),
    MilestoneAct.MOVE_RETURNED: gettext_lazy("Returned with your reason."),
    MilestoneAct.MOVE_TAKEN_BACK: gettext_lazy("Request withdrawn."),
    MilestoneAct.WITHDRAWN: gettext_lazy("Milestone withdrawn."),
}


@require_POST
def add_milestone(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Sets a milestone, or proposes one for the lead unit."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = fetch_item(checklist, measure__code=code)
    side = milestone_side(rights, shown)
    if side is None:
        raise PermissionDenied(_("Your role sets no milestones of this item."))
    form = MilestoneForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        said = form.cleaned_data
        try:
            Milestone.add(
                shown, text=said["text"], due=said["due"], side=side, by=request.user, at=timezone.now()
            )
        except TooManyMilestones:
            text = _("This item has %(limit)d milestones already, and no more are accepted.")
            form.add_error(None, text % {"limit": MILESTONES_LIMIT})
        except NoMilestoneNeeded:
            form.add_error(None, _("This item has ended and needs no more milestones."))
        else:
            office = side == Side.OFFICE
            messages.success(request, _("Milestone set.") if office else _("Proposed. The office decides."))
            return _back(shown)
    return item_page(request, shown, rights, Typed(milestone=TypedMilestone(new=form)), status=422)


@require_POST
def step_milestone(request: SignedInRequest, slug: str, code: str, pk: int, verb: str) -> HttpResponse:
    """Does one of VERBS with a milestone; 409 if somebody did something else with it first."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = fetch_item(checklist, measure__code=code)
    if verb not in VERBS:
        raise Http404
    found = _find(shown, rights, pk)
    form = step_form(found, VERBS[verb], on=timezone.localdate(), data=request.POST)
    if form is None:
        if milestone_side(rights, shown) and _seen(request) not in (None, found.last.number):
            messages.error(request, MEANWHILE)
            return _back(shown)
        raise PermissionDenied(_("Your role cannot do this with this milestone, or not now."))
    if not form.is_valid():
        return _again(request, shown, rights, form, pk, status=422)
    try:
        found.last.milestone.take(
            form.new_step(found.last.number),
            side=milestone_side(rights, shown) or Side.COOPERATING,
            by=request.user,
            at=timezone.now(),
            only_one=rights.alone_decides(checklist),
        )
    except MilestoneMoved:
        return _changed_meanwhile(request, shown, rights, pk, verb)
    except (RuleRefused, OwnApplication):
        messages.error(request, _("The rules of this checklist don't let you do this."))
    else:
        messages.success(request, SAID[form.act])
    return _back(shown)


def _find(shown: Item, rights: Rights, pk: int) -> ShownMilestone:
    """The milestone of this key; 404 for one of another item."""
    found = milestones_of(shown, on=timezone.localdate(), rights=rights)
    for one in (*found.present, *found.gone):
        if one.last.milestone_id == pk:
            return one
    raise Http404


def _seen(request: SignedInRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _again(
    request: SignedInRequest, shown: Item, rights: Rights, form: MilestoneStepForm, pk: int, *, status: int
) -> HttpResponse:
    return item_page(
        request, shown, rights, Typed(milestone=TypedMilestone(step=form, key=pk)), status=status
    )


def _changed_meanwhile(
    request: SignedInRequest, shown: Item, rights: Rights, pk: int, verb: str
) -> HttpResponse:
    """The page as it is now, with what was typed: sending it again is a choice."""
    now = _find(shown, rights, pk)
    data = request.POST.copy()
    data["seen"] = str(now.last.number)
    fresh = step_form(now, VERBS[verb], on=timezone.localdate(), data=data)
    if fresh is None:
        messages.error(request, MEANWHILE)
        return _back(shown)
    fresh.full_clean()
    fresh.add_error(None, MEANWHILE)
    return _again(request, shown, rights, fresh, pk, status=409)


def _back(shown: Item) -> HttpResponse:
    return redirect(f"{shown.get_absolute_url()}#milestones")
