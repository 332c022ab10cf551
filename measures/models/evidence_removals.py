"""Content of evidence that the operator destroyed. The rows that name it stay, with name and hash."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.evidence import store
from measures.models.audit import audit
from measures.models.only_added import OnlyAdded
from measures.models.people import person_name
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.texts import REASON_LIMIT


class EvidenceRemoval(OnlyAdded):
    """That the content with this hash was destroyed: why, and which auditor agreed (empty: nobody had to)."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT)
    consent_by_name = models.CharField(_("agreed to by"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"))

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("removal of evidence")
        verbose_name_plural = _("removals of evidence")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="evidence_removal_has_reason",
                violation_error_message=_("Say why the content is destroyed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sha256} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def remove(
        cls, sha256: str, *, names: list[str], at: datetime, reason: str, consent: User | None = None
    ) -> "EvidenceRemoval":
        """Record the removal, then destroy the content. Raises ValueError.

        If it was recorded before, only destroy what is still there: an earlier attempt may have failed.
        """
        if not reason.strip():
            raise ValueError("Destroying evidence needs a reason.")
        with audited_transaction():
            made = cls.objects.filter(sha256=sha256).first() or cls._record(
                sha256, names, at, reason, consent
            )
        store.destroy(store.name_of(sha256))
        return made

    @classmethod
    def _record(
        cls, sha256: str, names: list[str], at: datetime, reason: str, consent: User | None
    ) -> "EvidenceRemoval":
        agreed = person_name(consent) if consent else ""
        after: dict[str, object] = {"sha256": sha256, "files": names, "reason": reason}
        if agreed:
            after["consent"] = agreed
        audit(Audited.EVIDENCE_REMOVED, at=at, about=names[0], after=after)
        return cls.objects.create(sha256=sha256, reason=reason, consent_by_name=agreed, at=at)
