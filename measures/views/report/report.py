"""The progress report: a page to read and print, and the same as files."""

from dataclasses import replace

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from measures.database.replica import from_replica
from measures.forms.days import DaysForm
from measures.ledger.filters import ItemFilter
from measures.models.people import person_name
from measures.reports import FORMATS, Report, build_report
from measures.reports.language import full_title
from measures.reports.spans import usual_since, usual_spans
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, opening_and_today, readable_checklist
from measures.views.limits import limit_exports
from measures.views.list_state import ListState
from measures.views.report.choice_form import ChoiceForm
from measures.views.report.files import format_asked, report_file
from measures.views.report.links import figure_links


@require_GET
@limit_exports
def report(request: SignedInRequest, slug: str) -> HttpResponse:
    """The report of what the filters keep, at the end of `as_of`, and what moved since the end of `since`.

    `format` asks for a file; a bad filter or day refuses it. A page that is asked for without `since` is
    compared with the day before its period, or with a month before.
    """
    checklist = readable_checklist(request, slug)
    state = ListState.of(request, checklist)
    if spelt := state.spelt_out:
        return redirect(reverse("report", args=[slug]) + spelt)
    if not state.format and "since" not in request.GET:
        # As if it had been asked for: every link on the page leads on with it.
        request.GET = QueryDict(_compared(state))
        state = ListState.of(request, checklist)
    kind = format_asked(request, checklist, state.format)
    days = DaysForm(request.GET, **opening_and_today(checklist))
    found = state.filter_at(days.day)
    layout = ChoiceForm(request.GET)
    layout.levels = found.level_names
    built = None
    if days.is_valid() and found.is_valid() and layout.is_valid():
        built = replace(_built(state, days, found), choice=layout.choice)
        layout.placeholders(title=full_title(built), to=built.superior, signed=built.organisation)
    if kind and built:
        return report_file(request, checklist, built, kind)
    context = {
        "checklist": checklist,
        "tab": "report",
        "filter": found,
        "days": days,
        "layout": layout,
        **figure_links(checklist, built, request.GET),
        "spans": usual_spans(**opening_and_today(checklist)),
        "list_state": state,
        "report": built,
        "formats": FORMATS,
        "templates": checklist.report_templates.defer("content"),
        "manages": rights_of(request).may(Action.MANAGE, checklist),
    }
    return render(request, "report/page.html", context, status=422 if state.format else 200)


def _compared(state: ListState) -> str:
    """The address with the day to compare with that is meant by one without any; `since=` means none."""
    opened = timezone.localdate(state.checklist.opened_at)
    since = state.day.is_valid() and usual_since(state.checklist, state.day.day, opened=opened)
    if not since:
        return state.query
    address = state.address.copy()
    address["since"] = since.isoformat()
    return address.urlencode()


def _built(state: ListState, days: DaysForm, found: ItemFilter) -> Report:
    view = state.view
    with from_replica():
        return build_report(
            found.items(),
            checklist=state.checklist,
            as_of=days.day,
            since=days.earlier,
            made_at=timezone.now(),
            made_by=person_name(state.user),
            filters=tuple((chosen.label, chosen.text) for chosen in found.chosen()),
            view=view.name if view else "",
        )
