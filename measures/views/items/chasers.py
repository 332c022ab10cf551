"""Chasers: the office asks units for an answer about many items at once, and the units read and answer."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.choices import ChaserLevel
from measures.forms.chasers import ChaserForm, ChasersForm
from measures.forms.days import PER_PAGE, DayForm
from measures.forms.loop import WithdrawForm
from measures.ledger.chasers import is_addressed, shown_chasers
from measures.lights import end_of_day, local_day
from measures.models import Chaser, Checklist, Item, Sent
from measures.models.chasers import CHASED_AT_ONCE, ChaserWithdrawn, by_lead_unit
from measures.models.people import person_name
from measures.reports import formats
from measures.reports.notices import NOTICE_FORMATS, NOTICES_AT_ONCE, notices_of, notices_zip
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, opening_and_today, readable_checklist
from measures.views.downloads import chosen_format, download, file_stem, record_export
from measures.views.items.selected import items_to_chase
from measures.views.limits import limit_file


@require_http_methods(["GET", "HEAD", "POST"])
def chasers(request: SignedInRequest, slug: str) -> HttpResponse:
    """The chasers of a checklist, newest first; a POST of items, level, text and day sends new ones."""
    checklist = readable_checklist(request, slug)
    if request.method == "POST":
        return _send(request, checklist)
    form = ChasersForm(request.GET, checklist=checklist, **opening_and_today(checklist))
    found = Chaser.objects.none()
    if form.is_valid():
        found = Chaser.objects.of_checklist(checklist)
        if form.past:
            found = found.up_to(form.past)
        if unit := form.cleaned_data["unit"]:
            found = found.filter(unit=unit)
        if form.cleaned_data["waiting"]:
            found = found.waiting(end_of_day(form.day))
    pages = Paginator(found.select_related("unit__checklist"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    unit = form.is_valid() and form.cleaned_data["unit"]
    context = {
        "checklist": checklist,
        "tab": "items",
        "form": form,
        "page": page,
        "numbers": pages.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "chasers": shown_chasers(page.object_list, as_of=form.past),
        "unit": checklist.owners.get(pk=unit) if unit else None,
        "chases": form.past is None and _may_chase(request, checklist),
        "may_chase": rights_of(request).may(Action.CHASE, checklist),
    }
    return render(request, "chasers/list.html", context, status=422 if form.errors else 200)


def _may_chase(request: SignedInRequest, checklist: Checklist) -> bool:
    return checklist.is_open and rights_of(request).may(Action.CHASE, checklist)


def _refuse_others(request: SignedInRequest, checklist: Checklist) -> None:
    if not _may_chase(request, checklist):
        raise PermissionDenied(_("Only an administrator of an open checklist chases units."))


@require_http_methods(["GET", "HEAD", "POST"])
def new_chasers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Shows which units would be chased about the chosen items; `chasers` sends."""
    checklist = readable_checklist(request, slug)
    _refuse_others(request, checklist)
    today = timezone.localdate()
    items = list(
        items_to_chase(request, checklist).select_related("measure", "owner").in_order()[: CHASED_AT_ONCE + 1]
    )
    codes = ",".join(item.measure.code for item in items)
    form = ChaserForm(initial={"codes": codes, "level": ChaserLevel.YELLOW}, checklist=checklist, today=today)
    return _form_page(request, checklist, form, items)


def _form_page(
    request: SignedInRequest, checklist: Checklist, form: ChaserForm, items: list[Item], *, status: int = 200
) -> HttpResponse:
    led, left_out = by_lead_unit(items)
    context = {
        "checklist": checklist,
        "tab": "items",
        "form": form,
        "units": list(led.items()),
        "left_out": left_out,
        "count": sum(len(of_unit) for of_unit in led.values()),
        "too_many": len(items) > CHASED_AT_ONCE,
        "back": request.POST.get("query", ""),
    }
    return render(request, "chasers/new.html", context, status=status)


def _send(request: SignedInRequest, checklist: Checklist) -> HttpResponse:
    _refuse_others(request, checklist)
    form = ChaserForm(request.POST, checklist=checklist, today=timezone.localdate())
    if not form.is_valid():
        items = checklist.items.filter(measure__code__in=request.POST.get("codes", "").split(","))
        shown = list(items.select_related("measure", "owner").in_order()[: CHASED_AT_ONCE + 1])
        return _form_page(request, checklist, form, shown, status=422)
    said = form.cleaned_data
    sent = Chaser.send(
        [item.pk for item in said["codes"]],
        level=ChaserLevel(said["level"]),
        text=said["text"],
        answer_by=said["answer_by"],
        by=request.user,
        at=timezone.now(),
    )
    _say(request, sent)
    if len(sent.chasers) == 1:
        return redirect("chaser", checklist.slug, sent.chasers[0].pk)
    return redirect("chasers", checklist.slug)


def _say(request: SignedInRequest, sent: Sent) -> None:
    count = len(sent.chasers)
    text = ngettext("%(count)d unit chased.", "%(count)d units chased.", count)
    messages.success(request, text % {"count": count})
    if sent.left_out:
        codes = _(", ").join(item.measure.code for item in sent.left_out)
        messages.warning(request, _("Left out, because no unit leads them: %(codes)s") % {"codes": codes})


def _fetch_chaser(checklist: Checklist, pk: int) -> Chaser:
    return get_object_or_404(Chaser.objects.of_checklist(checklist).select_related("unit__checklist"), pk=pk)


@require_GET
def chaser(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One chaser with its items, what answered it, and who has read it; `as_of` a past day."""
    checklist = readable_checklist(request, slug)
    return _chaser_page(request, checklist, _fetch_chaser(checklist, pk))


def _chaser_page(
    request: SignedInRequest, checklist: Checklist, found: Chaser, form: WithdrawForm | None = None
) -> HttpResponse:
    """The page of a chaser; with a `form` that is not valid, what is wrong in it."""
    day = DayForm(request.GET, **opening_and_today(checklist))
    if found.at >= end_of_day(day.day):
        raise Http404(_("This chaser was sent later."))
    (shown,) = shown_chasers([found], as_of=day.past)
    rights = rights_of(request)
    is_open = day.past is None and shown.withdrawal is None
    addressed = is_open and is_addressed(rights, found, checklist)
    context = {
        "checklist": checklist,
        "tab": "items",
        "shown": replace(shown, may_withdraw=is_open and _may_chase(request, checklist)),
        "withdraw_form": form or WithdrawForm(),
        "withdrawing": found.pk if form else None,
        "day": day,
        "notes_read": addressed and all(read.by_id != request.user.pk for read in shown.reads),
        "formats": NOTICE_FORMATS,
        "together": Chaser.objects.sent_with(found).count(),
        "at_once": NOTICES_AT_ONCE,
    }
    return render(request, "chasers/page.html", context, status=422 if day.errors or form else 200)


@require_GET
@limit_file
def notice(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """The notice to the unit as a file; with `together`, those of all units chased in the same act as ZIP."""
    checklist = readable_checklist(request, slug)
    found = _fetch_chaser(checklist, pk)
    kind = chosen_format(NOTICE_FORMATS, request.GET.get("format", ""))
    if found.withdrawn_by():
        raise Http404(_("This chaser was withdrawn, so it has no notice."))
    sent = list(Chaser.objects.sent_with(found)) if "together" in request.GET else [found]
    if len(sent) > NOTICES_AT_ONCE:
        raise Http404(_("There is no file with so many notices. Download them one by one."))
    made = notices_of(sent, checklist, made_by=person_name(request.user))
    day = local_day(found.at)
    title = made[0].title
    record_export(request, checklist, title, {"format": kind.name, "rows": len(made)})
    if "together" in request.GET:
        content = notices_zip([one.unit.name for one in sent], made, kind)
        name, plain = file_stem(checklist.name, title, on=day), f"{checklist.slug}-notices-{day}"
        return download(content, formats.zipped(notices_zip), name=name, plain=plain)
    name, plain = file_stem(title, found.unit.name, on=day), f"{checklist.slug}-notice-{found.pk}"
    return download(kind.write(made[0]), kind, name=name, plain=plain)


@require_POST
def read_chaser(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Notes that the user has read it, once, with their name and the time."""
    checklist = readable_checklist(request, slug)
    found = _fetch_chaser(checklist, pk)
    if not is_addressed(rights_of(request), found, checklist):
        raise PermissionDenied(_("Only those who act for the unit note its chasers as read."))
    found.note_read(by=request.user, at=timezone.now())
    messages.success(request, _("Noted as read."))
    return redirect(found)


@require_POST
def withdraw_chaser(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a chaser back, with a reason; it stays visible as withdrawn, and waits for no answer."""
    checklist = readable_checklist(request, slug)
    found = _fetch_chaser(checklist, pk)
    if not _may_chase(request, checklist):
        raise PermissionDenied(_("Only an administrator of an open checklist withdraws chasers."))
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _chaser_page(request, checklist, found, form)
    try:
        found.withdraw(by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("Chaser withdrawn."))
    except ChaserWithdrawn:
        messages.error(request, _("Somebody has withdrawn this chaser meanwhile."))
    return redirect(found)
