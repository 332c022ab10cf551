"""Applications: a unit asks about its item, and the office grants them or returns them with a reason."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from measures.choices import ApplicationKind, DecisionState
from measures.forms.loop import ApplicationForm, DecideForm, ReturnForm, kinds_to_ask
from measures.ledger.loop import waiting_in
from measures.models import (
    Application,
    AskedAlready,
    CannotAsk,
    Checklist,
    DecidedAlready,
    EvidenceMissing,
    MilestoneStep,
    OwnApplication,
    RuleRefused,
)
from measures.origin import safe_return
from measures.rights.roles import rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.items.page import Typed, fetch_item, item_page


@require_GET
def applications(request: SignedInRequest, slug: str) -> HttpResponse:
    """What waits for the office's decision, the longest first."""
    checklist = readable_checklist(request, slug)
    return _list(request, checklist, DecideForm(checklist=checklist))


def _list(
    request: SignedInRequest, checklist: Checklist, form: DecideForm, *, status: int = 200
) -> HttpResponse:
    rights = rights_of(request)
    waiting = waiting_in(checklist, rights=rights, on=timezone.localdate())
    milestones = list(MilestoneStep.objects.waiting_in(checklist))
    context = {
        "checklist": checklist,
        "tab": "items",
        "waiting": waiting,
        "milestones": milestones,
        "count": len(waiting) + len(milestones),
        "decides": rights.may_decide(checklist),
        "decide_form": form,
        "ticked": form["ticked"].value() or [],
        "return_form": ReturnForm(),
    }
    return render(request, "applications/list.html", context, status=status)


@require_POST
def ask(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Asks the office for a decision on this item."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    shown = fetch_item(checklist, measure__code=code)
    side = rights.asking_side(shown)
    if side is None:
        raise PermissionDenied(_("Your role asks for nothing about this item."))
    kinds, today = kinds_to_ask(shown, checklist.rules), timezone.localdate()
    form = ApplicationForm(request.POST, item=shown, kinds=kinds, today=today)
    if form.is_valid():
        said = form.cleaned_data
        try:
            Application.ask(
                shown,
                ApplicationKind(said["kind"]),
                side=side,
                by=request.user,
                at=timezone.now(),
                reason=said["reason"],
                new_due=said.get("new_due"),
            )
        except AskedAlready:
            form.add_error("kind", _("This has been asked for already and waits for a decision."))
        except (CannotAsk, EvidenceMissing) as refused:
            form.add_error("kind", str(refused))
        else:
            messages.success(request, _("Asked. The office decides."))
            return redirect(shown)
    return item_page(request, shown, rights, Typed(application_form=form), status=422)


def _fetch(checklist: Checklist, pk: int) -> Application:
    found = Application.objects.filter(item__checklist=checklist).select_related("item__measure")
    return get_object_or_404(found, pk=pk)


def _back(request: SignedInRequest, application: Application) -> HttpResponse:
    item = application.item
    own = safe_return(request, request.POST.get("next", ""), otherwise="")
    return redirect(own or item.get_absolute_url())


@require_POST
def grant_application(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Does what was asked for."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if not rights.may_decide(checklist):
        raise PermissionDenied(_("Only an administrator of the checklist decides on applications."))
    asked = _fetch(checklist, pk)
    try:
        alone = asked.by_id == request.user.pk and rights.alone_decides(checklist)
        made = asked.grant(by=request.user, at=timezone.now(), only_one=alone)
        messages.success(request, _("Granted by one hand.") if made.by_one_hand else _("Granted."))
    except DecidedAlready:
        messages.error(request, _("This application has been decided meanwhile."))
    except OwnApplication:
        messages.error(request, _("Nobody grants what they asked for. Another administrator decides."))
    except RuleRefused:
        messages.error(request, _("The rules of this checklist don't let you grant this."))
    except EvidenceMissing as refused:
        messages.error(request, str(refused))
    return _back(request, asked)


@require_POST
def return_application(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Returns it with a reason; the item stays as it is."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if not rights.may_decide(checklist):
        raise PermissionDenied(_("Only an administrator of the checklist decides on applications."))
    asked = _fetch(checklist, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        shown = fetch_item(checklist, pk=asked.item_id)
        return item_page(request, shown, rights, Typed(return_form=form, returning=asked.pk), status=422)
    try:
        asked.send_back(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("Returned with your reason."))
    except DecidedAlready:
        messages.error(request, _("This application has been decided meanwhile."))
    return _back(request, asked)


@require_POST
def take_back_application(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Withdraws it, for who asked."""
    checklist = readable_checklist(request, slug)
    asked = _fetch(checklist, pk)
    if asked.by_id != request.user.pk or not checklist.is_open:
        raise PermissionDenied(_("Only who asked withdraws an application."))
    try:
        asked.take_back(by=request.user, at=timezone.now())
        messages.success(request, _("Application withdrawn."))
    except DecidedAlready:
        messages.error(request, _("This application has been decided meanwhile."))
    return _back(request, asked)


@require_POST
def decide_many(request: SignedInRequest, slug: str) -> HttpResponse:
    """Grants, or with `return` returns for one reason, each of the applications that are ticked."""
    checklist = readable_checklist(request, slug)
    rights = rights_of(request)
    if not rights.may_decide(checklist):
        raise PermissionDenied(_("Only an administrator of the checklist decides on applications."))
    form = DecideForm(request.POST, checklist=checklist)
    if not form.is_valid():
        return _list(request, checklist, form, status=422)
    ticked = list(form.cleaned_data["ticked"])
    own = any(asked.by_id == request.user.pk for asked in ticked)
    decided = Application.decide(
        ticked,
        DecisionState.RETURNED if form.returns else DecisionState.GRANTED,
        by=request.user,
        at=timezone.now(),
        reason=form.cleaned_data["reason"] if form.returns else "",
        only_one=own and rights.alone_decides(checklist),
    )
    codes: dict[bool, list[str]] = {False: [], True: []}
    for asked, why in decided.left:
        codes[isinstance(why, EvidenceMissing)].append(asked.item.measure.code)
    count = len(decided.made)
    done = ngettext("%(count)d application decided.", "%(count)d applications decided.", count)
    messages.success(request, done % {"count": count})
    if left := codes[False]:
        said = _("Left as they are, because they were decided meanwhile or are your own: %(codes)s")
        messages.warning(request, said % {"codes": _(", ").join(left)})
    if unproved := codes[True]:
        said = _("Left waiting, because no evidence shows the result: %(codes)s")
        messages.warning(request, said % {"codes": _(", ").join(unproved)})
    return redirect("applications", slug)
