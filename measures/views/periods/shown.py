"""A period for those who may see or submit it, and its page: as it is, or after a step that was refused."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from measures.choices import PeriodState
from measures.forms.periods import ReasonForm, StepForm
from measures.models import Checklist, FrozenReport, Period
from measures.models.people import person_name
from measures.reports import FORMATS, Report
from measures.reports.check import items_missing_something, missing
from measures.reports.freeze import period_report, thaw
from measures.rights.roles import Action, Rights, rights_of
from measures.views.access import SignedInRequest, readable_checklist

ENDED_STATES = (PeriodState.OPEN, PeriodState.RETURNED)


def administered(request: SignedInRequest, slug: str) -> Checklist:
    """The checklist, for those who make and submit its periods; 403 for its other readers."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.SUBMIT_PERIOD, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist can create and submit its periods."))
    return checklist


def find_period(checklist: Checklist, pk: int) -> Period:
    """A period of this checklist; 404 for any other."""
    found = get_object_or_404(checklist.periods.all(), pk=pk)
    found.checklist = checklist
    return found


def what_to_do(period: Period, rights: Rights, checklist: Checklist) -> str:
    """What this user may do with a period now: submit, wait for its end, judge, reopen, or nothing."""
    if period.state in ENDED_STATES and rights.may(Action.SUBMIT_PERIOD, checklist):
        return "submit" if period.has_ended(on=timezone.localdate()) else "wait"
    if period.state == PeriodState.SUBMITTED and rights.may_judge(checklist):
        return "judge"
    if period.state == PeriodState.ACCEPTED and rights.may_judge(checklist):
        return "reopen"
    return ""


def period_page(
    request: SignedInRequest,
    shown: Period,
    *,
    frozen: FrozenReport | None = None,
    form: StepForm | None = None,
    moved: Period | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a period, with an invalid form or what another user did in the meantime, if any."""
    checklist = shown.checklist
    rights = rights_of(request)
    to_do = what_to_do(shown, rights, checklist)
    frozen = frozen or shown.reports.light().first()
    report = thaw(frozen) if frozen else None
    now = None
    if to_do == "submit":
        now = period_report(shown, made_at=timezone.now(), made_by=person_name(request.user))
    form_class = ReasonForm if to_do == "reopen" else StepForm
    form = form or form_class(initial={"step": shown.step})
    findings = _findings(now or report)
    if to_do == "submit" and findings["findings"]:
        form.must_say_why()
    context = {
        "checklist": checklist,
        "tab": "periods",
        "period": shown,
        "to_do": to_do,
        "form": form,
        "moved": moved,
        "may_delete": to_do in ("submit", "wait") and shown.step == 0,
        "now": now,
        **findings,
        "frozen": frozen,
        "report": report,
        "events": shown.events.select_related("report"),
        "reports": shown.reports.light(),
        "formats": FORMATS,
        "templates": checklist.report_templates.defer("content"),
        "manages": rights.may(Action.MANAGE, checklist),
    }
    return render(request, "periods/page.html", context, status=status)


def _findings(report: Report | None) -> dict[str, object]:
    found = missing(report) if report else ()
    return {"findings": found, "missing": items_missing_something(found)}
