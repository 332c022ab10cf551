"""The steps of a period, each a POST: submit, return, accept, reopen."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from measures.forms.periods import ReasonForm, StepForm
from measures.models import NotEnded, Period, PeriodMoved, RemarkRequired
from measures.models.people import person_name
from measures.reports.freeze import freeze
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.periods.shown import administered, find_period, period_page


@require_POST
def submit(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Freezes the period's report and hands it in."""
    shown = find_period(administered(request, slug), pk)
    at = timezone.now()

    def take(form: StepForm) -> None:
        submission = freeze(shown, made_at=at, made_by=person_name(request.user))
        shown.submit(submission, by=request.user, at=at, step=form.seen, remark=form.said)

    return _step(request, shown, StepForm(request.POST), take, _("%(period)s is submitted."))


@require_POST
def send_back(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Returns what was submitted, with a reason."""
    shown = _judged(request, slug, pk)
    return _step(
        request,
        shown,
        ReasonForm(request.POST),
        lambda form: shown.send_back(by=request.user, at=timezone.now(), step=form.seen, reason=form.said),
        _("%(period)s is returned."),
    )


@require_POST
def accept(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Closes the period with what was submitted."""
    shown = _judged(request, slug, pk)
    return _step(
        request,
        shown,
        StepForm(request.POST),
        lambda form: shown.accept(by=request.user, at=timezone.now(), step=form.seen, remark=form.said),
        _("%(period)s is accepted and closed."),
    )


@require_POST
def reopen(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Begins the next revision of a closed period, with a reason."""
    shown = _judged(request, slug, pk)
    return _step(
        request,
        shown,
        ReasonForm(request.POST),
        lambda form: shown.reopen(by=request.user, at=timezone.now(), step=form.seen, reason=form.said),
        _("%(period)s is open again."),
    )


def _judged(request: SignedInRequest, slug: str, pk: int) -> Period:
    """The period, for those who judge it; 403 for its other readers."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may_judge(checklist):
        raise PermissionDenied(
            _("Only administrators of the checklist above can accept, return or reopen its periods.")
        )
    return find_period(checklist, pk)


def _step(
    request: SignedInRequest, shown: Period, form: StepForm, take: Callable[[StepForm], object], done: str
) -> HttpResponse:
    """Take one step and redirect back; 422 for an incomplete form, 409 if another user acted first."""
    if not form.is_valid():
        return period_page(request, shown, form=form, status=422)
    try:
        take(form)
    except RemarkRequired:
        form.add_error("remark", _("Something is missing. Say why you are submitting it anyway."))
    except NotEnded:
        form.add_error(
            None, _("This period has not ended yet. It can be submitted from the day after its last day.")
        )
    except PeriodMoved as moved:
        moved.period.checklist = shown.checklist
        return period_page(
            request, moved.period, moved=moved.period, form=form.again(moved.period), status=409
        )
    else:
        messages.success(request, done % {"period": shown})
        return redirect(shown)
    return period_page(request, shown, form=form, status=422)
