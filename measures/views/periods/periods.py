"""Reporting periods of a checklist: the list, new ones, and one of them with what may be done."""

from dataclasses import replace

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from measures.choices import PeriodKind
from measures.forms.periods import MakePeriodsForm, PeriodForm
from measures.models import Checklist, FrozenReport, Period, PeriodsOverlap
from measures.reports.freeze import thaw
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.limits import limit_exports
from measures.views.periods.shown import administered, find_period, period_page, what_to_do
from measures.views.report.choice_form import ChoiceForm
from measures.views.report.files import format_asked, report_file


@require_GET
def periods(request: SignedInRequest, slug: str) -> HttpResponse:
    """All periods of the checklist, newest first, and for its administrators the forms for new ones."""
    return list_page(request, readable_checklist(request, slug))


@require_POST
def make_periods(request: SignedInRequest, slug: str) -> HttpResponse:
    """Makes the months or quarters of a year, but for those that ended before the checklist was opened."""
    checklist = administered(request, slug)
    form = MakePeriodsForm(request.POST)
    if not form.is_valid():
        return list_page(request, checklist, by_rule=form)
    kind, year = PeriodKind(form.cleaned_data["kind"]), form.cleaned_data["year"]
    try:
        made = Period.make_year(checklist, kind, year, at=timezone.now(), by=request.user)
    except PeriodsOverlap as overlap:
        form.add_error(None, _overlap(overlap))
        return list_page(request, checklist, by_rule=form)
    return _made(request, checklist, made)


@require_POST
def add_period(request: SignedInRequest, slug: str) -> HttpResponse:
    """Makes one period of days chosen by hand."""
    checklist = administered(request, slug)
    form = PeriodForm(request.POST, instance=Period(checklist=checklist, kind=PeriodKind.BY_HAND))
    if not form.is_valid():
        return list_page(request, checklist, by_hand=form)
    days = (form.cleaned_data["starts"], form.cleaned_data["ends"])
    try:
        made = Period.make(checklist, PeriodKind.BY_HAND, [days], at=timezone.now(), by=request.user)
    except PeriodsOverlap as overlap:
        form.add_error(None, _overlap(overlap))
        return list_page(request, checklist, by_hand=form)
    return _made(request, checklist, made)


def _overlap(overlap: PeriodsOverlap) -> str:
    return _("These days overlap with %(period)s. Nothing was created.") % {"period": overlap.period}


def _made(request: SignedInRequest, checklist: Checklist, made: list[Period]) -> HttpResponse:
    if made:
        text = ngettext("%(count)d period created.", "%(count)d periods created.", len(made)) % {
            "count": len(made)
        }
        messages.success(request, text)
    else:
        messages.info(
            request,
            _("No periods were created: they exist already, or ended before the checklist was opened."),
        )
    return redirect("periods", checklist.slug)


@require_POST
def delete_period(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes away a period that was made by mistake: one that has never been submitted."""
    checklist = administered(request, slug)
    shown = get_object_or_404(checklist.periods.all(), pk=pk)
    if shown.remove(at=timezone.now(), by=request.user):
        messages.success(request, _("%(period)s is deleted.") % {"period": shown})
        return redirect("periods", slug)
    messages.error(request, _("This period has been submitted, so it cannot be deleted."))
    return redirect(shown)


def list_page(
    request: SignedInRequest,
    checklist: Checklist,
    *,
    by_rule: Form | None = None,
    by_hand: Form | PeriodForm | None = None,
) -> HttpResponse:
    """The page of periods, with a form on it that was not right."""
    today = timezone.localdate()
    rights = rights_of(request)
    found = list(checklist.periods.for_list())
    for period in found:
        period.checklist = checklist
    context = {
        "checklist": checklist,
        "tab": "periods",
        "rows": [(one, share_of(one), what_to_do(one, rights, checklist)) for one in found],
        "compares": any(period.in_force is not None for period in found),
        "manages": rights.may(Action.SUBMIT_PERIOD, checklist),
        "by_rule": by_rule or MakePeriodsForm(initial={"year": today.year}),
        "by_hand": by_hand or PeriodForm(),
    }
    return render(request, "periods/list.html", context, status=422 if by_rule or by_hand else 200)


def share_of(period: Period) -> float | None:
    """Done or standing, in percent of what was in force in the newest report; None without one."""
    return 100 * (period.well or 0) / period.in_force if period.in_force else None


@require_GET
@limit_exports
def period(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One period: possible actions, its steps, and the frozen report; `format` downloads it as a file."""
    checklist = readable_checklist(request, slug)
    shown = find_period(checklist, pk)
    frozen = _asked(request, shown)
    wanted = request.GET.get("format", "")
    if kind := format_asked(request, checklist, wanted):
        if frozen is None:
            raise Http404(_("There is no such report."))
        return report_file(
            request, checklist, replace(thaw(frozen), choice=ChoiceForm(request.GET).choice), kind
        )
    return period_page(request, shown, frozen=frozen)


def _asked(request: SignedInRequest, shown: Period) -> FrozenReport | None:
    """The frozen report that the address names, by its key or by its revision; else the newest."""
    found = shown.reports.light()
    for name, lookup in (("report", "pk"), ("revision", "revision")):
        if wanted := request.GET.get(name, ""):
            found = found.filter(**{lookup: wanted if wanted.isdecimal() and len(wanted) < 10 else 0})
            if not found:
                raise Http404(_("There is no such report."))
    return found.first()
