"""What became of each measure between two editions: decided by the office, once for all checklists below."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.editions.compare import compare
from measures.editions.differences import Segment, text_differences
from measures.editions.mapping import MappedPair, MappingIncomplete, pairs_of, save_mapping
from measures.editions.pairs import Compared, Edition, MeasureWording, PairKind
from measures.editions.read import edition_of_catalogue
from measures.forms.editions import MappingForm, sure_field
from measures.models import Catalogue, CorrectedMeanwhile, EditionMapping
from measures.models.people import person_name
from measures.views.access import SignedInRequest
from measures.views.editions.moving import decides_here, other_editions, upgraded_here

# Each line has two fields, and a request may have a thousand.
LINES = 200

type AskedLine = tuple[MappedPair, str]  # a pair, and the old or new code that the line is about


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


def is_open(pair: MappedPair) -> bool:
    return not (pair.certain or pair.is_decided)


def asked_lines(pairs: list[MappedPair]) -> list[AskedLine]:
    """Those that are uncertain first, then the others; each in the order of the new edition."""
    lines = [(pair, code) for pair in pairs for code in pair.old or pair.new]
    return sorted(lines, key=lambda line: not is_open(line[0]))


@require_http_methods(["GET", "HEAD", "POST"])
def edition_mapping(request: SignedInRequest, slug: str, to: str) -> HttpResponse:
    """Lists the lines, uncertain ones first; a POST saves what the office decides of those on its page."""
    checklist = upgraded_here(request, slug)
    old = checklist.catalogue
    new: Catalogue = get_object_or_404(other_editions(old.pk), slug=to)
    mapping = EditionMapping.objects.newest(old.pk, new.pk)
    before, after = edition_of_catalogue(old), edition_of_catalogue(new)
    pairs = pairs_of(mapping) or [MappedPair.of(pair) for pair in compare(before, after)]
    page: Page[AskedLine] = Paginator(asked_lines(pairs), LINES).get_page(request.GET.get("page"))
    asked = request.method == "POST"
    if asked and not decides_here(checklist):
        raise PermissionDenied(_("The mapping is decided in the topmost checklist of this edition."))
    form = MappingForm(
        request.POST if asked else None,
        old=before,
        new=after,
        pairs=pairs,
        shown={sure_field(*line) for line in page},
        revision=mapping.revision if mapping else 0,
        decided_by=person_name(request.user),
    )
    if asked and form.is_valid() and _saved(request, old, new, form):
        if left := sum(is_open(pair) for pair in form.decided()):
            text = ngettext(
                "Saved. %(number)s line is still to be decided.",
                "Saved. %(number)s lines are still to be decided.",
                left,
            )
            messages.success(request, text % {"number": left})
            return redirect("edition-mapping", slug, to)
        messages.success(request, _("The mapping is saved."))
        return redirect(f"{reverse('upgrade', args=[slug])}?to={new.slug}")
    lines = [_line(*line, form, before, after) for line in page]
    context = {
        "checklist": checklist,
        "old": old,
        "new": new,
        "form": form,
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number),
        "lines": [line for line in lines if line.sure or (line.to and line.to.errors)],
        "certain": [line for line in lines if not line.sure and not (line.to and line.to.errors)],
        "open_count": sum(is_open(pair) for pair, _code in asked_lines(pairs)),
        "merges": any(pair.kind == PairKind.MERGED for pair in pairs),
        "decides": decides_here(checklist),
    }
    return render(request, "editions/mapping.html", context, status=422 if form.errors else 200)


def _saved(request: SignedInRequest, old: Catalogue, new: Catalogue, form: MappingForm) -> bool:
    """Whether it could be saved; else the form says why not."""
    try:
        seen, now = form.cleaned_data["revision"], timezone.now()
        save_mapping(old, new, form.decided(), revision=seen, by=request.user, at=now)
    except CorrectedMeanwhile:
        form.add_error(None, _("Somebody else saved this mapping first. Open the page again."))
        return False
    except MappingIncomplete as incomplete:
        form.add_error(None, str(incomplete))
        return False
    return True


def _line(pair: MappedPair, code: str, form: MappingForm, before: Edition, after: Edition) -> MappingLine:
    olds, news = before.by_code(), after.by_code()
    measure = olds[code] if pair.old else news[code]
    candidates = news if pair.old else olds
    others = [
        (" ".join(codes), "; ".join(_title(candidates[one]) for one in codes))
        for codes in pair.others[:3]
        if codes and all(one in candidates for one in codes)
    ]
    shown = pair.old and pair.kind != PairKind.UNCHANGED
    marked = [(one, text_differences(_text(measure), _text(news[one]))) for one in pair.new if shown]
    sure = sure_field(pair, code)
    return MappingLine(
        code,
        _title(measure),
        pair,
        marked,
        others,
        form[f"to-{code}"] if pair.old else None,
        form[sure] if sure in form.fields else None,
    )


def _wording(measure: Compared) -> MeasureWording:
    """In the reader's language, or in the first that the edition has."""
    return measure.wordings.get(get_language() or "") or next(iter(measure.wordings.values()))


def _title(measure: Compared) -> str:
    return _wording(measure).title


def _text(measure: Compared) -> str:
    said = _wording(measure)
    return f"{said.title}\n{said.detail}"
