"""Reads all files of evidence and says which are not as they were added: `manage.py verify_evidence`."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.evidence import store
from measures.models.evidence_check import UNNAMED_FOR, Checked, Flaw, check_evidence

SHOWN = 100  # lines


class Command(BaseCommand):
    help = (
        "Compares every file of evidence with its hash. Ends with 1 if one is missing or changed, if one "
        "that was destroyed is still there, or if one has been there for a day that no row names."
    )

    def handle(self, **options: object) -> None:
        counts: Counter[Flaw | None] = Counter()
        wrong = 0
        for checked in check_evidence():
            counts[checked.flaw] += 1
            if checked.flaw is None or self.is_recent(checked):
                continue
            wrong += 1
            if wrong <= SHOWN:
                self.stdout.write(f"{checked.flaw}: {checked.name}")
        if wrong > SHOWN:
            self.stdout.write(f"… and {wrong - SHOWN} more")
        said = ", ".join(f"{counts[flaw]} {flaw}" for flaw in Flaw if counts[flaw])
        self.stdout.write(f"{counts[None]} as they should be{', ' if said else ''}{said}.")
        if wrong:
            raise CommandError(f"{wrong} files of evidence are not as they should be.")

    def is_recent(self, checked: Checked) -> bool:
        """Return whether an upload that is under way may have written it."""
        if checked.flaw != Flaw.UNNAMED or checked.name.endswith("/"):
            return False
        try:
            return store.written_at(checked.name) > timezone.now() - UNNAMED_FOR
        except FileNotFoundError:
            return True
