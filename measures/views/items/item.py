"""One item: its page, and the form that changes its state.

The same address serves a row of the list that is edited in place: asked with the header `X-Fragment: row`,
it answers with that row alone.
"""

from collections.abc import Mapping
from copy import copy

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import Side, Via
from measures.forms.items import RULE_REFUSED, ItemForm, RowForm
from measures.forms.loop import RowEntryForm
from measures.ledger.journal import differences
from measures.ledger.loop import open_periods
from measures.models import Item, NewEntry, RuleRefused, StaleEntries, StaleVersion, write_entries
from measures.origin import safe_return
from measures.rights.roles import Action, Rights, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.edition import former_address, item_to_save, meant_item
from measures.views.items.page import Typed, entry_form, fetch_item, item_page
from measures.views.items.rows import RowForms, row_of
from measures.views.list_state import ListState


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Show the item; a POST saves a change, or returns 409 with both texts if another user saved first."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    try:
        which = meant_item(request, checklist, code)
        saves = request.method == "POST" and "measure__code" in which
        shown = (item_to_save if saves else fetch_item)(checklist, **which)
    except Http404:
        former = former_address(checklist, code)
        if not former or request.method == "POST":
            raise
        return redirect(f"{former}?{request.GET.urlencode()}".rstrip("?"))
    if "@" in code and (shown.retired_at is None or request.method == "POST"):
        return redirect(shown)
    if request.method == "POST":
        return _save(request, shown, rights)
    if _wants_row(request):
        return _row(request, shown, rights, RowForms.of(shown, rights))
    return item_page(request, shown, rights)


def _wants_row(request: SignedInRequest) -> bool:
    return request.headers.get("X-Fragment") == "row"


def _save(request: SignedInRequest, shown: Item, rights: Rights) -> HttpResponse:
    if not rights.may_change(shown):
        raise PermissionDenied(_("Your role cannot change this item."))
    forms = _bound(request, shown, rights)
    if not forms.are_valid():
        return _again(request, shown, rights, forms, status=422)
    side = rights.writing_side(shown)
    try:
        saved = _write(request, shown, forms, side)
    except StaleVersion as stale:
        return _conflict(request, fetch_item(shown.checklist, pk=stale.item.pk), rights, forms)
    except RuleRefused:
        # The form offers nothing that the rules refuse; they were changed meanwhile.
        forms.state.add_error(None, RULE_REFUSED)
        return _again(request, shown, rights, forms, status=422)
    if _wants_row(request):
        return _row(request, fetch_item(shown.checklist, pk=shown.pk), rights, None)
    messages.success(request, _("Saved.") if saved else _("Nothing was changed."))
    # Back to the list where the row's form was sent from one.
    back = safe_return(request, request.POST.get("next", ""), otherwise=shown.get_absolute_url())
    return redirect(back)


def _bound(request: SignedInRequest, shown: Item, rights: Rights) -> RowForms:
    """The forms with what was sent. The form fills in the instance that it is given; `shown` stays true."""
    form_class = RowForm if _wants_row(request) else ItemForm
    may_hand_over = rights.may(Action.HAND_OVER, shown.checklist)
    actor = rights.actor(shown.checklist)
    form = form_class(
        request.POST,
        instance=copy(shown),
        may_hand_over=may_hand_over,
        actor=actor,
        today=timezone.localdate(),
    )
    writes = "entry-progress" in request.POST and rights.writing_side(shown)
    return RowForms(form, RowEntryForm(request.POST, item=shown) if writes else None)


def _write(request: SignedInRequest, shown: Item, forms: RowForms, side: Side | None) -> bool:
    """Save the change and the entry of a row together; whether there was anything to save."""
    form, at = forms.state, timezone.now()
    version, reason = form.cleaned_data["version"], form.cleaned_data["reason"]
    text = forms.entry.text if forms.entry else ""
    if not text or side is None:
        update = shown.change(
            form.values(), version=version, by=request.user, at=at, via=Via.PAGE, reason=reason
        )
        return update is not None
    new = NewEntry(shown.pk, progress=text, version=version, values=form.values(), reason=reason)
    try:
        write_entries([new], side=side, by=request.user, at=at, via=Via.PAGE)
    except StaleEntries as stale:
        raise StaleVersion(stale.items[0]) from stale
    return True


def _conflict(request: SignedInRequest, now: Item, rights: Rights, forms: RowForms) -> HttpResponse:
    newest = now.updates.first()
    conflict = {
        "by": newest.by_name if newest else "",
        "differences": differences(now.state(), now.state() | forms.state.values()),
    }
    # Saving again from this page is a choice made with both texts in view.
    again = request.POST.copy()
    again["version"] = str(now.version)
    may_hand_over = rights.may(Action.HAND_OVER, now.checklist)
    form = type(forms.state)(
        again, instance=copy(now), may_hand_over=may_hand_over, actor=rights.actor(now.checklist)
    )
    fresh = RowForms(form, forms.entry)
    return _again(request, now, rights, fresh, conflict=conflict, status=409)


def _again(
    request: SignedInRequest,
    shown: Item,
    rights: Rights,
    forms: RowForms,
    *,
    conflict: Mapping[str, object] | None = None,
    status: int,
) -> HttpResponse:
    """The row or the page again, with what was typed and what is wrong with it."""
    if _wants_row(request):
        return _row(request, shown, rights, forms, conflict=conflict, status=status)
    typed = Typed(form=forms.state, conflict=conflict)
    if forms.entry and forms.entry["progress"].value():
        today, kept = timezone.localdate(), {"progress": forms.entry["progress"].value()}
        periods = open_periods(shown.checklist, today)
        typed.entry_form = entry_form(shown, rights, periods, on=today, initial=kept)
    return item_page(request, shown, rights, typed, status=status)


def _row(
    request: SignedInRequest,
    shown: Item,
    rights: Rights,
    forms: RowForms | None,
    *,
    conflict: Mapping[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The item's row in the list: with forms, or plain once it is saved."""
    state = ListState.of(request, shown.checklist)
    row = row_of(shown, rights, forms=forms, conflict=conflict, columns=state.columns)
    context = {"checklist": shown.checklist, "list_state": state, "columns": state.columns, "row": row}
    return render(request, "items/row.html", context, status=status)
