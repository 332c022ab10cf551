"""What catalogues there are, one of them as a whole, and loading, publishing and deleting a draft."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from measures.catalogues.gather import outline_of
from measures.catalogues.outline import Outline, SheetFault
from measures.catalogues.store import CatalogueRefused, delete_draft, publish, read, store
from measures.catalogues.write import empty_xlsx, outline_json, outline_xlsx
from measures.choices import Audited
from measures.forms.catalogues import LoadCatalogueForm
from measures.models import Catalogue, Checklist, audit, of_no_ledger
from measures.reports import formats
from measures.rights.roles import rights_of
from measures.sheets.guard import FILE_LIMIT, SheetError
from measures.views.access import SignedInRequest
from measures.views.downloads import chosen_format, download
from measures.views.limits import limit_exports, limit_uploads

SHEET = formats.table_of(formats.xlsx(empty_xlsx))
FILES = formats.table_of(formats.xlsx(outline_xlsx), formats.json(outline_json))
CHECKLISTS_SHOWN = 20
FAULTS_SHOWN = 500


def known_to(request: SignedInRequest) -> QuerySet[Catalogue]:
    """Published ones for everybody; drafts for those who load them.

    One made of a ledger is for those who may read a checklist of it.
    """
    everything = Catalogue.objects.order_by("title", "-date")
    if rights_of(request).operates_site():
        return everything
    read = Checklist.objects.visible_to(request.user).filter(catalogue=OuterRef("pk"))
    return everything.filter(of_no_ledger() | Exists(read), is_draft=False)


def refuse_others(request: SignedInRequest) -> None:
    if not rights_of(request).operates_site():
        raise PermissionDenied(_("Only superusers load and publish catalogues."))


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
    shown = get_object_or_404(known_to(request), slug=slug)
    outline = outline_of(shown)
    visible = Checklist.objects.visible_to(request.user).filter(catalogue=shown).order_by("path")
    context = {
        "catalogue": shown,
        "blocks": blocks_of(outline, shown),
        "count": len(outline.measures),
        "checklists": visible[:CHECKLISTS_SHOWN],
        "checklist_count": visible.count(),
        "loads": rights_of(request).operates_site(),
        "files": FILES.values(),
    }
    return render(request, "catalogues/page.html", context)


def blocks_of(outline: Outline, shown: Catalogue) -> list[dict[str, object]]:
    """Each part with its level and the measures directly in it, in the language that its reader sees."""
    language = shown.shown_language
    names = shown.level_names
    found: list[dict[str, object]] = []
    lines: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for line in outline.measures:
        lines.setdefault(line.path, []).append(
            {
                "code": line.code,
                "title": line.title.get(language, ""),
                "detail": line.detail.get(language, ""),
                "cadence": line.cadence.label,
                "source": line.source,
                "terms": line.key_terms.get(language, []),
            }
        )
    for part in outline.parts:
        level = len(part.path)
        found.append(
            {
                "code": part.code,
                "title": part.title.get(language, ""),
                "summary": part.summary.get(language, ""),
                "level": level,
                "name": names[min(level, len(names)) - 1],
                "lines": lines.get(part.path, []),
            }
        )
    return found


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
    refuse_others(request)
    draft: Catalogue = get_object_or_404(Catalogue, slug=slug, is_draft=True)
    publish(draft, at=timezone.now(), by=request.user)
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
