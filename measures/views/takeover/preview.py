"""What was understood of a ledger, beside its first rows: corrected, then taken over."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from measures.catalogues.store import CatalogueRefused
from measures.choices import Status
from measures.forms.takeover import NamesForm
from measures.models import PlaceRefused, Takeover
from measures.models.state import NOTES_LIMIT
from measures.rights.roles import Action, rights_of
from measures.sheets.guard import SheetError
from measures.takeover.applying import NewNames, TakenAlready, apply_takeover, new_slug
from measures.takeover.mapping import Corrected, ReadFile, read_corrected
from measures.takeover.organisation import organisation_of
from measures.takeover.taken import UNIT_LIMIT, Taking
from measures.takeover.taking import taking_of
from measures.views.access import SignedInRequest
from measures.views.limits import limit_readings
from measures.views.takeover.meanings import known_meanings, meanings
from measures.views.takeover.shown import column_field, field_name, preview_of
from measures.views.takeover.who import refuse_all_but_superusers

NAMES = ("name", "title", "period", "slug", "parent")


@require_http_methods(["GET", "HEAD", "POST"])
@limit_readings
def takeover(request: SignedInRequest, pk: int) -> HttpResponse:
    """The preview. A POST keeps the corrections; with `apply` it takes the ledger over as it was shown."""
    refuse_all_but_superusers(request)
    uploaded = _mine(request, pk)
    found, taking = _read(uploaded)
    if request.method != "POST":
        return _page(request, uploaded, found, taking)
    said = _said(request.POST, found, taking)
    is_seen = request.POST.get("seen") == found.said.fingerprint == said.fingerprint
    if "apply" in request.POST and is_seen:
        return _apply(request, uploaded, found, taking)
    said.names = {name: request.POST.get(name, "")[: UNIT_LIMIT * 2] for name in NAMES}
    uploaded.corrections = said.to_json()
    uploaded.save(update_fields=["corrections"])
    if "apply" in request.POST:
        text = _("You corrected something. Look at what it makes of the ledger, then take it over.")
        messages.warning(request, text)
    return redirect("takeover", pk)


@require_POST
def discard_takeover(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete an upload that was not taken over."""
    refuse_all_but_superusers(request)
    _mine(request, pk).delete()
    messages.success(request, _("The upload is deleted."))
    return redirect("take-over")


def _mine(request: SignedInRequest, pk: int) -> Takeover:
    found: Takeover = get_object_or_404(Takeover.objects.waiting_for(request.user.pk), pk=pk)
    return found


def _read(uploaded: Takeover) -> tuple[ReadFile, Taking]:
    today = timezone.localdate()
    found = read_corrected(
        bytes(uploaded.content),
        uploaded.name,
        is_pasted=uploaded.is_pasted,
        today=today,
        said=Corrected.from_json(uploaded.corrections),
    )
    return found, taking_of(found, today=today)


def _said(posted: QueryDict, found: ReadFile, taking: Taking) -> Corrected:
    """What was said before, with what this form says otherwise. What is no possible value is passed over."""
    said = Corrected.from_json(found.said.to_json())
    said.columns = {signature: dict(columns) for signature, columns in said.columns.items()}
    known = known_meanings(
        meanings(found.meaning(group, column) for group in found.groups for column in group.columns)
    )
    for group in found.groups:
        for column in group.columns:
            meaning = posted.get(column_field(group, column), "")
            if meaning in known and meaning != found.meaning(group, column):
                said.columns.setdefault(group.signature, {})[column.letter] = meaning
    offered = [group.signature for group in found.groups if field_name("t", group.signature) in posted]
    said.left_out = [signature for signature in offered if posted[field_name("t", signature)] == "out"]
    for name in taking.units:
        called = posted.get(field_name("u", name))
        if (
            called is not None
            and (called := " ".join(called.split())[:UNIT_LIMIT]) != taking.units[name].name
        ):
            said.units[name] = called
    for status in taking.statuses.values():
        chosen = posted.get(field_name("s", status.said), "")
        if chosen in Status.values and chosen != status.status:
            said.statuses[status.said] = chosen
    for due in taking.dues.values():
        day = posted.get(field_name("d", due.said))
        if (
            day is not None
            and (day == "" or _is_day(day))
            and day != (due.day.isoformat() if due.day else "")
        ):
            said.dues[due.said] = day
    said.unit = " ".join(posted.get("unit", "").split())[:UNIT_LIMIT]
    return said


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def _page(
    request: SignedInRequest,
    uploaded: Takeover,
    found: ReadFile,
    taking: Taking,
    form: NamesForm | None = None,
) -> HttpResponse:
    parents = _parents(request)
    context = {
        "takeover": uploaded,
        "shown": preview_of(found, taking),
        "taking": taking,
        "said": found.said,
        "seen": found.said.fingerprint,
        "form": form or NamesForm(initial=_initial(found, taking), parents=parents),
        "notes_limit": NOTES_LIMIT,
    }
    return render(request, "takeover/preview.html", context, status=422 if form else 200)


def _initial(found: ReadFile, taking: Taking) -> dict[str, object]:
    names = {name: text for name, text in found.said.names.items() if text}
    name = organisation_of(taking.title) or taking.title[:100]
    usual = {"name": name, "title": taking.title, "period": str(taking.year)}
    return {"slug": new_slug(taking.year), **usual, **names}


def _parents(request: SignedInRequest) -> list[int]:
    """The checklists below which the user may open another."""
    rights = rights_of(request)
    held = [one.checklist for one in rights.memberships.values()]
    return [one.pk for one in held if rights.may(Action.TEND_BELOW, one)]


def _apply(request: SignedInRequest, uploaded: Takeover, found: ReadFile, taking: Taking) -> HttpResponse:
    form = NamesForm(request.POST, parents=_parents(request))
    if not taking.items:
        form.add_error(None, _("No row would be taken over. Say which column tells what is to be done."))
    if not form.is_valid():
        return _page(request, uploaded, found, taking, form)
    cleaned = form.cleaned_data
    names = NewNames(
        cleaned["title"], cleaned["name"], cleaned["slug"], cleaned["period"], cleaned.get("parent")
    )
    try:
        made = apply_takeover(uploaded, found, taking, names, by=request.user, at=timezone.now())
    except (CatalogueRefused, PlaceRefused, SheetError) as refused:
        form.add_error(None, str(refused))
    except IntegrityError:
        form.add_error("slug", _("This address is taken. Choose another."))
    except TakenAlready:
        messages.warning(request, _("This ledger was taken over already."))
        return redirect("take-over")
    else:
        count = len(taking.items)
        text = ngettext("Taken over: %(count)d item.", "Taken over: %(count)d items.", count)
        messages.success(request, text % {"count": count})
        return redirect("taken-over", made.slug)
    return _page(request, uploaded, found, taking, form)
