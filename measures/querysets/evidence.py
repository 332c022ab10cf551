"""How evidence is queried. Nothing here imports a model."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Subquery

from measures.lights import end_of_day
from measures.querysets.append_only import AppendOnlyQuerySet

if TYPE_CHECKING:
    from measures.models.evidence import Evidence, EvidenceWithdrawal
    from measures.models.evidence_removals import EvidenceRemoval


class EvidenceQuerySet(AppendOnlyQuerySet["Evidence"]):
    def up_to(self, day: date) -> Self:
        """Evidence added by the end of this day."""
        return self.filter(at__lt=end_of_day(day))

    def not_withdrawn(self, until: datetime | None = None) -> Self:
        """Evidence that nobody had withdrawn before `until`; None: until now."""
        withdrawals: type[EvidenceWithdrawal] = apps.get_model("measures.EvidenceWithdrawal")
        taken_back = withdrawals.objects.filter(evidence=OuterRef("pk"))
        if until is not None:
            taken_back = taken_back.filter(at__lt=until)
        return self.filter(~Exists(taken_back))

    def not_removed(self) -> Self:
        """Evidence whose content the operator has not destroyed; links are among it."""
        removals: type[EvidenceRemoval] = apps.get_model("measures.EvidenceRemoval")
        return self.filter(~Exists(removals.objects.filter(sha256=OuterRef("sha256"))))

    def with_removal(self) -> Self:
        """With `removed_at` and `removed_because`: when the content was destroyed, and why; or None."""
        removals: type[EvidenceRemoval] = apps.get_model("measures.EvidenceRemoval")
        of_it = removals.objects.filter(sha256=OuterRef("sha256"))
        return self.annotate(
            removed_at=Subquery(of_it.values("at")[:1]), removed_because=Subquery(of_it.values("reason")[:1])
        )

    def hashes(self, folder: str = "") -> set[str]:
        """The SHA-256 of every file, removed ones too; of those that begin so."""
        # A range, which every index serves: hexadecimal digits come before "g".
        found = self.filter(sha256__gte=folder, sha256__lt=f"{folder}g").exclude(sha256="")
        return set(found.order_by().values_list("sha256", flat=True).distinct())
