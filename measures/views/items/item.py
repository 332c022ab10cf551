"""One item: the measure, its place in the article, its state as a form, and its journal.

The same address serves a row of the list that is edited in place: asked with the header `X-Fragment: row`,
it answers with that row alone.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import Via
from measures.forms.items import ItemForm, RowForm
from measures.forms.tree import SendBackForm
from measures.ledger.journal import differences, entries
from measures.models import Checklist, Item, StaleVersion
from measures.models.state import FIELDS
from measures.origin import safe_return
from measures.rights.roles import Action, Rights, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.rows import row_of
from measures.views.list_state import ListState

JOURNAL_SHOWN, JOURNAL_PAGE = 30, 200  # updates below the item, and on a page of its whole journal


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Show the item; a POST saves a change, or returns 409 with both texts if another user saved first."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = _fetch(checklist, measure__code=code)
    form_class = RowForm if _wants_row(request) else ItemForm
    may_hand_over = rights.may(Action.HAND_OVER, checklist)
    if request.method != "POST":
        form = form_class(instance=copy(shown), may_hand_over=may_hand_over)
        return _answer(request, shown, form, rights)

    if not rights.may_change(shown):
        raise PermissionDenied(_("Your role cannot change this item."))
    # The form fills in the instance that it is given; the page must go on showing what is true.
    form = form_class(request.POST, instance=copy(shown), may_hand_over=may_hand_over)
    if not form.is_valid():
        return _answer(request, shown, form, rights, status=422)
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
        now = _fetch(checklist, pk=stale.item.pk)
        newest = now.updates.first()
        conflict = {
            "by": newest.by_name if newest else "",
            "differences": differences(now.state(), now.state() | form.values()),
        }
        # Saving again from this page is a choice made with both texts in view.
        again = request.POST.copy()
        again["version"] = str(now.version)
        form = form_class(again, instance=copy(now), may_hand_over=may_hand_over)
        return _answer(request, now, form, rights, conflict=conflict, status=409)
    if _wants_row(request):
        return _answer(request, shown, None, rights)
    messages.success(request, _("Saved.") if update else _("Nothing was changed."))
    # Back to the list where the row's form was sent from one.
    back = safe_return(request, request.POST.get("next", ""), otherwise=shown.get_absolute_url())
    return redirect(back)


def _wants_row(request: SignedInRequest) -> bool:
    return request.headers.get("X-Fragment") == "row"


def _fetch(checklist: Checklist, **which: Any) -> Item:
    joined = checklist.items.select_related("measure__section__pillar__catalogue", "owner", "updated_by")
    return get_object_or_404(joined, **which)


def _answer(
    request: SignedInRequest,
    shown: Item,
    form: ItemForm | None,
    rights: Rights,
    *,
    conflict: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The item's page; or its row in the list, without a form once it is saved."""
    if _wants_row(request):
        state = ListState.of(request, shown.checklist)
        row = row_of(shown, rights, form=form, conflict=conflict, columns=state.columns)
        context = {"checklist": shown.checklist, "list_state": state, "columns": state.columns, "row": row}
        return render(request, "items/row.html", context, status=status)
    page = _journal(request, shown) | _neighbours(shown) | _assignments(shown, rights)
    context = page | {
        "checklist": shown.checklist,
        "item": shown,
        "state": [
            (one, one.in_words(value)) for one, value in zip(FIELDS, shown.state().values(), strict=True)
        ],
        "measure": shown.measure,
        "key_terms": shown.measure.key_terms_in(get_language()),
        "sentence": shown.measure.source.split(".")[-1],
        "form": form,
        "may_change": rights.may_change(shown),
        "conflict": conflict,
        "lit": shown.lit(timezone.localdate()),
    }
    return render(request, "items/item.html", context, status=status)


def _journal(request: SignedInRequest, shown: Item) -> dict[str, object]:
    updates = shown.updates.select_related("owner", "batch").order_by("-at", "-id")
    if request.GET.get("journal") != "all":
        # One more than is shown: the oldest shown is compared with the one before it.
        read = list(updates[: JOURNAL_SHOWN + 1])
        journal = list(entries(read))[:JOURNAL_SHOWN]
        return {"journal": journal, "journal_goes_on": len(read) > JOURNAL_SHOWN}
    page = Paginator(updates, JOURNAL_PAGE).get_page(request.GET.get("page"))
    start = page.start_index() - 1 if page.paginator.count else 0
    read = list(updates[start : start + JOURNAL_PAGE + 1])
    return {
        "journal": list(entries(read))[:JOURNAL_PAGE],
        "journal_page": page,
        "journal_pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
    }


def _neighbours(shown: Item) -> dict[str, Item | None]:
    others = shown.checklist.items.select_related("measure")
    position = shown.measure.position
    return {
        "before": others.filter(measure__position__lt=position).order_by("-measure__position").first(),
        "after": others.filter(measure__position__gt=position).order_by("measure__position").first(),
    }


def _assignments(item: Item, rights: Rights) -> dict[str, object]:
    """What the checklists above ask for this item, and whether the user may answer or assign it."""
    steps = item.checklist.assignment_steps.newest().filter(assignment__measure=item.measure_id)
    received = list(steps.select_related("assignment__checklist").order_by("-pk"))
    answers = item.checklist.is_open and rights.may(Action.CHANGE_ANY_ITEM, item.checklist)
    may = not item.measure.is_local and rights.may(Action.HAND_DOWN, item.checklist)
    return {
        "received": received,
        "answers": answers,
        "send_back": SendBackForm(),
        "hands_down": may and item.checklist.children.exists(),
    }
