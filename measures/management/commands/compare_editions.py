"""Says what became of each measure: `manage.py compare_editions henan-cadres fixtures/next.json --json`."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from measures.editions.compare import compare
from measures.editions.pairs import Edition, Pair
from measures.editions.read import UnreadableEdition, edition_from_file, edition_of_catalogue
from measures.models import Catalogue

HEADINGS = ("old", "new", "kind", "score", "certain", "others")


class Command(BaseCommand):
    help = (
        "Compares two editions of a catalogue and lists what became of each measure. It writes nothing. "
        "Each edition is the short name of a catalogue or a fixture file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("old", help="short name or fixture file of the earlier edition")
        parser.add_argument("new", help="short name or fixture file of the later edition")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *, old: str, new: str, json: bool, **options: object) -> None:
        pairs = compare(find_edition(old), find_edition(new))
        self.stdout.write(pairs_as_json(pairs) if json else pairs_as_table(pairs))


def find_edition(name: str) -> Edition:
    """The catalogue of this short name, else the file. Raises CommandError."""
    try:
        if not name.endswith(".json"):
            if catalogue := Catalogue.objects.filter(slug=name).first():
                return edition_of_catalogue(catalogue)
            if not Path(name).exists():
                raise CommandError(f"There is no catalogue {name}, and no file of that name.")
        return edition_from_file(Path(name))
    except UnreadableEdition as error:
        raise CommandError(str(error)) from error


def pairs_as_json(pairs: list[Pair]) -> str:
    rows = [
        {
            "old": pair.old,
            "new": pair.new,
            "kind": pair.kind,
            "score": pair.score,
            "certain": pair.certain,
            "others": pair.others,
        }
        for pair in pairs
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def pairs_as_table(pairs: list[Pair]) -> str:
    """One line a pair, in columns as wide as they need to be, and a count of what is to be looked at."""
    rows = [HEADINGS] + [
        (
            ", ".join(pair.old) or "-",
            ", ".join(pair.new) or "-",
            str(pair.kind),
            f"{pair.score:.2f}",
            "yes" if pair.certain else "no",
            "; ".join(", ".join(other) or "-" for other in pair.others),
        )
        for pair in pairs
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    open_pairs = sum(not pair.certain for pair in pairs)
    return "\n".join([*lines, "", f"{len(pairs)} pairs, {open_pairs} of them to be looked at."])
