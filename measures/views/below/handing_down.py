"""Measures handed down, as the checklist above sees them: hand down, look, correct, withdraw."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from measures.forms.assignments import CorrectAssignmentForm, HandDownForm, WithdrawAssignmentForm
from measures.ledger.assignments import corrections_in, trails
from measures.models import Assignment, Checklist, CorrectedMeanwhile, WithdrawnAlready
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.below.versions import version_read


@require_GET
def assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One that this checklist has handed down: who has accepted, returned, or not answered."""
    checklist = readable_checklist(request, slug)
    handed_down = checklist.assignments.select_related(
        "measure__section__pillar__catalogue"
    ).prefetch_related("corrections")
    shown = get_object_or_404(handed_down, pk=pk)
    steps = shown.steps.with_terms().select_related("checklist").order_by("-pk")
    units = sorted(trails(steps), key=lambda trail: trail.newest.checklist.path)
    left = [trail for trail in units if not trail.newest.is_withdrawn]
    context = {
        "checklist": checklist,
        "tab": "below",
        "assignment": shown,
        "terms": shown.terms,
        "corrections": corrections_in(shown.versions),
        "units": units,
        "is_left": bool(left),
        "may_withdraw": bool(left) and rights_of(request).may(Action.HAND_DOWN, checklist),
    }
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
        due=item.due,
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


def _handed_down(request: SignedInRequest, slug: str, pk: int) -> Assignment:
    """Return what this checklist has handed down; 404 for another's, 403 without the right to change it."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.HAND_DOWN, checklist):
        raise PermissionDenied(
            _("Only an administrator of the checklist that handed it down can correct or withdraw it.")
        )
    return get_object_or_404(checklist.assignments.select_related("measure", "checklist"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Corrects the due date or the text, with a reason; the units are asked again.

    Returns 409 with both texts if another administrator corrected it first.
    """
    shown = _handed_down(request, slug, pk)
    versions, version = shown.versions, version_read(request)
    read = versions[version - 1] if 0 < version <= len(versions) else versions[-1]
    posted = request.POST if request.method == "POST" else None
    form = CorrectAssignmentForm(posted, terms=read, today=timezone.localdate())
    if posted is None or not form.is_valid():
        return _correction_page(request, shown, form)
    said = {name: form.cleaned_data[name] for name in ("due", "text", "reason")}
    try:
        shown.correct(**said, version=version, by=request.user, at=timezone.now())
    except CorrectedMeanwhile:
        return _correction_page(request, shown, form, conflict=True)
    except WithdrawnAlready:
        form.add_error(None, _("It has been withdrawn from every unit. Hand the measure down again instead."))
        return _correction_page(request, shown, form)
    messages.success(request, _("Corrected. The units are asked again."))
    return redirect(shown)


def _correction_page(
    request: SignedInRequest, shown: Assignment, form: CorrectAssignmentForm, *, conflict: bool = False
) -> HttpResponse:
    """The page, with what is asked now beside what was typed where the two conflict."""
    now = shown.terms
    differences = []
    if conflict:
        typed = form.cleaned_data
        differences = [
            (form.fields[name].label, old, typed[name])
            for name, old in (("due", now.due), ("text", now.text))
            if typed[name] != old
        ]
    context = {
        "checklist": shown.checklist,
        "tab": "below",
        "assignment": shown,
        "form": form,
        "conflict": conflict,
        "differences": differences,
        "by_name": now.by_name,
        # After an error in the form, still what the user has read: another correction must not go unnoticed.
        "version": version_read(request) if form.errors else now.version,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "assignments/correct.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_assignment(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraws it, with a reason, from all units or some; `unit` in the address ticks this one alone."""
    shown = _handed_down(request, slug, pk)
    left = Checklist.objects.filter(pk__in=shown.steps.in_force().values("checklist")).order_by("path")
    if request.method == "POST":
        form = WithdrawAssignmentForm(request.POST, units=left)
        if form.is_valid():
            of, reason = form.cleaned_data["of"], form.cleaned_data["reason"]
            try:
                shown.withdraw(of, reason=reason, by=request.user, at=timezone.now())
            except WithdrawnAlready:
                form.add_error("of", form.fields["of"].error_messages["invalid_choice"])
            else:
                messages.success(request, _("Withdrawn. The units see your reason."))
                return redirect(shown)
    else:
        wanted = request.GET.get("unit", "")
        ticked = [unit for unit in left if wanted in ("", unit.slug)]
        form = WithdrawAssignmentForm(None, units=left, ticked=ticked)
    context = {"checklist": shown.checklist, "tab": "below", "assignment": shown, "form": form}
    return render(request, "assignments/withdraw.html", context, status=422 if form.errors else 200)
