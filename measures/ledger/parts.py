"""A catalogue's parts as plain values: what filters offer."""

from typing import NamedTuple

from django.db.models import QuerySet

from measures.database.prepared import prepared
from measures.models import Section
from measures.querysets.catalogue import in_language


class ShownPart(NamedTuple):
    """A section with its pillar and what its catalogue says of all; titles are in the active language."""

    key: int
    code: str
    pillar: int
    pillar_code: str
    parent: int | None
    levels: list[dict[str, str]]
    languages: list[str]
    title: str
    pillar_title: str


def shown_parts(catalogue: int) -> list[ShownPart]:
    """All sections of the catalogue of this key, in its order."""
    return [ShownPart._make(row) for row in _parts_in(catalogue)]


@prepared
def _parts_in(catalogue: int) -> QuerySet[Section, tuple[object, ...]]:
    of_catalogue = ("pillar__catalogue__levels", "pillar__catalogue__languages")
    own = ("pk", "code", "pillar_id", "pillar__code", "parent_id")
    titles = (in_language("title"), in_language("pillar__title"))
    found: QuerySet[Section, tuple[object, ...]] = Section.objects.in_order(catalogue).values_list(
        *own, *of_catalogue, *titles
    )
    return found
