"""Deletes files that failed uploads of evidence left behind: `manage.py clean_evidence`, every day."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from measures.models.evidence_check import clean_evidence


class Command(BaseCommand):
    help = "Deletes files of evidence that no row has named for a day. Others are never deleted."

    def handle(self, **options: object) -> None:
        deleted = clean_evidence(at=timezone.now())
        for name in deleted:
            self.stdout.write(f"deleted {name}")
        self.stdout.write(f"{len(deleted)} files deleted.")
