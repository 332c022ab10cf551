"""Previews: what a page shows before it writes, sealed into a token that applying it sends back.

A token is good for an hour, for the user who saw the preview, and for its checklist.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from measures.ledger.plans import Refusal
from measures.models import Checklist, Outcome
from measures.texts import Label
from measures.views.access import SignedInRequest

MAX_AGE = timedelta(hours=1)
LEFT_ALONE: dict[Refusal, Label] = {
    Refusal.MEANWHILE: ngettext_lazy(
        "%(count)d item was left alone, since somebody changed it meanwhile: %(codes)s",
        "%(count)d items were left alone, since somebody changed them meanwhile: %(codes)s",
        "count",
    ),
    Refusal.SINCE: ngettext_lazy(
        "%(count)d item was left alone, since somebody changed it after this batch: %(codes)s",
        "%(count)d items were left alone, since somebody changed them after this batch: %(codes)s",
        "count",
    ),
    Refusal.ROLE: ngettext_lazy(
        "%(count)d item was left alone, since your role does not allow this change: %(codes)s",
        "%(count)d items were left alone, since your role does not allow these changes: %(codes)s",
        "count",
    ),
    Refusal.RULE: ngettext_lazy(
        "%(count)d item was left alone, since the rules ask for an application: %(codes)s",
        "%(count)d items were left alone, since the rules ask for applications: %(codes)s",
        "count",
    ),
    Refusal.NOTES: ngettext_lazy(
        "%(count)d item was left alone, since its notes would get too long: %(codes)s",
        "%(count)d items were left alone, since their notes would get too long: %(codes)s",
        "count",
    ),
}


def seal(request: SignedInRequest, checklist: Checklist, salt: str, content: Mapping[str, object]) -> str:
    """A signed token that holds this content, which must be plain JSON."""
    sealed = {**content, "user": request.user.pk, "checklist": checklist.pk}
    return signing.dumps(sealed, salt=salt, compress=True)


def unseal(request: SignedInRequest, checklist: Checklist, salt: str) -> dict[str, Any] | None:
    """The content of the posted token; None where it is too old, forged, or of another user or checklist."""
    try:
        sealed: dict[str, Any] = signing.loads(request.POST.get("token", ""), salt=salt, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    ours = (sealed["user"], sealed["checklist"]) == (request.user.pk, checklist.pk)
    return sealed if ours else None


def kept_from(outcome: Outcome) -> list[tuple[str, Refusal]]:
    """The codes of items that somebody changed while their changes were written, or that the rules kept."""
    meanwhile = [(item.measure.code, Refusal.MEANWHILE) for item in outcome.stale]
    return meanwhile + [(item.measure.code, Refusal.RULE) for item in outcome.refused]


def left_alone(left: Iterable[tuple[str, Refusal]]) -> list[str]:
    """A sentence for each reason, with the codes of the items that were left alone for it."""
    codes: dict[Refusal, list[str]] = defaultdict(list)
    for code, why in left:
        codes[why].append(code)
    return [
        LEFT_ALONE[why] % {"count": len(found), "codes": _(", ").join(found)} for why, found in codes.items()
    ]


def say_outcome(request: SignedInRequest, written: int, left: Iterable[tuple[str, Refusal]]) -> None:
    """Tell how many items a batch changed, and which ones were left alone and why."""
    text = ngettext("%(count)d item changed.", "%(count)d items changed.", written) % {"count": written}
    messages.success(request, text)
    for text in left_alone(left):
        messages.warning(request, text)
