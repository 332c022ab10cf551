"""Which catalogues a checklist may move to: editions of its article first, and other articles apart."""

from dataclasses import dataclass, field

from django.db.models import Count

from measures.models import Catalogue, EditionMapping, Measure, of_no_ledger
from measures.querysets.catalogue import in_language

SAME_ARTICLE = 0.2  # of the measures have the same title


@dataclass
class Offers:
    """The published catalogues besides one, the newest first."""

    editions: list[Catalogue] = field(default_factory=list)
    others: list[Catalogue] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.editions or self.others)


def offers_for(catalogue: Catalogue) -> Offers:
    """An edition of the same article says so, has a mapping, or has many titles in common. Three queries."""
    found = Offers()
    mapped = set(EditionMapping.objects.filter(old=catalogue).values_list("new", flat=True))
    title, of = in_language("title"), "section__pillar__catalogue"
    own = Measure.objects.shared_by(catalogue).order_by().values(title)
    total = own.count()
    shared = Measure.objects.filter(checklist=None, **{f"{title}__in": own}).exclude(**{of: catalogue})
    counts = dict(shared.order_by().values_list(of).annotate(number=Count("pk")))
    offered = Catalogue.objects.filter(of_no_ledger(), is_draft=False).exclude(pk=catalogue.pk)
    for one in offered.order_by("-date", "slug"):
        says_so = one.previous_id == catalogue.pk or one.pk in mapped
        is_edition = says_so or counts.get(one.pk, 0) >= SAME_ARTICLE * total
        (found.editions if is_edition else found.others).append(one)
    return found
