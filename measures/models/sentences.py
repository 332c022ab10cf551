"""The sentences of an article from which a draft was proposed, and what a person decided about each."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.choices import Ruling
from measures.models.catalogue import Catalogue, Measure, ReadableJSON, Section
from measures.querysets.sentences import SentenceQuerySet


class CatalogueSentence(models.Model):
    """A sentence of the article, by its number in the whole text, and the measures that answer it.

    `section` is where its measures belong; empty for what comes before the first heading.
    """

    catalogue = models.ForeignKey(
        Catalogue, models.PROTECT, related_name="sentences", verbose_name=_("catalogue"), db_index=False
    )
    number = models.PositiveIntegerField(_("number"))
    source = models.CharField(_("source"), max_length=24)
    headings = models.JSONField(_("headings"), default=list, encoder=ReadableJSON)
    text = models.TextField(_("text"))
    section = models.ForeignKey(
        Section, models.SET_NULL, related_name="+", verbose_name=_("section"), null=True
    )
    verdict = models.CharField(_("decision"), max_length=12, choices=Ruling, default=Ruling.OPEN)
    # The rules leave little doubt about what it asks for.
    is_plain = models.BooleanField(_("plain"), default=False)
    measures = models.ManyToManyField(Measure, related_name="sentences", verbose_name=_("measures"))

    objects = SentenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("sentence of an article")
        verbose_name_plural = _("sentences of articles")
        ordering = ["catalogue", "number"]
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "number"], name="sentence_number_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=Ruling.values),
                name="sentence_verdict_known",
                violation_error_message=_("Choose one of the listed decisions."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.text[:40]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('sentences', args=[self.catalogue.slug])}?at={self.number}#s{self.number}"
