"""Entries about one item: a unit writes one, or the office for it; its author or the office withdraws it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from measures.choices import Side, Via
from measures.forms.items import RULE_REFUSED
from measures.forms.loop import WithdrawForm
from measures.ledger.loop import open_periods
from measures.models import Item, Period, RuleRefused, StaleEntries, WithdrawnAlready, write_entries
from measures.rights.roles import Rights, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.page import Typed, entry_form, fetch_item, item_page


@require_POST
def write_entry(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Adds an entry, and sets the status that was chosen with it; 409 if somebody changed the item first."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = fetch_item(checklist, measure__code=code)
    side = rights.writing_side(shown)
    if side is None:
        raise PermissionDenied(_("Your role writes no entries about this item."))
    today = timezone.localdate()
    periods = open_periods(checklist, today)
    form = entry_form(shown, rights, periods, on=today, data=request.POST)
    if not form.is_valid():
        return item_page(request, shown, rights, Typed(entry_form=form), status=422)
    try:
        unit = rights.unit_of(checklist) if side == Side.COOPERATING else None
        write_entries(
            [form.new_entry()], side=side, by=request.user, at=timezone.now(), via=Via.PAGE, unit=unit
        )
    except StaleEntries:
        return _changed_meanwhile(request, shown, rights, periods)
    except RuleRefused:
        form.add_error("status", RULE_REFUSED)
        return item_page(request, shown, rights, Typed(entry_form=form), status=422)
    messages.success(request, _("Entry saved."))
    return redirect(shown)


def _changed_meanwhile(
    request: SignedInRequest, shown: Item, rights: Rights, periods: list[Period]
) -> HttpResponse:
    """The page as the item is now, with the entry that was not saved: saving again is a choice."""
    now = fetch_item(shown.checklist, pk=shown.pk)
    again = request.POST.copy()
    again["entry-version"] = str(now.version)
    fresh = entry_form(now, rights, periods, on=timezone.localdate(), data=again)
    fresh.full_clean()
    fresh.add_error(
        None,
        _("Somebody changed this item while you were writing. Check its status, then save the entry again."),
    )
    return item_page(request, now, rights, Typed(entry_form=fresh), status=409)


@require_POST
def withdraw_entry(request: SignedInRequest, slug: str, code: str, pk: int) -> HttpResponse:
    """Takes an entry back, with a reason; it stays visible as withdrawn."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = fetch_item(checklist, measure__code=code)
    entry = get_object_or_404(shown.entries.all(), pk=pk)
    if not rights.may_withdraw(entry, checklist):
        raise PermissionDenied(_("Only its author or the office withdraws an entry."))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        typed = Typed(withdraw_form=form, withdrawing=entry.pk)
        return item_page(request, shown, rights, typed, status=422)
    try:
        entry.withdraw(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("Entry withdrawn."))
    except WithdrawnAlready:
        messages.error(request, _("Somebody has withdrawn this entry meanwhile."))
    return redirect(shown)
