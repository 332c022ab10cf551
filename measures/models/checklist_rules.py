"""A checklist's rules: who ends its items and moves their due dates, and when lights warn."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.choices import EvidenceRule
from measures.lights import Thresholds
from measures.loop.rules import Rules
from measures.models.special_days import thresholds_of

RULE_FIELDS = (
    *("name", "signs_off", "extends_by_request", "two_persons", "evidence_to_close"),
    *("due_soon_days", "silence_days", "counts_working_days", "requires_two_factor"),
)


class ChecklistRules(models.Model):
    """The fields of a checklist that its administrators set on the page of its rules."""

    due_soon_days = models.PositiveSmallIntegerField(
        _("days before a due date warns"), default=14, help_text=_("From then on, the light is amber.")
    )
    silence_days = models.PositiveSmallIntegerField(
        _("days of silence until a warning"),
        default=60,
        help_text=_("The light of a running item turns amber after this many days without an entry."),
    )
    counts_working_days = models.BooleanField(
        _("count working days"),
        default=False,
        help_text=_("Both numbers of days are then working days, by the calendar of the site."),
    )
    signs_off = models.BooleanField(
        _("sign-off by the office"),
        default=True,
        help_text=_("Units apply for “done”, “standing” and “dropped”; the office decides."),
    )
    extends_by_request = models.BooleanField(
        _("extension by request"),
        default=True,
        help_text=_("Units apply for a later due date; the office decides."),
    )
    two_persons = models.BooleanField(
        _("two persons always"),
        default=False,
        help_text=_("The office applies as well, and another administrator decides."),
    )
    evidence_to_close = models.CharField(
        _("evidence for closing"),
        max_length=16,
        choices=EvidenceRule,
        default=EvidenceRule.NEVER,
        db_default=EvidenceRule.NEVER,
        help_text=_(
            "An application to close an item then needs a file or a link that is not withdrawn. "
            "The office can still close an item without an application. "
            "It is then marked as closed by the office."
        ),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(silence_days__gte=1),
                name="checklist_silence_days_from_one",
                violation_error_message=_("Set at least one day of silence before a warning."),
            ),
            models.CheckConstraint(
                condition=Q(two_persons=False) | Q(signs_off=True, extends_by_request=True),
                name="checklist_two_persons_decide_all",
                violation_error_message=_("This rule needs both rules above it."),
            ),
            models.CheckConstraint(
                condition=Q(evidence_to_close__in=EvidenceRule.values),
                name="checklist_evidence_rule_known",
                violation_error_message=_("Choose one of the listed rules."),
            ),
            models.CheckConstraint(
                condition=Q(evidence_to_close=EvidenceRule.NEVER) | Q(signs_off=True),
                name="checklist_evidence_needs_sign_off",
                violation_error_message=_("This rule needs the sign-off by the office."),
            ),
        ]

    @property
    def rules(self) -> Rules:
        """Who may end items and move due dates here."""
        evidence = EvidenceRule(self.evidence_to_close)
        return Rules(self.signs_off, self.extends_by_request, self.two_persons, evidence)

    @property
    def thresholds(self) -> Thresholds:
        """When this checklist's lights warn."""
        return thresholds_of(self.due_soon_days, self.silence_days, self.counts_working_days)
