"""Prints what is understood of a ledger that an office keeps."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.sheets.guard import SheetError
from measures.takeover.plain import plain_ledger
from measures.takeover.read import read_ledger


class Command(BaseCommand):
    help = "Prints what the app understands of a sheet that an office keeps, before anybody takes it over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="All of it, row by row.")

    def handle(self, *, file: Path, json: bool, **options: object) -> None:
        try:
            ledger = read_ledger(file.read_bytes(), file.name, today=timezone.localdate())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except SheetError as error:
            raise CommandError(str(error)) from error
        if json:
            self.stdout.write(ledger_as_json(plain_ledger(ledger)))
            return
        for sheet in ledger.sheets:
            self.stdout.write(f"{sheet.name}: {len(sheet.rows)} rows, {len(sheet.left_rows)} left out")
            for table in sheet.tables:
                for column in table.columns:
                    mark = " ?" if column.is_uncertain else ""
                    self.stdout.write(f"  {column.letter}  {column.heading}  {column.name}{mark}")


def ledger_as_json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1)
