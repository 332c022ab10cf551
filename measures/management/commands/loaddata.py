"""modeltranslation's loaddata, with a record in the audit trail where it changes anything."""

import hashlib

from django.core import serializers
from django.utils import timezone
from modeltranslation.management.commands import loaddata

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import Catalogue, Measure, Pillar, Section, audit
from measures.models.past_words import keep_past_words, words_now

CATALOGUE = (Catalogue, Pillar, Section, Measure)


class Command(loaddata.Command):
    @audited_transaction()
    def handle(self, *fixture_labels: str, **options: object) -> None:
        before, words, now = catalogue_digest(), words_now(), timezone.now()
        super().handle(*fixture_labels, **options)
        after = catalogue_digest()
        if before != after or set(self.models) - set(CATALOGUE):
            keep_past_words(words, at=now)
            audit(
                Audited.CATALOGUE_LOADED,
                at=now,
                about=" ".join(fixture_labels),
                before={"sha256": before},
                after={"sha256": after, "rows": self.loaded_object_count},
            )


def catalogue_digest() -> str:
    """SHA-256 over every catalogue as a fixture would hold it: differs where its content does."""
    rows = [row for model in CATALOGUE for row in model._default_manager.order_by("pk")]
    rows = [row for row in rows if not getattr(row, "checklist_id", None)]
    return hashlib.sha256(serializers.serialize("json", rows).encode()).hexdigest()
