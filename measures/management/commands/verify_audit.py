"""Reads the whole audit trail and says whether it is intact: `manage.py verify_audit --head 3f9a…`."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from measures.models.audit import verify_chain


class Command(BaseCommand):
    help = (
        "Checks every hash of the audit trail and prints the newest, to be kept elsewhere. Ends with 1 at "
        "the first record that was changed, taken out, put in or moved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", default="", metavar="HASH", help="a hash printed before: the trail must still hold it"
        )

    def handle(self, *, head: str, **options: object) -> None:
        verdict = verify_chain(head.strip().lower())
        if broken := verdict.broken:
            record = broken.record
            where = f"record {record.pk} of {record.at:%Y-%m-%d %H:%M:%S %Z}" if record else "an empty trail"
            raise CommandError(f"{verdict.count} records read, then a break at {where}: {broken.why}.")
        self.stdout.write(f"{verdict.count} records, intact. Newest hash: {verdict.head or 'none'}")
