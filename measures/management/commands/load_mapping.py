"""Loads what became of each measure between two editions: `manage.py load_mapping mapping.json`."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.editions.mapping import MappingIncomplete
from measures.editions.mapping_file import MappingFile, UnreadableMapping, load_mapping
from measures.models import Catalogue


class Command(BaseCommand):
    help = (
        "Loads the mapping of two editions that was decided elsewhere (docs/catalogues.md), whole or not at "
        "all. A mapping that has been decided here is never replaced."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            read = MappingFile.read(file)
            made = load_mapping(read, at=timezone.now())
        except (UnreadableMapping, MappingIncomplete) as error:
            raise CommandError(str(error)) from error
        except Catalogue.DoesNotExist as error:
            raise CommandError(f"Load and publish {read.old} and {read.new} first.") from error
        if made is None:
            raise CommandError(
                f"There is a mapping from {read.old} to {read.new} already. Correct it on its page."
            )
        self.stdout.write(f"Loaded {made} with {len(made.pairs)} pairs.")
