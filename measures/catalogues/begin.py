"""Drafts that begin in the app: empty, or as a copy of a published edition."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from measures.catalogues.gather import outline_of
from measures.catalogues.store import RESERVED_SLUGS, SHORT_NAME, CatalogueRefused, store
from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Catalogue, audit


@audited_transaction()
def begin_draft(
    slug: str, languages: list[str], values: Mapping[str, object], *, at: datetime, by: User
) -> Catalogue:
    """Store an empty draft. Raises CatalogueRefused."""
    _refuse_taken(slug)
    made = Catalogue(slug=slug, languages=languages, is_draft=True)
    made.reword(values)
    made.save()
    after = {"slug": slug, "measures": 0, "draft": True}
    audit(Audited.CATALOGUE_LOADED, by=by, at=at, about=made, after=after)
    return made


@audited_transaction()
def copy_edition(
    previous: Catalogue, slug: str, values: Mapping[str, object], *, at: datetime, by: User
) -> Catalogue:
    """Store a draft that begins as a copy of the edition that it follows. Raises CatalogueRefused."""
    _refuse_taken(slug)
    outline = outline_of(previous)
    outline.slug = slug
    made = store(outline, at=at, by=by, draft=True)
    made.reword(values)
    made.previous = previous
    made.save()
    return made


def _refuse_taken(slug: str) -> None:
    if not SHORT_NAME.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise CatalogueRefused(_("Give it a short name of letters a–z, digits and hyphens."))
    if Catalogue.objects.filter(slug=slug).exists():
        raise CatalogueRefused(_("There is a catalogue with this short name already."))


def next_slug(previous: Catalogue) -> str:
    """A short name for the edition after this one: henan → henan-2, henan-2 → henan-3."""
    found = re.fullmatch(r"(.*?)(?:-(\d{1,3}))?", previous.slug)
    assert found
    stem, number = found[1][:44], int(found[2] or 1)
    used = set(Catalogue.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(
        name for count in range(number + 1, number + 1_000) if (name := f"{stem}-{count}") not in used
    )
