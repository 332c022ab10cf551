"""A checklist moved to another edition: what would follow, doing it, and undoing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.editions.offers import offers_for
from measures.editions.planning import UpgradePlan, plan_upgrade
from measures.editions.undoing import last_upgrade, touched_since, undo_upgrade
from measures.editions.upgrading import UpgradeRefused, undecided, upgrade
from measures.models import Checklist, EditionMapping
from measures.texts import fingerprint_of
from measures.views.access import SignedInRequest
from measures.views.editions.moving import decides_here, other_editions, upgraded_here

KEEP = "keep-"  # begins the fields that say which item of a merger goes on; then the new code


@require_http_methods(["GET", "HEAD", "POST"])
def upgrade_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """Shows what would become of each item; a POST does it, or undoes the last move."""
    checklist = upgraded_here(request, slug)
    editions = other_editions(checklist.catalogue_id)
    to = editions.filter(slug=request.POST.get("to") or request.GET.get("to") or "").first()
    mapping = EditionMapping.objects.newest(checklist.catalogue_id, to.pk) if to else None
    open_pairs = undecided(mapping) if mapping else []
    plan = None
    keeps: dict[str, str] = {}
    if mapping and not open_pairs:
        sent = [(name, kept) for name, kept in request.POST.items() if name.startswith(KEEP) and kept]
        keeps = {name.removeprefix(KEEP): str(kept) for name, kept in sent}
        plan = plan_upgrade(checklist, mapping, keeps)
    refused = ""
    if request.method == "POST":
        try:
            if _carried_out(request, checklist, plan, keeps):
                return redirect("upgrade", slug)
            refused = _("Choose an edition, look at what would change, and confirm.")
        except UpgradeRefused as error:
            refused = str(error)
    last = last_upgrade(checklist)
    context = {
        "checklist": checklist,
        "offers": offers_for(checklist.catalogue),
        "to": to,
        "mapping": mapping,
        "open_pairs": open_pairs,
        "plan": plan,
        "seen": _fingerprint(plan) if plan else "",
        "refused": refused,
        "decides": decides_here(checklist),
        "last": last,
        "touched": touched_since(last) if last else [],
        "below": Checklist.objects.below(checklist).filter(catalogue=checklist.catalogue_id).count(),
    }
    return render(request, "editions/upgrade.html", context, status=422 if refused else 200)


def _carried_out(
    request: SignedInRequest, checklist: Checklist, plan: UpgradePlan | None, keeps: dict[str, str]
) -> bool:
    now = timezone.now()
    if request.POST.get("act") == "undo":
        last = last_upgrade(checklist)
        if last is None:
            raise UpgradeRefused(_("This upgrade is not the last one any more."))
        undo_upgrade(last, by=request.user, at=now)
        messages.success(request, _("Undone. The checklist has its former edition again."))
        return True
    if request.POST.get("act") != "upgrade" or plan is None:
        return False
    if request.POST.get("seen") != _fingerprint(plan):
        raise UpgradeRefused(_("Something has changed since you looked. Here is what would happen now."))
    upgrade(checklist, plan.mapping, by=request.user, at=now, keeps=keeps)
    messages.success(request, _("The checklist has the new edition now."))
    return True


def _fingerprint(plan: UpgradePlan) -> str:
    """Differs as soon as an item, its version or what becomes of it does; not by who goes on in a merger."""
    seen = [
        (fate.item.pk if fate.item else 0, fate.item.version if fate.item else 0, fate.kind.value)
        for fate in plan.fates
    ]
    return fingerprint_of((plan.mapping.pk, sorted(seen)))
