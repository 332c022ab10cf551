"""Measures that a unit has added for itself, the form for another one, and the page that corrects one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.choices import Cadence
from measures.forms.tree import LocalMeasureForm, WordingForm
from measures.models import (
    Checklist,
    CorrectedMeanwhile,
    Item,
    NoCodeLeft,
    TooLateToCorrect,
    Wording,
    add_measure,
    correct_measure,
    next_local_code,
)
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist


@require_GET
def local_measures(request: SignedInRequest, slug: str) -> HttpResponse:
    """The unit's own measures with the state of each."""
    return local_page(request, readable_checklist(request, slug))


def local_page(
    request: SignedInRequest,
    checklist: Checklist,
    form: LocalMeasureForm | None = None,
    code: str = "",
) -> HttpResponse:
    """The page, with a form on it that was not right, or the measure that it would add under this code."""
    today = timezone.localdate()
    found = checklist.items.filter(measure__checklist=checklist)
    adds = rights_of(request).may_add_measures(checklist)
    context = {
        "checklist": checklist,
        "tab": "items",
        "rows": [(item, item.lit(today)) for item in found.for_list().in_order()],
        "adds": adds,
        "correctable": set(found.without_history().values_list("pk", flat=True)) if adds else (),
        "form": form or LocalMeasureForm(checklist=checklist),
        "code": code,
    }
    if form and code:
        context |= {"wording": form.wording(), "seen": _seen(code, form)}
    return render(request, "local/page.html", context, status=422 if form and form.errors else 200)


def _seen(code: str, form: LocalMeasureForm) -> str:
    """What the button under a preview sends back: it differs if the code or the wording does."""
    return f"{code} {form.wording().digest}"


def _writable_checklist(request: SignedInRequest, slug: str) -> Checklist:
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.ADD_MEASURES, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can add measures to it."))
    if not checklist.is_open:
        raise PermissionDenied(_("This checklist is closed."))
    return checklist


@require_POST
def add_local_measure(request: SignedInRequest, slug: str) -> HttpResponse:
    """Preview a local measure, then add it to this checklist only.

    What was previewed is what is added: if the form or the next code has changed since, the preview is
    shown again.
    """
    checklist = _writable_checklist(request, slug)
    form = LocalMeasureForm(request.POST, checklist=checklist)
    if not form.is_valid():
        return local_page(request, checklist, form)
    section, wording = form.cleaned_data["section"], form.wording()
    try:
        code = next_local_code(checklist, section)
        if request.POST.get("seen") != _seen(code, form):
            return local_page(request, checklist, form, code)
        item = add_measure(
            checklist,
            section,
            title=wording.title,
            detail=wording.detail,
            cadence=wording.cadence,
            at=timezone.now(),
            by=request.user,
        )
    except NoCodeLeft:
        form.add_error("section", _("No numbers are left there for local measures."))
        return local_page(request, checklist, form)
    messages.success(request, _("%(code)s has been added.") % {"code": item.measure.code})
    return redirect("local-measures", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def correct_local_measure(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Correct a local measure until its item's first update, entry or application.

    Returns 409 with both texts if it is too late, or if another administrator corrected it first.
    """
    checklist = _writable_checklist(request, slug)
    own = checklist.items.filter(measure__checklist=checklist).select_related("measure__section")
    item = get_object_or_404(own, measure__code=code)
    if request.method != "POST":
        form = WordingForm(initial=vars(Wording.of(item.measure)))
        late = not own.without_history().filter(pk=item.pk).exists()
        return _correction_page(request, item, form, late=late)
    form = WordingForm(request.POST)
    if not form.is_valid():
        return _correction_page(request, item, form, status=422)
    try:
        changed = correct_measure(
            item, form.wording(), seen=request.POST.get("seen", ""), at=timezone.now(), by=request.user
        )
    except TooLateToCorrect:
        return _correction_page(request, own.get(pk=item.pk), form, late=True, conflict=True, status=409)
    except CorrectedMeanwhile:
        return _correction_page(request, own.get(pk=item.pk), form, conflict=True, status=409)
    said = _("%(code)s has been corrected.") % {"code": code} if changed else _("Nothing was changed.")
    messages.success(request, said)
    return redirect(item)


def _correction_page(
    request: SignedInRequest,
    item: Item,
    form: WordingForm,
    *,
    late: bool = False,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The page, with what is stored now beside what was typed where the two conflict."""
    now = Wording.of(item.measure)
    cadences = dict(Cadence.choices)
    differences = []
    if conflict:
        typed = form.wording()
        differences = [
            (form.fields[name].label, cadences.get(old, old), cadences.get(new, new))
            for name, old in vars(now).items()
            if (new := getattr(typed, name)) != old
        ]
    context = {
        "checklist": item.checklist,
        "tab": "items",
        "item": item,
        "form": form,
        "late": late,
        "differences": differences,
        # After an error, still what the user has read: another correction must not go unnoticed.
        "seen": request.POST.get("seen", "") if status == 422 else now.digest,
    }
    return render(request, "local/correct.html", context, status=status)
