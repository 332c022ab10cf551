"""Any two reports of a checklist side by side: those that were submitted, and today's."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from measures.choices import Status
from measures.forms.periods import NOW, CompareForm
from measures.models import Answered, Checklist, FrozenReport
from measures.models.people import person_name
from measures.reports import Report, build_report
from measures.reports.compare import COMPARED, comparison_of
from measures.reports.freeze import thaw
from measures.views.access import SignedInRequest, readable_checklist


@require_GET
def compare_reports(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the matrices of reports `a` and `b` and the items that moved, using only the reports."""
    checklist = readable_checklist(request, slug)
    frozen = list(FrozenReport.objects.filter(period__checklist=checklist).light())
    form = CompareForm(request.GET or _first_choice(frozen), frozen=frozen)
    context: dict[str, object] = {"checklist": checklist, "tab": "periods", "form": form, "frozen": frozen}
    if frozen and form.is_valid():
        a, b = (_report(request, checklist, form.cleaned_data[side]) for side in ("a", "b"))
        editions = [_edition(checklist, frozen, form.cleaned_data[side]) for side in ("a", "b")]
        found = comparison_of(a, b, _became(checklist, *editions))
        context |= {
            "found": found,
            "statuses": list(Status),
            "fields": COMPARED.values(),
            "compared": _(", ").join(str(label) for label in COMPARED.values()),
            "last_day": b.as_of,
            "heads": [{"name": name, "report": r} for name, r in zip(form.names(), (a, b), strict=True)],
            "one_sided": [(_("Only in the later"), found.added), (_("Only in the earlier"), found.gone)],
        }
    return render(request, "periods/compare.html", context, status=422 if form.errors and frozen else 200)


def _first_choice(frozen: list[FrozenReport]) -> dict[str, str]:
    """What moved since the newest report, for an address that says nothing."""
    return {"a": str(frozen[0].pk) if frozen else NOW, "b": NOW}


def _edition(checklist: Checklist, frozen: list[FrozenReport], which: str) -> str:
    """The short name of the catalogue that a report is about."""
    return next((one.edition for one in frozen if str(one.pk) == which), checklist.catalogue.slug)


def _became(checklist: Checklist, earlier: str, later: str) -> dict[str, str] | None:
    """The codes of the later edition by those of the earlier one; None where both are one."""
    if earlier == later:
        return None
    of_items = Answered.objects.filter(item__checklist=checklist)
    then, now = (of_items.codes_in(edition) for edition in (earlier, later))
    return {code: now[item] for item, code in then.items() if item in now}


def _report(request: SignedInRequest, checklist: Checklist, which: str) -> Report:
    if which != NOW:
        return thaw(FrozenReport.objects.light().get(pk=which))
    today = timezone.localdate()
    return build_report(
        checklist.items.as_of(today).there_by(today),
        checklist=checklist,
        as_of=today,
        made_at=timezone.now(),
        made_by=person_name(request.user),
    )
