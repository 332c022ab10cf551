"""Makes the reporting periods of a year: `manage.py make_periods henan --kind month --year 2026`.

`manage.py make_periods --due` continues those that have ended; run_jobs does so every day.
"""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from measures.choices import PeriodKind
from measures.models import Checklist, Period, PeriodsOverlap


class Command(BaseCommand):
    help = "Makes the months or quarters of a year, but for those that ended before the checklist was opened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="the short name of the checklist")
        parser.add_argument("--kind", choices=[PeriodKind.MONTH, PeriodKind.QUARTER])
        parser.add_argument("--year", type=int)
        parser.add_argument(
            "--due",
            action="store_true",
            help="make this year's for each open checklist whose months or quarters have all ended",
        )

    def handle(
        self, *, slug: str | None, kind: str | None, year: int | None, due: bool, **options: object
    ) -> None:
        with override("en"):
            if due:
                self.continue_all()
            elif slug and kind and year:
                self.make(find_checklist(slug), PeriodKind(kind), year)
            else:
                raise CommandError("Name a checklist, --kind and --year, or write --due alone.")

    def continue_all(self) -> None:
        """Make this year's periods where the last ones have ended. What cannot be made keeps no other."""
        today = timezone.localdate()
        failed = []
        for last in Period.objects.to_continue(on=today).select_related("checklist"):
            try:
                self.make(last.checklist, PeriodKind(last.kind), today.year)
            except CommandError as error:
                failed.append(f"{last.checklist.slug}: {error}")
        if failed:
            raise CommandError(" ".join(failed))

    def make(self, checklist: Checklist, kind: PeriodKind, year: int) -> None:
        try:
            made = Period.make_year(checklist, kind, year, at=timezone.now())
        except PeriodsOverlap as overlap:
            raise CommandError(f"These periods overlap with {overlap.period}. Nothing was made.") from overlap
        self.stdout.write(f"Made {len(made)} periods of {checklist.slug}.")


def find_checklist(slug: str) -> Checklist:
    try:
        return Checklist.objects.get(slug=slug)
    except Checklist.DoesNotExist as error:
        raise CommandError(f"There is no checklist {slug}.") from error
