"""Loads a catalogue from a sheet or JSON: `manage.py load_catalogue safety.xlsx --title 安全生产`."""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import slugify
from django.utils.translation import override

from measures.catalogues.store import CatalogueRefused, read, store
from measures.sheets.guard import FILE_LIMIT, SheetError


class Command(BaseCommand):
    help = (
        "Loads a catalogue from an XLSX, CSV or JSON file (docs/catalogues.md), whole or not at all. "
        "Prints every fault as “sheet row column: fault”, and exits with 1 if there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--slug", default="", help="its short name; otherwise the file's own, or its name"
        )
        parser.add_argument("--title", default="", help="its title, in its first language")
        parser.add_argument("--date", type=_day, help="the date of this edition, such as 2026-01-31")
        parser.add_argument("--draft", action="store_true", help="load it as a draft, to be corrected")

    def handle(
        self, *, file: Path, slug: str, title: str, date: date | None, draft: bool, **options: object
    ) -> None:
        # In English, as all that commands print.
        with override("en"):
            self.load(file, slug, title, date, draft=draft)

    def load(self, file: Path, slug: str, title: str, day: date | None, *, draft: bool) -> None:
        try:
            if file.stat().st_size > FILE_LIMIT:
                raise CommandError("The file is larger than 5 MB.")
            outline, faults = read(file.read_bytes())
        except (OSError, SheetError) as error:
            raise CommandError(str(error)) from error
        if faults:
            for fault in faults:
                self.stdout.write(str(fault))
            sys.exit(1)
        outline.slug = slug or outline.slug or slugify(file.stem)
        if title or not outline.title:
            outline.title[outline.languages[0]] = title or file.stem
        outline.day = day or outline.day or timezone.localdate()
        try:
            made = store(outline, at=timezone.now(), draft=draft)
        except CatalogueRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Loaded {made.slug} with {len(outline.measures)} measures.")


def _day(text: str) -> date:
    found = parse_date(text)
    if found is None:
        raise ValueError(text)
    return found
