"""Previews: what a page shows before it writes, sealed into a token that applying it sends back.

A token is good for an hour, for the user who saw the preview, and for its checklist.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext

from measures.ledger.plans import Refusal
from measures.models import Batch, Checklist, Outcome
from measures.reports.language import joined
from measures.texts import Label
from measures.views.access import SignedInRequest

QUERY_LIMIT = 2_000  # characters
MAX_AGE = timedelta(hours=1)
LEFT_ALONE: dict[Refusal, Label] = {
    Refusal.MEANWHILE: ngettext_lazy(
        "%(count)d item was not changed, because somebody changed it in the meantime: %(codes)s",
        "%(count)d items were not changed, because somebody changed them in the meantime: %(codes)s",
        "count",
    ),
    Refusal.SINCE: ngettext_lazy(
        "%(count)d item was not changed, because somebody changed it after this batch: %(codes)s",
        "%(count)d items were not changed, because somebody changed them after this batch: %(codes)s",
        "count",
    ),
    Refusal.ROLE: ngettext_lazy(
        "%(count)d item was not changed, because your role does not allow this change: %(codes)s",
        "%(count)d items were not changed, because your role does not allow these changes: %(codes)s",
        "count",
    ),
    Refusal.OWNER: ngettext_lazy(
        "%(count)d item was not changed, because its new owner was deleted or renamed: %(codes)s",
        "%(count)d items were not changed, because their new owner was deleted or renamed: %(codes)s",
        "count",
    ),
    Refusal.RULE: ngettext_lazy(
        "%(count)d item was not changed, because the rules ask for an application: %(codes)s",
        "%(count)d items were not changed, because the rules ask for applications: %(codes)s",
        "count",
    ),
    Refusal.UNIT: ngettext_lazy(
        "%(count)d item was not changed, because it has no owner who could report: %(codes)s",
        "%(count)d items were not changed, because they have no owner who could report: %(codes)s",
        "count",
    ),
    Refusal.NOTES: ngettext_lazy(
        "%(count)d item was not changed, because its notes would get too long: %(codes)s",
        "%(count)d items were not changed, because their notes would get too long: %(codes)s",
        "count",
    ),
}


def seal(request: SignedInRequest, checklist: Checklist, salt: str, content: Mapping[str, object]) -> str:
    """Return a signed token with this content, which must be plain JSON."""
    sealed = {**content, "user": request.user.pk, "checklist": checklist.pk}
    return signing.dumps(sealed, salt=salt, compress=True)


def unseal(request: SignedInRequest, checklist: Checklist, salt: str) -> dict[str, Any] | None:
    """The content of the posted token; None if it is expired, forged, or of another user or checklist."""
    try:
        sealed: dict[str, Any] = signing.loads(request.POST.get("token", ""), salt=salt, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    ours = (sealed["user"], sealed["checklist"]) == (request.user.pk, checklist.pk)
    return sealed if ours else None


def kept_from(outcome: Outcome) -> list[tuple[str, Refusal]]:
    """The codes of items that somebody changed in the meantime, or that the rules kept as they were."""
    meanwhile = [(item.measure.code, Refusal.MEANWHILE) for item in outcome.stale]
    return meanwhile + [(item.measure.code, Refusal.RULE) for item in outcome.refused]


def back_to_list(checklist: Checklist, query: str) -> HttpResponse:
    """Leads to the list with this query string, as its user left it."""
    kept = QueryDict(query[:QUERY_LIMIT], mutable=True)
    for passing in ("edit", "format", "fill"):
        kept.pop(passing, None)
    address = reverse("items", args=[checklist.slug])
    return redirect(f"{address}?{kept.urlencode(safe=',')}" if kept else address)


def left_alone(left: Iterable[tuple[str, Refusal]]) -> list[str]:
    """A sentence for each reason, with the codes of the items that were not changed because of it."""
    codes: dict[Refusal, list[str]] = defaultdict(list)
    for code, why in left:
        codes[why].append(code)
    return [
        LEFT_ALONE[why] % {"count": len(found), "codes": _(", ").join(found)} for why, found in codes.items()
    ]


def say_outcome(
    request: SignedInRequest,
    outcome: Outcome,
    left: Iterable[tuple[str, Refusal]],
    batch: Batch | None = None,
    unit: str = "",
) -> None:
    """Tell how many items a batch changed, how many entries it wrote, and what was not changed and why.

    With a batch, the message has the button that undoes it: templates/base.html draws it. `unit` names the
    checklist where that is not the page's.
    """
    written = len(outcome.written)
    text = ngettext("%(count)d item changed.", "%(count)d items changed.", written) % {"count": written}
    if outcome.entries:
        said = ngettext("%(count)d entry.", "%(count)d entries.", outcome.entries)
        text = joined(text, said % {"count": outcome.entries})
    text = f"{unit}{pgettext('between label and value', ': ')}{text}" if unit else text
    undo = reverse("undo", args=[batch.checklist.slug, batch.pk]) if batch else ""
    messages.success(request, text, extra_tags=undo)
    for text in left_alone(left):
        messages.warning(request, text)
