"""Better words for one part or measure of a published edition."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.catalogues import correcting
from measures.catalogues.draft import seen_of
from measures.catalogues.outline import MeasureLine
from measures.catalogues.outline_forms import PartWordsForm, WordsForm, initial_words
from measures.catalogues.store import columns_in, texts_of
from measures.choices import Cadence
from measures.models import Catalogue, Measure
from measures.models.past_words import PartWords, WordedPart
from measures.views.access import SignedInRequest
from measures.views.catalogues.rights import refuse_others


@require_http_methods(["GET", "HEAD", "POST"])
def correct_words(request: SignedInRequest, slug: str, key: str) -> HttpResponse:
    """Show the words in a form; a POST stores them, or returns 409 with both if another user was first."""
    refuse_others(request)
    catalogue = get_object_or_404(Catalogue, slug=slug, is_draft=False)
    part = correcting.worded_part(catalogue, key)
    if part is None or not part.title:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = _form(part, catalogue, data)
    if data is None:
        return _page(request, catalogue, part, form)
    if not form.is_valid():
        return _page(request, catalogue, part, form, status=422)
    words, seen = _words(form, catalogue), data.get("seen", "")
    try:
        changed = correcting.correct_row(catalogue, key, words, seen=seen, at=timezone.now(), by=request.user)
    except correcting.RewordedMeanwhile:
        part = correcting.worded_part(catalogue, key)
        if part is None:
            raise Http404 from None
        return _page(request, catalogue, part, _form(part, catalogue, data), status=409)
    said = (
        _("The wording is corrected. Past days keep the old one.") if changed else _("Nothing was changed.")
    )
    messages.success(request, said)
    return redirect(reverse("catalogue", args=[slug]) + f"#{key}")


def _form(part: WordedPart, catalogue: Catalogue, data: dict[str, str] | None) -> WordsForm:
    languages = catalogue.languages
    if isinstance(part, Measure):
        return WordsForm(data, languages, initial_words(part, "detail", languages))
    return PartWordsForm(data, languages, initial_words(part, "summary", languages))


def _words(form: WordsForm, catalogue: Catalogue) -> PartWords:
    languages = catalogue.languages
    if form.has_terms:
        texts = (form.texts("title"), form.texts("detail"))
        line = MeasureLine((), "", *texts, Cadence.ONCE, "", form.terms())
        return texts_of(line, languages)
    title, summary = form.texts("title"), form.texts("summary")
    return {**columns_in("title", title, languages), **columns_in("summary", summary, languages)}


def _page(
    request: SignedInRequest,
    catalogue: Catalogue,
    part: WordedPart,
    form: WordsForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "catalogue": catalogue,
        "part": part,
        "form": form,
        "versus": form.versus() if status == 409 else [],
        # After an error, still what the user has read: another correction must not go unnoticed.
        "seen": request.POST.get("seen", "") if status == 422 else seen_of(part),
    }
    return render(request, "catalogues/words.html", context, status=status)
