"""Measures handed down: what a checklist asks of those below, what it is asked itself, and the answers."""

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.choices import AssignmentState
from measures.forms.tree import HandDownForm, SendBackForm
from measures.models import AnsweredAlready, Assignment, AssignmentStep, Checklist
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist

SHOWN = 200


@require_GET
def assignments(request: SignedInRequest, slug: str) -> HttpResponse:
    """What this checklist was asked to do, unanswered first, and what it asked of those below."""
    checklist = readable_checklist(request, slug)
    given = list(checklist.assignments.select_related("measure")[:SHOWN])
    steps = AssignmentStep.objects.newest().filter(assignment__in=given)
    counts = Counter(steps.values_list("assignment", "state"))
    received = checklist.assignment_steps.newest().select_related(
        "assignment__measure", "assignment__checklist"
    )
    context = {
        "checklist": checklist,
        "tab": "below",
        "received": sorted(received[:SHOWN], key=lambda step: step.state != AssignmentState.GIVEN),
        "given": [(one, [counts[one.pk, state] for state in AssignmentState]) for one in given],
        "states": list(AssignmentState),
    }
    return render(request, "assignments/list.html", context)


@require_GET
def assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One that this checklist has handed down: who has accepted, returned, or not answered."""
    checklist = readable_checklist(request, slug)
    shown = get_object_or_404(checklist.assignments.select_related("measure"), pk=pk)
    steps = shown.steps.newest().select_related("checklist").order_by("checklist__path")
    context = {"checklist": checklist, "tab": "below", "assignment": shown, "steps": steps}
    return render(request, "assignments/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_down(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Asks units directly below for this measure, by a day."""
    checklist = readable_checklist(request, slug)
    items = checklist.items.select_related("measure__section").filter(measure__checklist=None)
    item = get_object_or_404(items, measure__code=code)
    if not rights_of(request).may(Action.HAND_DOWN, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can hand its measures down."))
    asked = request.method == "POST"
    form = HandDownForm(
        request.POST if asked else None,
        checklist=checklist,
        today=timezone.localdate(),
        initial={"due": item.due},
    )
    if asked and form.is_valid():
        said = form.cleaned_data
        made = Assignment.hand_down(
            checklist,
            item.measure,
            said["to"],
            due=said["due"],
            text=said["text"],
            by=request.user,
            at=timezone.now(),
        )
        return redirect(made)
    context = {"checklist": checklist, "tab": "items", "item": item, "form": form}
    return render(request, "assignments/hand_down.html", context, status=422 if form.errors else 200)


def _asked(request: SignedInRequest, slug: str, pk: int) -> tuple[Checklist, Assignment]:
    """Return the checklist and its assignment; 404 for an assignment of another."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.CHANGE_ANY_ITEM, checklist) or not checklist.is_open:
        raise PermissionDenied(_("Only an administrator of an open checklist can answer its assignments."))
    found = Assignment.objects.filter(steps__checklist=checklist).distinct()
    return checklist, get_object_or_404(found.select_related("measure", "checklist"), pk=pk)


@require_POST
def accept_assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes it on: the due date becomes the item's."""
    checklist, asked = _asked(request, slug, pk)
    try:
        asked.accept(checklist, by=request.user, at=timezone.now())
        messages.success(request, _("Accepted. The item is now due on that day."))
    except AnsweredAlready as already:
        _say_already(request, already)
    return redirect("item", slug, asked.measure.code)


@require_POST
def return_assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Returns it with a reason; the item stays as it is."""
    checklist, asked = _asked(request, slug, pk)
    form = SendBackForm(request.POST)
    if not form.is_valid():
        return _reason_page(request, checklist, asked, form)
    try:
        asked.send_back(checklist, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("Returned. The unit that handed it down sees your reason."))
    except AnsweredAlready as already:
        _say_already(request, already)
    return redirect("item", slug, asked.measure.code)


def _reason_page(
    request: SignedInRequest, checklist: Checklist, asked: Assignment, form: Form
) -> HttpResponse:
    context = {"checklist": checklist, "tab": "items", "assignment": asked, "form": form}
    return render(request, "assignments/send_back.html", context, status=422)


def _say_already(request: SignedInRequest, already: AnsweredAlready) -> None:
    said = {"name": already.step.by_name, "state": already.step.get_state_display()}
    messages.error(request, _("%(name)s has answered in the meantime: %(state)s.") % said)
