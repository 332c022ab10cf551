"""One item: the measure, where it stands in the article, its annotations as a form, and its journal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import Via
from measures.forms import ItemForm
from measures.journal import differences, entries
from measures.models import Item, StaleVersion
from measures.roles import Action, Rights
from measures.views.access import SignedInRequest, readable_checklist

JOURNAL_SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Shows the item; a POST records a change, or answers 409 with both texts where someone was quicker."""
    checklist = readable_checklist(request, slug)
    rights = Rights(request.user)
    shown = _fetch(checklist.items, measure__code=code)
    may_hand_over = rights.may(Action.HAND_OVER, checklist)
    if request.method != "POST":
        form = ItemForm(instance=_fetch(checklist.items, pk=shown.pk), may_hand_over=may_hand_over)
        return _page(request, shown, form, rights)

    if not rights.may_change(shown):
        raise PermissionDenied(_("Your role does not change this item."))
    # The form fills in the instance that it is given; the page must go on showing what is true.
    form = ItemForm(request.POST, instance=_fetch(checklist.items, pk=shown.pk), may_hand_over=may_hand_over)
    if not form.is_valid():
        return _page(request, shown, form, rights, status=422)
    try:
        update = shown.change(
            form.values(),
            version=form.cleaned_data["version"],
            by=request.user,
            at=timezone.now(),
            via=Via.PAGE,
            reason=form.cleaned_data["reason"],
        )
    except StaleVersion as stale:
        now = _fetch(checklist.items, pk=stale.item.pk)
        newest = now.updates.first()
        conflict = {
            "by": newest.by_name if newest else "",
            "differences": differences(now.state(), form.values()),
        }
        # Saving again from this page is a choice made with both texts in view.
        again = request.POST.copy()
        again["version"] = str(now.version)
        form = ItemForm(again, instance=_fetch(checklist.items, pk=now.pk), may_hand_over=may_hand_over)
        return _page(request, now, form, rights, conflict=conflict, status=409)
    messages.success(request, _("Saved.") if update else _("Nothing was changed."))
    return redirect(shown)


def _fetch(items: Any, **which: Any) -> Item:
    joined = items.select_related("checklist", "measure__section__pillar__catalogue", "owner", "updated_by")
    return get_object_or_404(joined, **which)


def _page(
    request: SignedInRequest,
    shown: Item,
    form: ItemForm,
    rights: Rights,
    *,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    updates = shown.updates.select_related("owner").order_by("-at", "-id")
    everything = request.GET.get("journal") == "all"
    # One more than is shown: the oldest shown is compared with the one before it.
    read = list(updates if everything else updates[: JOURNAL_SHOWN + 1])
    journal = list(entries(read))
    neighbours = shown.checklist.items.select_related("measure")
    position = shown.measure.position
    context = {
        "checklist": shown.checklist,
        "item": shown,
        "measure": shown.measure,
        "key_terms": shown.measure.key_terms_in(get_language()),
        "sentence": shown.measure.source.split(".")[-1],
        "form": form,
        "may_change": rights.may_change(shown),
        "conflict": conflict,
        "journal": journal if everything else journal[:JOURNAL_SHOWN],
        "journal_goes_on": not everything and len(read) > JOURNAL_SHOWN,
        "overdue": shown.days_late(timezone.localdate()) > 0,
        "before": neighbours.filter(measure__position__lt=position).order_by("-measure__position").first(),
        "after": neighbours.filter(measure__position__gt=position).order_by("measure__position").first(),
    }
    return render(request, "items/item.html", context, status=status)
