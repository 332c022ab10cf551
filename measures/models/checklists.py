"""One organisation's copy of a catalogue."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited, ChecklistStatus
from measures.lights import Thresholds
from measures.models.audit import audit, hold_the_chain, in_plain
from measures.models.catalogue import Catalogue, Measure
from measures.querysets import ChecklistQuerySet


class Checklist(models.Model):
    """One organisation's copy of a catalogue for one period; may sit under a parent checklist."""

    slug = models.SlugField(
        _("address"),
        unique=True,
        help_text=_("Stands in the address of every page: small Latin letters, digits and hyphens."),
    )
    name = models.CharField(_("organisation"), max_length=100)
    catalogue = models.ForeignKey(
        Catalogue, models.PROTECT, related_name="checklists", verbose_name=_("catalogue")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", verbose_name=_("parent"), null=True, blank=True
    )
    period = models.CharField(
        _("period"), max_length=40, blank=True, help_text=_("What the checklist covers, such as 2026.")
    )
    status = models.CharField(
        _("state"), max_length=16, choices=ChecklistStatus, default=ChecklistStatus.OPEN
    )
    due_soon_days = models.PositiveSmallIntegerField(
        _("days before a due date warns"), default=14, help_text=_("The light turns amber this long before.")
    )
    silence_days = models.PositiveSmallIntegerField(
        _("days of silence until a warning"),
        default=60,
        help_text=_("The light of a running item turns amber after so long without an update."),
    )
    requires_two_factor = models.BooleanField(
        _("administrators need a second factor"),
        default=False,
        help_text=_("Without one, its administrators may read and do no more."),
    )
    opened_at = models.DateTimeField(_("opened"), editable=False)
    # "/henan/zhengzhou/": whoever has a role in a checklist reads all whose path starts with its path.
    path = models.CharField(max_length=1000, unique=True, editable=False)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = _("checklist")
        verbose_name_plural = _("checklists")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ChecklistStatus.values),
                name="checklist_status_known",
                violation_error_message=_("Choose one of the states listed."),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="checklist_not_its_own_parent",
                violation_error_message=_("A checklist cannot be its own parent."),
            ),
            models.CheckConstraint(
                condition=Q(silence_days__gte=1),
                name="checklist_silence_days_from_one",
                violation_error_message=_("Wait for at least one day before silence warns."),
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
                name="checklist_slug_in_small_letters",
                violation_error_message=_("Write the address in small Latin letters, digits and hyphens."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, keeping the paths of this checklist and of all below it true."""
        before = self.path
        self.path = f"{self.parent.path if self.parent else '/'}{self.slug}/"
        super().save(*args, **kwargs)
        if before and before != self.path:
            for below in Checklist.objects.filter(path__startswith=before).exclude(pk=self.pk):
                Checklist.objects.filter(pk=below.pk).update(path=self.path + below.path.removeprefix(before))

    def get_absolute_url(self) -> str:
        return reverse("overview", args=[self.slug])

    @property
    def is_open(self) -> bool:
        return self.status == ChecklistStatus.OPEN

    @property
    def thresholds(self) -> Thresholds:
        """When this checklist's lights warn."""
        return Thresholds(self.due_soon_days, self.silence_days)

    def clean(self) -> None:
        if self.parent and self.pk and self.parent.path.startswith(self.path):
            raise ValidationError(
                {"parent": _("This checklist lies below the one you edit. Choose another parent.")}
            )

    @transaction.atomic
    def open(self, *, at: datetime, by: User | None = None) -> Self:
        """Save this new checklist with one item, not started, for each measure of its catalogue."""
        hold_the_chain()
        self.opened_at = at
        self.save(force_insert=True)
        measures = Measure.objects.filter(section__pillar__catalogue=self.catalogue).select_related("section")
        self.items.bulk_create(
            self.items.model(checklist=self, measure=measure, pillar_id=measure.section.pillar_id)
            for measure in measures.order_by("position")
        )
        audit(Audited.CHECKLIST_OPENED, by=by, at=at, checklist=self, about=self, after=in_plain(self))
        return self
