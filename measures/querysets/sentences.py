"""Querysets for the sentences of an article that a draft was proposed from."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from measures.choices import Ruling

if TYPE_CHECKING:
    from measures.models.sentences import CatalogueSentence


class SentenceQuerySet(models.QuerySet["CatalogueSentence"]):
    """Sentences by what is decided about them."""

    def unaccounted(self) -> Self:
        """Nobody has decided, or all measures that somebody accepted have been deleted since."""
        measures = self.model.measures.through.objects.filter(cataloguesentence=OuterRef("pk"))
        return self.filter(Q(verdict=Ruling.OPEN) | (Q(verdict=Ruling.ASKED) & ~Exists(measures)))

    def plain(self) -> Self:
        """Unaccounted ones about which the rules leave little doubt."""
        return self.unaccounted().filter(is_plain=True)
