"""A draft as an outline: each act is a form, and leads back to the row that it was about."""

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.catalogues import editing, editing_parts
from measures.catalogues.draft import Done, Draft, DraftPart
from measures.catalogues.head_forms import HeadForm, head_of
from measures.catalogues.outline import MeasureLine
from measures.catalogues.outline_forms import LinesForm, MeasureForm, TypedData
from measures.catalogues.store import CatalogueRefused
from measures.choices import Cadence
from measures.models import Catalogue, Measure
from measures.views.access import SignedInRequest
from measures.views.catalogues.outline_page import TOP, Open, form_of, outline_page, seen_of_row
from measures.views.catalogues.outline_split import halves_of, lines_of_halves
from measures.views.catalogues.rights import refuse_others

# What is to be shown again, or where to go.
type OutlineAnswer = Open | str


@require_http_methods(["GET", "HEAD", "POST"])
def outline(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show the outline of a draft, with one row open; a POST changes it."""
    refuse_others(request)
    if request.method != "POST":
        draft = Draft(get_object_or_404(Catalogue, slug=slug, is_draft=True))
        return outline_page(request, draft, _asked_for(request, draft))
    try:
        with editing.locked_draft(slug) as draft:
            outcome = _act(request, draft)
    except CatalogueRefused as refused:
        draft = Draft(get_object_or_404(Catalogue, slug=slug, is_draft=True))
        outcome = replace(_typed_again(request, draft), error=str(refused), status=422)
    return redirect(outcome) if isinstance(outcome, str) else outline_page(request, draft, outcome)


def _asked_for(request: SignedInRequest, draft: Draft) -> Open:
    """What the address opens."""
    given = request.GET
    shown = Open(at=given.get("at", ""), add=given.get("add", ""), checked="check" in given)
    if "head" in given:
        shown.head = _head_form(draft, None)
    row = draft.row(given.get("split", ""))
    if isinstance(row, Measure):
        shown.at, shown.halves = f"m{row.pk}", halves_of(draft, row, None)
    return shown


def _act(request: SignedInRequest, draft: Draft) -> OutlineAnswer:
    act = request.POST.get("act", "")
    if whole := WHOLE.get(act):
        return whole(request, draft)
    row = draft.row(request.POST.get("row", ""))
    if row is None:
        return Open(lost=_typed(request, draft), error=_gone(), status=409)
    if "seen" in request.POST and (refused := _keep(request, draft, row, act)):
        return refused
    return ROWS.get(act, _close)(request, draft, row)


def _gone() -> str:
    return _("Somebody else removed this meanwhile. What you typed is below.")


def _conclude(request: SignedInRequest, draft: Draft, done: Done) -> Done:
    editing.conclude(draft, done, by=request.user, at=timezone.now())
    return done


def _address(draft: Draft, key: str, *, opened: str = "") -> str:
    query = f"?{opened}={key}" if opened else ""
    anchor = "add" if opened == "add" else key
    return reverse("outline", args=[draft.catalogue.slug]) + query + (f"#{anchor}" if anchor else "")


# Whatever is done to an open row, what was typed into it is kept first.


def _keep(request: SignedInRequest, draft: Draft, row: DraftPart | Measure, act: str) -> Open | None:
    key, seen, now = request.POST["row"], request.POST["seen"], seen_of_row(row)
    if act == "two":
        return _keep_halves(request, draft, row)
    form = form_of(draft, row, request.POST)
    valid = form.is_valid()
    if act != "remove" and not valid:
        return Open(at=key, form=form, seen=seen, status=422)
    if seen != now:
        return Open(at=key, form=form, seen=now, versus=form.versus(), error=_changed(), status=409)
    if act == "remove":
        return None
    if isinstance(form, MeasureForm):
        assert isinstance(row, Measure)
        done = editing.reword(draft, row, form.line(), to=form.to())
    else:
        assert isinstance(row, DraftPart)
        texts, code = (form.texts("title"), form.texts("summary")), form.cleaned_data["code"]
        done = editing_parts.reword_part(draft, row, *texts, code=code, to=form.to())
    _conclude(request, draft, done)
    return None


def _changed() -> str:
    return _("Somebody else changed this meanwhile. Nothing of yours was saved yet.")


def _keep_halves(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> Open | None:
    if not isinstance(row, Measure):
        return Open(error=_gone(), status=409)
    key, now = request.POST["row"], seen_of_row(row)
    halves = halves_of(draft, row, request.POST)
    first, second = (half.is_valid() for half in halves)
    if not (first and second):
        return Open(at=key, halves=halves, seen=request.POST["seen"], status=422)
    if request.POST["seen"] != now:
        return Open(at=key, halves=halves, seen=now, error=_changed(), status=409)
    return None


def _close(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> str:
    return _address(draft, request.POST["row"])


def _next(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> str:
    keys = list(draft.keys())
    place = keys.index(request.POST["row"]) + 1
    return _address(draft, keys[place], opened="at") if place < len(keys) else _address(draft, keys[-1])


def _move(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> str:
    step = -1 if request.POST["act"] == "up" else 1
    done = _conclude(request, draft, editing.move_row(draft, row, step))
    return _address(draft, done.key, opened="at" if "seen" in request.POST else "")


def _merge(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> OutlineAnswer:
    other = editing.following_measure(draft, row) if isinstance(row, Measure) else None
    if not isinstance(row, Measure) or other is None:
        raise CatalogueRefused(_("There is no measure after it in the same part."))
    if request.POST.get("other", "") != f"m{other.pk}":
        text = _("Another measure follows it by now. Look again, then merge.")
        return Open(at=f"m{row.pk}", error=text, status=409)
    done = _conclude(request, draft, editing.merge(draft, row, other))
    return _address(draft, done.key, opened="at")


def _split(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> str:
    return _address(draft, request.POST["row"], opened="split" if isinstance(row, Measure) else "")


def _two(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> str:
    assert isinstance(row, Measure)
    first, second = lines_of_halves(draft, row, request.POST)
    done = _conclude(request, draft, editing.split(draft, row, first, second))
    return _address(draft, done.key)


def _remove(request: SignedInRequest, draft: Draft, row: DraftPart | Measure) -> str:
    if "seen" not in request.POST:
        return _address(draft, request.POST["row"], opened="at")
    return _address(draft, _conclude(request, draft, editing.remove(draft, row)).key)


ROWS: dict[str, Callable[[SignedInRequest, Draft, DraftPart | Measure], OutlineAnswer]] = {
    "save": _close,
    "next": _next,
    "up": _move,
    "down": _move,
    "merge": _merge,
    "split": _split,
    "two": _two,
    "remove": _remove,
}


# What is done to the draft as a whole.


def _add(request: SignedInRequest, draft: Draft) -> OutlineAnswer:
    """Parts at the top or in a part, or measures in a part or after another; then more can be added there."""
    place = request.POST.get("add", "")
    row, form = draft.row(place), LinesForm(request.POST)
    if row is None and place != TOP:
        return Open(lost=_typed(request, draft), error=_gone(), status=409)
    if not form.is_valid():
        return Open(add=place, lines=form, status=422)
    titles = form.cleaned_data["titles"]
    own = draft.languages[0]
    lines = [MeasureLine((), "", {own: title}, {}, Cadence.ONCE) for title in titles]
    if isinstance(row, Measure):
        done = editing.accept_measures(draft, draft.part_of(row), lines, after=row)
        place = done.key
    elif row and draft.holds_measures(row):
        done = editing.accept_measures(draft, row, lines)
    else:
        done = editing_parts.add_parts(draft, row, titles)
    _conclude(request, draft, done)
    return _address(draft, place, opened="add")


def _head_form(draft: Draft, data: TypedData) -> HeadForm:
    return HeadForm(data, draft.languages, head_of(draft.catalogue), depth=draft.depth)


def _head(request: SignedInRequest, draft: Draft) -> OutlineAnswer:
    form = _head_form(draft, request.POST)
    if not form.is_valid():
        return Open(head=form, status=422)
    if request.POST.get("seen", "") != _head_form(draft, None).seen:
        return Open(head=form, versus=form.versus(), error=_changed(), status=409)
    _conclude(request, draft, editing.reword_head(draft, form.values()))
    return _address(draft, "")


def _renumber(request: SignedInRequest, draft: Draft) -> OutlineAnswer:
    if request.POST.get("seen", "") != draft.seen:
        text = _("Somebody else changed the draft meanwhile. Look again, then number it anew.")
        return Open(error=text, status=409)
    return _address(draft, _conclude(request, draft, editing.renumber(draft)).key)


WHOLE: dict[str, Callable[[SignedInRequest, Draft], OutlineAnswer]] = {
    "add": _add,
    "head": _head,
    "renumber": _renumber,
}


def _typed(request: SignedInRequest, draft: Draft) -> list[tuple[str, str]]:
    """What was typed, by the name of its field, for a form whose row is gone."""
    names = {"title": _("Title"), "detail": _("Detail"), "summary": _("Summary"), "terms": _("Key terms")}
    found = [(names.get(name.split("_")[0], ""), text) for name, text in request.POST.dict().items()]
    found.append((_("Titles, one a line"), request.POST.get("titles", "")))
    return [(name, text) for name, text in found if name and text]


def _typed_again(request: SignedInRequest, draft: Draft) -> Open:
    """The form that an act was refused from, as it was typed."""
    key, act = request.POST.get("row", ""), request.POST.get("act", "")
    if act == "add":
        return Open(add=request.POST.get("add", ""), lines=LinesForm(request.POST))
    row = draft.row(key)
    if row is None:
        return Open(lost=_typed(request, draft))
    shown = Open(at=key, seen=request.POST.get("seen", ""))
    if act == "two" and isinstance(row, Measure):
        shown.halves = halves_of(draft, row, request.POST)
    elif "seen" in request.POST:
        shown.form = form_of(draft, row, request.POST)
    return shown
