"""What was done together, and the way back: bulk edits, imports and undos of a checklist."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from measures.choices import Via
from measures.forms.days import PER_PAGE
from measures.ledger.journal import entries_apart
from measures.ledger.plans import carry_out, plan_undo
from measures.models import Batch
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.previews import kept_from, say_outcome

WITH_EDITION = "item__measure__section__pillar__catalogue"


@require_GET
def batches(request: SignedInRequest, slug: str) -> HttpResponse:
    """All batches of the checklist, newest first."""
    checklist = readable_checklist(request, slug)
    found = checklist.batches.annotate(
        size=Count("updates", distinct=True), undone=Count("undone_by", distinct=True)
    )
    page = Paginator(found.order_by("-at"), PER_PAGE).get_page(request.GET.get("page"))
    numbers = page.paginator.get_elided_page_range(page.number)
    context = {"checklist": checklist, "tab": "batches", "page": page, "numbers": numbers}
    context["may_hand_over"] = rights_of(request).may(Action.HAND_OVER, checklist)
    return render(request, "batches/list.html", context)


@require_GET
def batch(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """One batch: each item with what changed, and what an undo would do."""
    checklist = readable_checklist(request, slug)
    shown = get_object_or_404(checklist.batches.select_related("undoes"), pk=pk)
    found = shown.updates.with_state().select_related(WITH_EDITION).with_previous()
    rights = rights_of(request)
    context = {
        "checklist": checklist,
        "tab": "batches",
        "batch": shown,
        "entries": entries_apart(found.order_by("item__measure__position")),
        "undone_by": shown.undone_by.all(),
        "written": shown.entries.select_related(WITH_EDITION, "unit", "withdrawal"),
        "plan": plan_undo(shown, rights) if rights.may_change_some(checklist) else None,
    }
    # The states of an upgrade are undone with the upgrade, on its page.
    if checklist.upgraded_at and shown.editions.exists():
        context["plan"] = None
    return render(request, "batches/page.html", context)


@require_POST
def undo(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Restore the values before the batch, except for items that somebody has changed since."""
    checklist = readable_checklist(request, slug)
    shown: Batch = get_object_or_404(checklist.batches, pk=pk)
    rights = rights_of(request)
    if not rights.may_change_some(checklist):
        raise PermissionDenied(_("Your role cannot change items here."))
    if checklist.upgraded_at and shown.editions.exists():
        return redirect("upgrade", slug)
    plan = plan_undo(shown, rights)
    done = date_format(timezone.localtime(shown.at), "Y-m-d H:i")
    reason = _("Undo: %(way)s of %(at)s") % {"way": shown.get_via_display(), "at": done}
    undone, outcome = carry_out(
        [planned.change for planned in plan.planned],
        checklist=checklist,
        by=request.user,
        at=timezone.now(),
        via=Via.UNDO,
        reason=reason,
        undoes=shown,
        withdraws=plan.withdrawn > 0,
    )
    left = [(item.measure.code, why) for item, why in plan.refused]
    say_outcome(request, outcome, left + kept_from(outcome))
    return redirect(undone or shown)
