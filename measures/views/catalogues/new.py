"""A new draft: empty, or a copy of a published edition as the start of the next one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.catalogues.begin import begin_draft, copy_edition, next_slug
from measures.catalogues.head_forms import NewCatalogueForm, head_of
from measures.catalogues.outline import LANGUAGES
from measures.catalogues.store import CatalogueRefused
from measures.models import Catalogue
from measures.views.access import SignedInRequest
from measures.views.catalogues.rights import refuse_others


@require_http_methods(["GET", "HEAD", "POST"])
def new_catalogue(request: SignedInRequest) -> HttpResponse:
    """Ask what the draft is called and what its levels are, then open its outline."""
    refuse_others(request)
    previous = None
    if slug := request.GET.get("from", ""):
        previous = get_object_or_404(Catalogue, slug=slug, is_draft=False)
    form = _form(request, previous)
    if request.method != "POST":
        return _page(request, form, previous)
    if not form.is_valid():
        return _page(request, form, previous, status=422)
    try:
        if previous:
            made = copy_edition(previous, form.slug(), form.values(), at=timezone.now(), by=request.user)
        else:
            made = begin_draft(form.slug(), form.chosen(), form.values(), at=timezone.now(), by=request.user)
    except CatalogueRefused as refused:
        form.add_error("slug", str(refused))
        return _page(request, form, previous, status=422)
    messages.success(request, _("The draft is there. Nobody but superusers sees it before it is published."))
    return redirect("outline", made.slug)


def _form(request: SignedInRequest, previous: Catalogue | None) -> NewCatalogueForm:
    data = request.POST if request.method == "POST" else None
    if previous:
        initial = head_of(previous) | {"slug": next_slug(previous), "date": timezone.localdate()}
        return NewCatalogueForm(data, previous.languages, initial, depth=previous.depth)
    own = get_language() or ""
    languages = sorted(LANGUAGES, key=lambda one: one != own)
    return NewCatalogueForm(data, languages, {"date": timezone.localdate()})


def _page(
    request: SignedInRequest, form: NewCatalogueForm, previous: Catalogue | None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "previous": previous}
    return render(request, "catalogues/new.html", context, status=status)
