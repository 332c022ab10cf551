"""Removes audit records older than AUDIT_DAYS. The trail stays one that `verify_audit` can check."""

from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import models
from django.utils import timezone

from measures.choices import Audited
from measures.database.append_only import AUDIT, unguarded
from measures.database.locks import audited_transaction, hold_the_chain
from measures.models import AuditRecord, audit


class Command(BaseCommand):
    help = (
        "Removes audit records older than AUDIT_DAYS days, which is 183 or more; none where it is not set. "
        "The removal is itself recorded, with the hash of the last record that went."
    )

    @audited_transaction()
    def handle(self, **options: object) -> None:
        if not settings.AUDIT_DAYS:
            self.stdout.write("The audit trail is kept for ever: AUDIT_DAYS is not set.")
            return
        now = timezone.now()
        limit = now - timedelta(days=settings.AUDIT_DAYS)
        hold_the_chain()
        kept = AuditRecord.objects.filter(at__gte=limit).order_by("pk").first()
        gone = AuditRecord.objects.filter(pk__lt=kept.pk) if kept else AuditRecord.objects.all()
        last = gone.order_by("-pk").first()
        if last is None:
            self.stdout.write(f"No audit record is older than {settings.AUDIT_DAYS} days.")
            return
        count = gone.count()
        after = {"records": count, "last_hash": last.hash, "until": last.at}
        audit(Audited.AUDIT_PURGED, at=now, after=after)
        with unguarded(AUDIT):
            # Past the guard of our own queryset, as past the database's.
            models.QuerySet(AuditRecord).filter(pk__lte=last.pk)._raw_delete("default")
        self.stdout.write(f"Removed {count} audit records up to {last.at:%Y-%m-%d}.")
