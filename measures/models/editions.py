"""Which edition a checklist follows and which measure an item answers, day by day; and the words of then.

An item keeps its key for ever. `Answered` says which measure it answers from a moment on, as a placement says
where a checklist is; `Item.measure`, `retired_at` and `to_confirm` are what its newest answer says.
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.choices import AnswerKind
from measures.models.catalogue import Catalogue, Measure, Pillar, ReadableJSON, Section
from measures.models.checklists import Checklist
from measures.models.only_added import AppendOnly, OnlyAdded
from measures.models.updates import Batch
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.editions import AnsweredQuerySet, MappingQuerySet


class EditionMapping(AppendOnly):
    """What became of each measure between two editions: a save adds a revision, and the newest is in force.

    `pairs` holds them as measures/editions/mapping.py writes them. All checklists use the same mapping.
    """

    old = models.ForeignKey(Catalogue, models.PROTECT, related_name="+", verbose_name=_("old edition"))
    new = models.ForeignKey(Catalogue, models.PROTECT, related_name="+", verbose_name=_("new edition"))
    revision = models.PositiveIntegerField(_("revision"))
    pairs = models.JSONField(_("pairs"), encoder=ReadableJSON)
    at = models.DateTimeField(_("at"))

    objects = MappingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mapping of two editions")
        verbose_name_plural = _("mappings of two editions")
        ordering = ["old", "new", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["old", "new", "revision"],
                name="edition_mapping_once",
                violation_error_message=_("Somebody else saved this mapping first."),
            ),
            models.CheckConstraint(
                condition=~Q(old=models.F("new")),
                name="edition_mapping_of_two",
                violation_error_message=_("Choose two different editions."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old.slug} → {self.new.slug}"


class ChecklistEdition(AppendOnly):
    """The edition that a checklist follows from a moment on: an upgrade adds one, and so does its undoing."""

    checklist = models.ForeignKey(
        Checklist, models.PROTECT, related_name="editions", verbose_name=_("checklist"), db_index=False
    )
    catalogue = models.ForeignKey(Catalogue, models.PROTECT, related_name="+", verbose_name=_("catalogue"))
    mapping = models.ForeignKey(
        EditionMapping, models.PROTECT, related_name="upgrades", verbose_name=_("mapping"), null=True
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, related_name="editions", verbose_name=_("batch"), null=True
    )
    undoes = models.OneToOneField(
        "self", models.PROTECT, related_name="undone_by", verbose_name=_("undoes"), null=True
    )
    # The saved views that name a code, by key: their address before the upgrade, and after it.
    views = models.JSONField(default=dict)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition of a checklist")
        verbose_name_plural = _("editions of checklists")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["checklist", "-at", "-id"], name="checklist_edition_newest")]

    def __str__(self) -> str:
        return f"{self.catalogue.slug} {self.at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("upgrade", args=[self.checklist.slug])


class Answered(AppendOnly):
    """The measure that an item answers from a moment on, or answered last where it is no longer in force.

    `origin`: the item of which this is a part, or into which it was merged. An item without a row has always
    answered its measure; at the first upgrade of its checklist it gets one that says so.
    """

    item = models.ForeignKey(
        "measures.Item", models.PROTECT, related_name="answers", verbose_name=_("item"), db_index=False
    )
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="answers", verbose_name=_("measure"))
    kind = models.CharField(_("kind"), max_length=16, choices=AnswerKind)
    in_force = models.BooleanField(_("in force"), default=True)
    to_confirm = models.BooleanField(_("to confirm"), default=False)
    origin = models.ForeignKey(
        "measures.Item", models.PROTECT, related_name="+", verbose_name=_("origin"), null=True
    )
    edition = models.ForeignKey(
        ChecklistEdition, models.PROTECT, related_name="answers", verbose_name=_("upgrade"), null=True
    )
    at = models.DateTimeField(_("at"))

    objects = AnsweredQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure of an item")
        verbose_name_plural = _("measures of items")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["item", "-at", "-id"], name="answer_newest"),
            models.Index(fields=["at"], name="answer_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AnswerKind.values),
                name="answer_kind_known",
                violation_error_message=_("Choose one of the listed kinds."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.at:%Y-%m-%d}"


class PastWording(OnlyAdded):
    """What a measure, section or pillar of a published edition said until it was given other words."""

    pillar = models.ForeignKey(Pillar, models.PROTECT, related_name="past_wordings", null=True)
    section = models.ForeignKey(Section, models.PROTECT, related_name="past_wordings", null=True)
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="past_wordings", null=True)
    texts = models.JSONField(_("texts"), encoder=ReadableJSON)
    until = models.DateTimeField(_("until"))

    objects = AppendOnlyQuerySet[Self].as_manager()

    class Meta:
        verbose_name = _("past wording")
        verbose_name_plural = _("past wordings")
        ordering = ["until", "id"]
        indexes = [models.Index(fields=["until"], name="past_wording_until")]
        constraints = [
            models.CheckConstraint(
                condition=Q(pillar=None, section=None, measure__isnull=False)
                | Q(pillar=None, section__isnull=False, measure=None)
                | Q(pillar__isnull=False, section=None, measure=None),
                name="past_wording_of_one",
                violation_error_message=_("A wording is that of one thing."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure or self.section or self.pillar} {self.until:%Y-%m-%d}"


def dated_title(catalogue: Catalogue) -> str:
    """The title with the day of the edition: editions of an article share one."""
    return f"{catalogue.title} {catalogue.date}"
