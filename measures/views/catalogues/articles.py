"""A draft from an article's text."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.articles.propose import propose
from measures.articles.text import ArticleError
from measures.catalogues.article_forms import ArticleForm
from measures.catalogues.from_article import DraftRefused, draft_of_article, names_typed, outline_of_article
from measures.catalogues.store import CatalogueRefused
from measures.models import Catalogue
from measures.texts import first_free
from measures.views.access import SignedInRequest
from measures.views.catalogues.rights import refuse_others
from measures.views.limits import limit_texts


@require_http_methods(["GET", "HEAD", "POST"])
@limit_texts
def article(request: SignedInRequest) -> HttpResponse:
    """Take an article, and make a draft of what the rules propose."""
    refuse_others(request)
    if request.method != "POST":
        return render(request, "catalogues/article.html", {"form": ArticleForm()})
    form = ArticleForm(request.POST, request.FILES)
    form.is_valid()
    text = str(form.cleaned_data.get("article", ""))
    if not form.errors:
        try:
            return _drafted(request, form)
        except DraftRefused as refused:
            form.add_error(refused.field, str(refused))
        except ArticleError as refused:
            form.add_error("file" if form.cleaned_data["file"] else "article", str(refused))
        except CatalogueRefused as refused:
            form.add_error("slug", str(refused))
    if text and "article" not in form.errors:
        # A browser does not keep a file: its text is kept as if it had been pasted.
        kept = request.POST.copy()
        kept["article"] = text
        form.data = kept
    return render(request, "catalogues/article.html", {"form": form}, status=422)


def _drafted(request: SignedInRequest, form: ArticleForm) -> HttpResponse:
    said, now = form.cleaned_data, timezone.now()
    outline, placed = outline_of_article(
        propose(said["article"]),
        title=said["title"],
        language=said["language"],
        names=names_typed(said["levels"]),
    )
    slug = said["slug"] or _free_slug(f"article-{timezone.localdate():%Y%m%d}")
    if Catalogue.objects.filter(slug=slug).exists():
        raise CatalogueRefused(_("There is a catalogue with this short name. Choose another."))
    day = said["date"] or timezone.localdate()
    draft = draft_of_article(outline, placed, slug=slug, day=day, at=now, by=request.user)
    messages.success(request, _("Proposed as a draft. Go through its sentences, then publish it."))
    return redirect("sentences", draft.slug)


def _free_slug(stem: str) -> str:
    return first_free(
        stem, set(Catalogue.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    )
