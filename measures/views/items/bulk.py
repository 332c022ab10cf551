"""Many items at once: choose, see what would change, then change them as one batch."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.choices import Via
from measures.forms.bulk import BulkForm
from measures.forms.days import unusual
from measures.ledger.plans import (
    HANDED_OVER,
    Plan,
    Refusal,
    carry_out,
    entry_by,
    from_plain,
    names_unknown,
    plain_values,
    plan_bulk,
)
from measures.models import Change, Checklist, NewEntry, Owner
from measures.querysets.ledger import ItemQuerySet
from measures.rights.roles import Action, Rights, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.selected import selected_items
from measures.views.previews import back_to_list, kept_from, say_outcome, seal, unseal

# Another one whenever the preview holds something else: a token of an earlier release is too old.
SALT = "measures.bulk.2"


# A GET, such as the admin's list leads to, names the items as `codes` and writes nothing.
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: SignedInRequest, slug: str) -> HttpResponse:
    """The page on which ticked or filtered items are changed together; nothing is written before `apply`."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if not rights.may_change_some(checklist):
        raise PermissionDenied(_("Your role cannot change items here."))
    if "apply" in request.POST:
        return _apply(request, checklist, rights)
    items = selected_items(request, checklist).for_list().in_order()
    may_hand_over = rights.may(Action.HAND_OVER, checklist)
    asked = "preview" in request.POST
    form = BulkForm(request.POST if asked else None, checklist=checklist, may_hand_over=may_hand_over)
    plan = None
    if asked and form.is_valid():
        said = form.cleaned_data
        plan = plan_bulk(items, form.values_for, said["append"], rights, progress=said["progress"])
        if plan.needs_reason and not form.cleaned_data["reason"]:
            form.add_error(
                "reason", _("Some of these changes need a reason: blocked, dropped, or a moved due date.")
            )
            plan = None
    return _page(request, checklist, form, items, plan)


def _page(
    request: SignedInRequest, checklist: Checklist, form: BulkForm, items: ItemQuerySet, plan: Plan | None
) -> HttpResponse:
    codes = [item.measure.code for item in items]
    context: dict[str, object] = {
        "checklist": checklist,
        "tab": "items",
        "form": form,
        "items": items,
        "codes": ",".join(codes),
        "count": len(codes),
        "plan": plan,
        "back": request.POST.get("query", ""),
    }
    if plan:
        context["past_due"] = unusual(form.cleaned_data["due"], timezone.localdate())
        content = {
            "changes": [
                [planned.change.item_id, planned.change.version, plain_values(planned.change.values)]
                for planned in plan.planned
            ],
            "reason": form.cleaned_data["reason"],
            "entries": [entry.item_id for entry in plan.entries],
            "progress": form.cleaned_data["progress"],
            # By name as well: the name is what the user saw.
            "owner": str(form.values().get("owner") or ""),
        }
        context["token"] = seal(request, checklist, SALT, content)
    return render(request, "items/bulk.html", context, status=422 if form.errors else 200)


def _entries(items: ItemQuerySet, progress: str, rights: Rights) -> list[NewEntry]:
    """The entries of the preview that the user may still write."""
    made = (entry_by(rights, item, progress=progress) for item in items.for_list())
    return [entry for entry in made if entry]


def _has_other_name(key: int | None, owners: Mapping[int, Owner], name: str) -> bool:
    """Whether the owner that was chosen was renamed since the preview."""
    return key is not None and owners[key].name != name


def _apply(request: SignedInRequest, checklist: Checklist, rights: Rights) -> HttpResponse:
    sealed = unseal(request, checklist, SALT)
    if not sealed:
        messages.error(request, _("This preview is too old. Choose the items again."))
        return redirect("items", checklist.slug)
    owners = {owner.pk: owner for owner in checklist.owners.all()}
    items = checklist.items.for_list().in_bulk([pk for pk, _version, _values in sealed["changes"]])
    may_hand_over = rights.may(Action.HAND_OVER, checklist)
    changes, left = [], []
    for pk, version, plain in sealed["changes"]:
        # Rights may have changed since the preview.
        if pk not in items:
            continue
        handed = plain.keys() & set(HANDED_OVER)
        if not rights.may_change(items[pk]) or (handed and not may_hand_over):
            left.append((items[pk].measure.code, Refusal.ROLE))
        elif names_unknown(plain, owners) or _has_other_name(plain.get("owner"), owners, sealed["owner"]):
            left.append((items[pk].measure.code, Refusal.OWNER))
        else:
            changes.append(Change(pk, version, from_plain(plain, owners)))
    batch, outcome = carry_out(
        changes,
        checklist=checklist,
        by=request.user,
        at=timezone.now(),
        via=Via.BULK,
        reason=sealed["reason"],
        entries=_entries(checklist.items.filter(pk__in=sealed["entries"]), sealed["progress"], rights),
    )
    say_outcome(request, outcome, left + kept_from(outcome), batch)
    return back_to_list(checklist, request.POST.get("query", ""))
