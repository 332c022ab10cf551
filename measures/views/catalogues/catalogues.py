"""What catalogues there are, one of them as a whole, and loading, publishing and deleting a draft."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.catalogues.checking import faults_of
from measures.catalogues.correcting import rewordings_of
from measures.catalogues.draft import Draft, terms_of_row, texts_of_row
from measures.catalogues.editing import locked_draft
from measures.catalogues.gather import outline_of
from measures.catalogues.outline import Outline, SheetFault
from measures.catalogues.sentences import drop_empty_parts
from measures.catalogues.store import CatalogueRefused, delete_draft, publish, read, store
from measures.catalogues.write import empty_xlsx, outline_json, outline_xlsx
from measures.choices import Audited, Cadence
from measures.forms.catalogues import LoadCatalogueForm
from measures.models import Catalogue, CatalogueSentence, Checklist, audit
from measures.reports import formats
from measures.rights.roles import rights_of
from measures.sheets.guard import FILE_LIMIT, SheetError
from measures.views.access import SignedInRequest
from measures.views.catalogues.outline_page import Open, outline_page
from measures.views.catalogues.rights import known_to, refuse_others
from measures.views.downloads import chosen_format, download
from measures.views.limits import limit_exports, limit_uploads

SHEET = formats.table_of(formats.xlsx(empty_xlsx))
FILES = formats.table_of(formats.xlsx(outline_xlsx), formats.json(outline_json))
CHECKLISTS_SHOWN = 20
FAULTS_SHOWN = 500


@require_GET
def catalogues(request: SignedInRequest) -> HttpResponse:
    """All catalogues, newest edition of each title first, with the checklists that the user may see."""
    visible = Checklist.objects.visible_to(request.user)
    shared = Q(pillars__sections__measures__checklist=None)
    found = list(
        known_to(request).annotate(
            measure_count=Count("pillars__sections__measures", filter=shared, distinct=True)
        )
    )
    used = visible.values("catalogue").annotate(count=Count("pk")).values_list("catalogue", "count")
    counts = dict(used)
    rows = [(one, counts.get(one.pk, 0)) for one in found]
    context = {"rows": rows, "loads": rights_of(request).operates_site()}
    return render(request, "catalogues/list.html", context)


@require_GET
def catalogue(request: SignedInRequest, slug: str) -> HttpResponse:
    """One catalogue as an outline, and who uses it. A draft can be published or deleted."""
    shown: Catalogue = get_object_or_404(known_to(request).select_related("previous"), slug=slug)
    return _catalogue(request, shown)


def _catalogue(request: SignedInRequest, shown: Catalogue, *, asks: bool = False) -> HttpResponse:
    """`asks`: whether to publish it although sentences of its article are unaccounted for."""
    draft = Draft(shown)
    sentences = CatalogueSentence.objects.filter(catalogue=shown)
    visible = Checklist.objects.visible_to(request.user).filter(catalogue=shown).order_by("path")
    context = {
        "catalogue": shown,
        "blocks": blocks_of(draft),
        "count": sum(1 for _one in draft.measures()),
        "checklists": visible[:CHECKLISTS_SHOWN],
        "checklist_count": visible.count(),
        "loads": rights_of(request).operates_site(),
        "files": FILES.values(),
        "sentence_count": sentences.count(),
        "unaccounted": sentences.unaccounted().count(),
        "asks": asks,
    }
    return render(request, "catalogues/page.html", context, status=422 if asks else 200)


def blocks_of(draft: Draft) -> list[dict[str, object]]:
    """Each part with its level and the measures directly in it, in the language that its reader sees."""
    shown = draft.catalogue
    language, languages = shown.shown_language, [shown.shown_language]
    reworded = {} if shown.is_draft else rewordings_of(shown, language)
    return [
        {
            "key": part.key,
            "code": part.row.code,
            "title": texts_of_row(part.row, "title", languages)[language],
            "summary": texts_of_row(part.row, "summary", languages)[language],
            "level": part.level,
            "reworded": reworded.get(part.key, []),
            "lines": [
                {
                    "key": f"m{one.pk}",
                    "code": one.code,
                    "title": texts_of_row(one, "title", languages)[language],
                    "detail": texts_of_row(one, "detail", languages)[language],
                    "cadence": Cadence(one.cadence).label,
                    "source": one.source,
                    "terms": terms_of_row(one, languages)[language],
                    "reworded": reworded.get(f"m{one.pk}", []),
                }
                for one in part.measures
            ],
        }
        for part in draft.parts()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@limit_uploads
def load_catalogue(request: SignedInRequest) -> HttpResponse:
    """Take a file: all of its faults at once, or a draft to look at before it is published."""
    refuse_others(request)
    if request.method != "POST":
        return render(request, "catalogues/load.html", {"form": LoadCatalogueForm()})
    form = LoadCatalogueForm(request.POST, request.FILES)
    faults: list[SheetFault] = []
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if (file.size or 0) > FILE_LIMIT:
                raise SheetError(_("The file is larger than 5 MB."))
            outline, faults = read(file.read())
            if not faults:
                return _stored(request, form, outline, file.name or "")
        except (SheetError, CatalogueRefused) as refused:
            form.add_error("file", str(refused))
    context = {"form": form, "faults": faults[:FAULTS_SHOWN], "fault_count": len(faults)}
    return render(request, "catalogues/load.html", context, status=422)


def _stored(request: SignedInRequest, form: LoadCatalogueForm, outline: Outline, name: str) -> HttpResponse:
    stem = name.rpartition(".")[0][:200]
    outline.slug = form.cleaned_data["slug"] or outline.slug or slugify(stem)[:50]
    if form.cleaned_data["title"] or not outline.title:
        outline.title[outline.languages[0]] = form.cleaned_data["title"] or stem
    outline.day = form.cleaned_data["date"] or outline.day or timezone.localdate()
    made = store(outline, at=timezone.now(), by=request.user, draft=True)
    messages.success(request, _("Loaded as a draft. Look through it, then publish it."))
    return redirect("catalogue", made.slug)


@require_POST
def publish_catalogue(request: SignedInRequest, slug: str) -> HttpResponse:
    """Publish a draft, or show all that is wrong in it at once, by the rules of loading."""
    refuse_others(request)
    with locked_draft(slug) as draft:
        left = CatalogueSentence.objects.filter(catalogue=draft.catalogue).unaccounted().count()
        if left and request.POST.get("unaccounted") != str(left):
            return _catalogue(request, draft.catalogue, asks=True)
        seen = request.POST.get("seen", "")
        stale = bool(seen) and seen != draft.seen
        if not stale:
            drop_empty_parts(draft)
        faulty = bool(faults_of(draft))
        if not stale and not faulty:
            publish(draft.catalogue, at=timezone.now(), by=request.user)
    if stale:
        text = _("Somebody else changed the draft meanwhile. Look again, then publish it.")
        return outline_page(request, draft, Open(error=text, status=409))
    if faulty:
        text = _("Not published yet: correct what is listed here first.")
        return outline_page(request, draft, Open(error=text, checked=True, status=422))
    messages.success(request, _("Published. Checklists can be opened from it now."))
    return redirect("catalogue", slug)


@require_POST
def delete_catalogue(request: SignedInRequest, slug: str) -> HttpResponse:
    refuse_others(request)
    draft: Catalogue = get_object_or_404(Catalogue, slug=slug, is_draft=True)
    delete_draft(draft, at=timezone.now(), by=request.user)
    messages.success(request, _("The draft is deleted."))
    return redirect("catalogues")


@require_GET
@limit_exports
def catalogue_file(request: SignedInRequest, slug: str) -> HttpResponse:
    """The whole catalogue as XLSX or JSON, which can be loaded again."""
    shown = get_object_or_404(known_to(request), slug=slug)
    kind = chosen_format(FILES, request.GET.get("format", ""))
    content = kind.write(outline_of(shown))
    after = {"format": kind.name}
    audit(Audited.EXPORTED, by=request.user, at=timezone.now(), about=shown, after=after)
    return download(content, kind, name=shown.slug, plain=shown.slug)


@require_GET
@limit_exports
def empty_sheet(request: SignedInRequest) -> HttpResponse:
    """Headings to fill in below."""
    if not rights_of(request).operates_site():
        raise Http404
    kind = SHEET["xlsx"]
    return download(kind.write(get_language() or ""), kind, name="catalogue", plain="catalogue")
