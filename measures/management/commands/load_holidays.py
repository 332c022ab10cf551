"""Fills the site's calendar with the holidays and working days that the installed package knows."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from measures.models import SpecialDay


class Command(BaseCommand):
    help = (
        "Adds the holidays of mainland China, and the weekend days worked instead, for each year that "
        "the calendar holds nothing of. What was corrected in the admin stays."
    )

    def handle(self, **options: object) -> None:
        added = SpecialDay.add_known(at=timezone.localtime())
        if added:
            self.stdout.write(f"Added {added} holidays and working days.")
