"""The sentences of the article that a draft was proposed from, where a person goes through them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from measures.catalogues import sentences as acts
from measures.catalogues.article_forms import AddedMeasureForm, ProposedMeasureForm, SplitForm
from measures.catalogues.store import CatalogueRefused
from measures.choices import Cadence, Ruling
from measures.models import Catalogue, CatalogueSentence, Measure
from measures.querysets.sentences import SentenceQuerySet
from measures.views.access import SignedInRequest
from measures.views.catalogues.rights import refuse_others
from measures.views.catalogues.sentence_rows import (
    SHOWN_AT_ONCE,
    article_parts,
    part_of,
    suggested_split,
    title_of,
)


@dataclass
class SentenceForm:
    """The form that is open on the page: which act, of which sentence or measure."""

    act: str
    key: int
    form: Form


@require_http_methods(["GET", "HEAD", "POST"])
def sentences(request: SignedInRequest, slug: str) -> HttpResponse:
    """The sentences of the article with the measures proposed from each. A POST is one act on one of them."""
    refuse_others(request)
    draft: Catalogue = get_object_or_404(Catalogue, slug=slug)
    found = CatalogueSentence.objects.filter(catalogue=draft)
    if not found.exists():
        raise Http404
    if request.method == "POST":
        return _acted(request, draft)
    opened = _opened(draft, request.GET) if draft.is_draft else None
    return _page(request, draft, _number(request.GET.get("at")), opened)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _measure(draft: Catalogue, key: int) -> Measure:
    found: Measure = get_object_or_404(Measure.objects.shared_by(draft), pk=key, sentences__catalogue=draft)
    return found


def _sentence(draft: Catalogue, number: int) -> CatalogueSentence:
    found: CatalogueSentence = get_object_or_404(CatalogueSentence, catalogue=draft, number=number)
    return found


def _opened(draft: Catalogue, query: QueryDict) -> SentenceForm | None:
    """The form that the address asks for, filled with what it is about."""
    language = draft.languages[0]
    if key := _number(query.get("add")):
        return SentenceForm("add", _sentence(draft, key).number, AddedMeasureForm())
    if key := _number(query.get("split")):
        title = title_of(_measure(draft, key), language)
        return SentenceForm("split", key, SplitForm(initial={"titles": suggested_split(title)}))
    if key := _number(query.get("edit")):
        measure = _measure(draft, key)
        initial = {
            "title": title_of(measure, language),
            "detail": getattr(measure, f"detail_{language.replace('-', '_')}"),
            "cadence": measure.cadence,
            "key_terms": "、".join(measure.key_terms_in(language)),
        }
        return SentenceForm("edit", key, ProposedMeasureForm(initial=initial))
    return None


def _acted(request: SignedInRequest, draft: Catalogue) -> HttpResponse:
    name, _colon, key = request.POST.get("act", "").partition(":")
    act = ACTS.get(name)
    if act is None or not draft.is_draft:
        raise Http404
    try:
        done = act(request, draft, _number(key))
    except CatalogueRefused as refused:
        messages.error(request, str(refused))
        done = LeadBack(_number(request.POST.get("at")))
    if isinstance(done, SentenceForm):
        return _page(request, draft, _number(request.POST.get("at")), done, status=422)
    address = reverse("sentences", args=[draft.slug])
    if not done.number:
        return redirect(address)
    on = f"&on={done.measure}" if done.measure else ""
    return redirect(f"{address}?at={done.number}{on}#{_mark(done.number, done.measure)}")


def _mark(number: int, measure: int) -> str:
    """The part of the page that has the focus: a sentence, or one of its measures."""
    return f"m{number}-{measure}" if measure else f"s{number}"


@dataclass
class LeadBack:
    """Where an act leads back to: a sentence, or one of its measures."""

    number: int
    measure: int = 0


def _accept(request: SignedInRequest, draft: Catalogue, number: int) -> LeadBack:
    sentence = _sentence(draft, number)
    acts.take_proposals(
        draft, acts.sentences_of(draft).filter(pk=sentence.pk), at=timezone.now(), by=request.user
    )
    return LeadBack(number)


def _accept_part(request: SignedInRequest, draft: Catalogue, number: int) -> LeadBack:
    found = acts.sentences_of(draft)
    numbers = part_of(list(found.values_list("number", "headings")), number)
    return _accept_many(request, draft, found.filter(number__in=numbers), number)


def _accept_plain(request: SignedInRequest, draft: Catalogue, number: int) -> LeadBack:
    return _accept_many(request, draft, acts.sentences_of(draft).plain(), number)


def _accept_many(
    request: SignedInRequest, draft: Catalogue, chosen: SentenceQuerySet, number: int
) -> LeadBack:
    count = acts.take_proposals(draft, chosen, at=timezone.now(), by=request.user)
    said = ngettext("%(count)d sentence accepted.", "%(count)d sentences accepted.", count)
    messages.success(request, said % {"count": count})
    return LeadBack(number)


def _not_asked(request: SignedInRequest, draft: Catalogue, number: int) -> LeadBack:
    sentence = _sentence(draft, number)
    acts.set_aside(draft, sentence, Ruling.NOT_ASKED, at=timezone.now(), by=request.user)
    return LeadBack(number)


def _leave_out(request: SignedInRequest, draft: Catalogue, number: int) -> LeadBack:
    sentence = _sentence(draft, number)
    acts.set_aside(draft, sentence, Ruling.LEFT_OUT, at=timezone.now(), by=request.user)
    return LeadBack(number)


def _propose(request: SignedInRequest, draft: Catalogue, number: int) -> LeadBack:
    if not acts.propose_again(draft, _sentence(draft, number), at=timezone.now(), by=request.user):
        messages.warning(request, _("The rules find nothing in this sentence. Add a measure by hand."))
    return LeadBack(number)


def _remove(request: SignedInRequest, draft: Catalogue, key: int) -> LeadBack:
    measure = _measure(draft, key)
    number = _first_number(measure)
    acts.remove(draft, measure, at=timezone.now(), by=request.user)
    return LeadBack(number)


def _merge(request: SignedInRequest, draft: Catalogue, key: int) -> LeadBack:
    measure = _measure(draft, key)
    number = _first_number(measure)
    joined = acts.merge_with_previous(draft, measure, at=timezone.now(), by=request.user)
    numbers = list(joined.sentences.values_list("number", flat=True).order_by("number"))
    return LeadBack(number, joined.pk) if number in numbers else LeadBack(numbers[0], joined.pk)


def _first_number(measure: Measure) -> int:
    return measure.sentences.order_by("number")[0].number


def _edit(request: SignedInRequest, draft: Catalogue, key: int) -> LeadBack | SentenceForm:
    measure, form = _measure(draft, key), ProposedMeasureForm(request.POST)
    if not form.is_valid():
        return SentenceForm("edit", key, form)
    said = form.cleaned_data
    wording = acts.NewWording(said["title"], said["detail"], Cadence(said["cadence"]), said["key_terms"])
    acts.reword_proposal(draft, measure, wording, at=timezone.now(), by=request.user)
    return LeadBack(_first_number(measure), key)


def _split(request: SignedInRequest, draft: Catalogue, key: int) -> LeadBack | SentenceForm:
    measure, form = _measure(draft, key), SplitForm(request.POST)
    if not form.is_valid():
        return SentenceForm("split", key, form)
    acts.split_proposal(draft, measure, form.cleaned_data["titles"], at=timezone.now(), by=request.user)
    return LeadBack(_first_number(measure), key)


def _add(request: SignedInRequest, draft: Catalogue, number: int) -> LeadBack | SentenceForm:
    sentence, form = _sentence(draft, number), AddedMeasureForm(request.POST)
    if not form.is_valid():
        return SentenceForm("add", number, form)
    made = acts.add_to(draft, sentence, form.cleaned_data["title"], at=timezone.now(), by=request.user)
    return LeadBack(number, made.pk)


ACTS: dict[str, Callable[[SignedInRequest, Catalogue, int], LeadBack | SentenceForm]] = {
    "accept": _accept,
    "accept-part": _accept_part,
    "accept-plain": _accept_plain,
    "not-asked": _not_asked,
    "leave-out": _leave_out,
    "propose": _propose,
    "remove": _remove,
    "merge": _merge,
    "edit": _edit,
    "split": _split,
    "add": _add,
}


def _page(
    request: SignedInRequest, draft: Catalogue, at: int, opened: SentenceForm | None, status: int = 200
) -> HttpResponse:
    found = acts.sentences_of(draft)
    headings = list(found.values_list("number", "headings").order_by("number"))
    left = set(found.unaccounted().values_list("number", flat=True))
    total = len(headings)
    at = min(max(at or min(left, default=1), 1), total)
    start = (at - 1) // SHOWN_AT_ONCE * SHOWN_AT_ONCE
    shown = found.filter(number__gt=start, number__lte=start + SHOWN_AT_ONCE).order_by("number")
    others = Prefetch("sentences", CatalogueSentence.objects.order_by("number"), to_attr="asked_in")
    measures = Measure.objects.order_by("position").prefetch_related(others)
    parts = list(article_parts(draft, shown.prefetch_related(Prefetch("measures", measures))))
    for part in parts:
        part.open = len(left & set(part_of(headings, part.first)))
    later = sorted(left, key=lambda one: (one <= at, one))
    context = {
        "catalogue": draft,
        "parts": parts,
        "total": total,
        "left": len(left),
        "accounted": total - len(left),
        "plain": found.plain().count(),
        "measure_count": Measure.objects.shared_by(draft).count(),
        "following": later[0] if later else 0,
        "at": at,
        "focus": _mark(at, _number(request.GET.get("on"))),
        "opened": opened,
        "pages": [
            (first, min(first + SHOWN_AT_ONCE - 1, total)) for first in range(1, total + 1, SHOWN_AT_ONCE)
        ],
        "page_start": start + 1,
    }
    return render(request, "catalogues/sentences.html", context, status=status)
