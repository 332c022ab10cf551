"""All shared components on one page, for developers who change them. Only in debug mode."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from measures.choices import Light, Status, Via
from measures.forms.days import PER_PAGE
from measures.forms.widgets import DateInput
from measures.ledger.journal import JournalEntry, differences
from measures.lights import Lit
from measures.models import Update
from measures.models.people import person_name
from measures.models.state import UNTOUCHED, StateValue
from measures.progress import Counts
from measures.views.access import SignedInRequest


class Sample(forms.Form):
    """One row of each kind, and one that is wrong."""

    text = forms.CharField(label=gettext_lazy("Title"), initial="3.1.4", help_text=gettext_lazy("A hint."))
    choice = forms.ChoiceField(label=gettext_lazy("Status"), choices=Status.choices)
    day = forms.DateField(label=gettext_lazy("Due"), widget=DateInput)
    notes = forms.CharField(label=gettext_lazy("Notes"), widget=forms.Textarea(attrs={"rows": 3}))


@require_GET
def styleguide(request: SignedInRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    page = Paginator(range(900), PER_PAGE).page(9)
    context = {
        "statuses": list(Status),
        "lights": [Lit(light) for light in Light] + [Lit(Light.RED, _("blocked"))],
        "counts": Counts("1", "", {status: 12 - 2 * place for place, status in enumerate(Status)}),
        "levels": ["info", *(messages.DEFAULT_TAGS[level] for level in (25, 30, 40))],
        "form": Sample({"text": "3.1.4", "choice": Status.DONE, "day": "2026-02-31", "notes": "…"}),
        "page": page,
        "numbers": page.paginator.get_elided_page_range(9, on_each_side=2, on_ends=1),
        "entry": _entry(request),
    }
    return render(request, "styleguide/page.html", context)


def _entry(request: SignedInRequest) -> JournalEntry:
    update = Update(
        status=Status.IN_PROGRESS,
        due=timezone.localdate(),
        notes="6月3日：…\n6月24日：…",
        by_name=person_name(request.user),
        at=timezone.now(),
        via=Via.PAGE,
        reason=_("Reason"),
    )
    before: dict[str, StateValue] = {**UNTOUCHED, "notes": "6月3日：…"}
    return JournalEntry(update, differences(before, update.state()))
