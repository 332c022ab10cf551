"""Measures handed down, as the units below see them: what a checklist is asked, and its answers."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from measures.choices import AssignmentState
from measures.forms.assignments import SendBackForm
from measures.ledger.assignments import trails
from measures.models import AnsweredAlready, Assignment, AssignmentStep, Checklist, CorrectedMeanwhile
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.below.versions import version_read

SHOWN = 200
WITH_EDITION = "measure__section__pillar__catalogue"


@require_GET
def assignments(request: SignedInRequest, slug: str) -> HttpResponse:
    """What this checklist was asked to do, unanswered first, and what it asked of those below."""
    checklist = readable_checklist(request, slug)
    given = list(checklist.assignments.select_related("measure").prefetch_related("corrections")[:SHOWN])
    steps = AssignmentStep.objects.newest().filter(assignment__in=given)
    counts = Counter(steps.values_list("assignment", "state"))
    received = checklist.assignment_steps.newest().with_terms().select_related(f"assignment__{WITH_EDITION}")
    states = list(AssignmentState)
    context = {
        "checklist": checklist,
        "tab": "below",
        "received": sorted(received[:SHOWN], key=lambda step: step.state != AssignmentState.GIVEN),
        "given": [(one, [(state, counts[one.pk, state]) for state in states]) for one in given],
        "states": states,
    }
    return render(request, "assignments/list.html", context)


def _asked(request: SignedInRequest, slug: str, pk: int) -> tuple[Checklist, Assignment]:
    """Return the checklist and its assignment; 404 for an assignment of another."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.CHANGE_ANY_ITEM, checklist) or not checklist.is_open:
        raise PermissionDenied(_("Only an administrator of an open checklist can answer its assignments."))
    found = Assignment.objects.filter(steps__checklist=checklist).distinct()
    return checklist, get_object_or_404(found.select_related(WITH_EDITION, "checklist"), pk=pk)


@require_POST
def accept_assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes it on: the due date becomes the item's. 409 if it was answered, corrected or withdrawn before."""
    checklist, asked = _asked(request, slug, pk)
    try:
        moved = asked.accept(checklist, version=version_read(request), by=request.user, at=timezone.now())
    except (AnsweredAlready, CorrectedMeanwhile):
        return _answer_page(request, checklist, asked, SendBackForm(), status=409)
    if moved:
        messages.success(request, _("Accepted. The item is now due on that day."))
    else:
        messages.success(request, _("Accepted. The item's due date stays as it is."))
    return redirect(checklist.address_of(asked.measure))


@require_POST
def return_assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Returns it with a reason; the item stays as it is. 409 as for accepting it."""
    checklist, asked = _asked(request, slug, pk)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _answer_page(request, checklist, asked, form, status=422)
    version, reason = version_read(request), form.cleaned_data["reason"]
    try:
        asked.send_back(checklist, version=version, by=request.user, at=timezone.now(), reason=reason)
    except (AnsweredAlready, CorrectedMeanwhile):
        return _answer_page(request, checklist, asked, form, status=409)
    messages.success(request, _("Returned. The unit that handed it down sees your reason."))
    return redirect(checklist.address_of(asked.measure))


def _answer_page(
    request: SignedInRequest, checklist: Checklist, asked: Assignment, form: SendBackForm, *, status: int
) -> HttpResponse:
    """What is asked now, with what was typed; or what came first, if nothing is left to answer."""
    steps = asked.steps.filter(checklist=checklist).with_terms().order_by("-pk")
    (trail,) = trails(steps)
    context = {
        "checklist": checklist,
        "tab": "items",
        "assignment": asked,
        "trail": trail,
        "form": form,
        "conflict": status == 409,
        "typed": [request.POST.get("reason", "")] if request.POST.get("reason") else [],
        # After an error in the form, still what the user has read: a correction must not go unnoticed.
        "version": version_read(request) if status == 422 else trail.newest.version,
    }
    return render(request, "assignments/answer.html", context, status=status)
