"""Makes the reporting periods of a year: `manage.py make_periods henan --kind month --year 2026`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from measures.choices import PeriodKind
from measures.models import Checklist, Period, PeriodsOverlap


class Command(BaseCommand):
    help = "Makes the months or quarters of a year, but for those that ended before the checklist was opened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the short name of the checklist")
        parser.add_argument("--kind", required=True, choices=[PeriodKind.MONTH, PeriodKind.QUARTER])
        parser.add_argument("--year", required=True, type=int)

    def handle(self, *, slug: str, kind: str, year: int, **options: object) -> None:
        try:
            checklist = Checklist.objects.get(slug=slug)
        except Checklist.DoesNotExist as error:
            raise CommandError(f"There is no checklist {slug}.") from error
        with override("en"):
            try:
                made = Period.make_year(checklist, PeriodKind(kind), year, at=timezone.now())
            except PeriodsOverlap as overlap:
                raise CommandError(
                    f"These periods overlap with {overlap.period}. Nothing was made."
                ) from overlap
        self.stdout.write(f"Made {len(made)} periods of {slug}.")
