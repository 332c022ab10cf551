"""A checklist moved to another edition: what became of each measure, what would follow, and doing it."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.editions.compare import compare
from measures.editions.differences import Segment, text_differences
from measures.editions.mapping import MappedPair, MappingIncomplete, pairs_of, save_mapping
from measures.editions.pairs import Compared, Edition, MeasureWording, PairKind
from measures.editions.planning import UpgradePlan, plan_upgrade
from measures.editions.read import edition_of_catalogue
from measures.editions.undoing import last_upgrade, touched_since, undo_upgrade
from measures.editions.upgrading import UpgradeRefused, undecided, upgrade
from measures.forms.editions import MappingForm
from measures.models import Catalogue, Checklist, CorrectedMeanwhile, EditionMapping, of_no_ledger
from measures.models.people import person_name
from measures.rights.roles import Action, rights_of
from measures.texts import fingerprint_of
from measures.views.access import SignedInRequest, readable_checklist

KEEP = "keep-"  # begins the fields that say which item of a merger goes on; then the new code


@dataclass(frozen=True)
class MappingLine:
    """One line of the mapping: what the old measure said, with what the new ones say otherwise marked."""

    code: str
    title: str
    pair: MappedPair
    differences: list[tuple[str, list[Segment]]]  # by new code
    others: list[tuple[str, str]]  # further candidates: codes and title
    to: BoundField | None
    sure: BoundField | None


def upgraded_here(request: SignedInRequest, slug: str) -> Checklist:
    """The checklist, if the user may move it to another edition; else 404 or 403."""
    checklist = readable_checklist(request, slug)
    if not rights_of(request).may(Action.UPGRADE, checklist):
        raise PermissionDenied(_("Only an administrator of the checklist moves it to another edition."))
    return checklist


def decides_here(checklist: Checklist) -> bool:
    """Whether the mapping is decided here: by the topmost checklist of the edition, once for all below."""
    return checklist.parent is None or checklist.parent.catalogue_id != checklist.catalogue_id


@require_http_methods(["GET", "HEAD", "POST"])
def upgrade_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """Shows what would become of each item; a POST does it, or undoes the last move."""
    checklist = upgraded_here(request, slug)
    editions = _others(checklist.catalogue_id).order_by("-date", "slug")
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
        "editions": editions,
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


def _others(catalogue: int) -> QuerySet[Catalogue]:
    """The published catalogues besides this one."""
    return Catalogue.objects.filter(of_no_ledger(), is_draft=False).exclude(pk=catalogue)


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


@require_http_methods(["GET", "HEAD", "POST"])
def edition_mapping(request: SignedInRequest, slug: str, to: str) -> HttpResponse:
    """What became of each measure, uncertain ones first; a POST saves what the office decides."""
    checklist = upgraded_here(request, slug)
    old = checklist.catalogue
    new: Catalogue = get_object_or_404(_others(old.pk), slug=to)
    mapping = EditionMapping.objects.newest(old.pk, new.pk)
    before, after = edition_of_catalogue(old), edition_of_catalogue(new)
    pairs = pairs_of(mapping) or [MappedPair.of(pair) for pair in compare(before, after)]
    revision = mapping.revision if mapping else 0
    asked = request.method == "POST"
    if asked and not decides_here(checklist):
        raise PermissionDenied(_("The mapping is decided in the topmost checklist of this edition."))
    form = MappingForm(
        request.POST if asked else None,
        old=before,
        new=after,
        pairs=pairs,
        revision=revision,
        decided_by=person_name(request.user),
    )
    if asked and form.is_valid():
        try:
            seen, now = form.cleaned_data["revision"], timezone.now()
            save_mapping(old, new, form.decided(), revision=seen, by=request.user, at=now)
        except CorrectedMeanwhile:
            form.add_error(None, _("Somebody else saved this mapping first. Open the page again."))
        except MappingIncomplete as incomplete:
            form.add_error(None, str(incomplete))
        else:
            messages.success(request, _("The mapping is saved."))
            return redirect(f"{reverse('upgrade', args=[slug])}?to={new.slug}")
    lines = _lines(pairs, form, before, after)
    context = {
        "checklist": checklist,
        "old": old,
        "new": new,
        "form": form,
        "lines": [line for line in lines if line.sure or (line.to and line.to.errors)],
        "certain": [line for line in lines if not line.sure and not (line.to and line.to.errors)],
        "decides": decides_here(checklist),
    }
    return render(request, "editions/mapping.html", context, status=422 if form.errors else 200)


def _lines(pairs: list[MappedPair], form: MappingForm, before: Edition, after: Edition) -> list[MappingLine]:
    olds, news = before.by_code(), after.by_code()
    found = []
    for pair in pairs:
        for code in pair.old or pair.new:
            measure = olds[code] if pair.old else news[code]
            candidates = news if pair.old else olds
            others = [
                (" ".join(codes), "; ".join(_title(candidates[one]) for one in codes))
                for codes in pair.others[:3]
                if codes and all(one in candidates for one in codes)
            ]
            marked = [(one, text_differences(_text(measure), _text(news[one]))) for one in pair.new]
            found.append(
                MappingLine(
                    code,
                    _title(measure),
                    pair,
                    marked if pair.old and pair.kind != PairKind.UNCHANGED else [],
                    others,
                    form[f"to-{code}"] if pair.old else None,
                    form[f"sure-{code}"] if f"sure-{code}" in form.fields else None,
                )
            )
    return found


def _wording(measure: Compared) -> MeasureWording:
    """In the reader's language, or in the first that the edition has."""
    return measure.wordings.get(get_language() or "") or next(iter(measure.wordings.values()))


def _title(measure: Compared) -> str:
    return _wording(measure).title


def _text(measure: Compared) -> str:
    said = _wording(measure)
    return f"{said.title}\n{said.detail}"
