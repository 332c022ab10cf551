"""Opens a checklist: `manage.py open_checklist zhengzhou --name 郑州 --parent henan --period 2026`."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.models import Catalogue, Checklist


class Command(BaseCommand):
    help = "Opens a checklist, with one item, not started, for each measure of its catalogue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="part of the URLs: small Latin letters, digits and hyphens")
        parser.add_argument("--name", required=True, help="the organisation")
        parser.add_argument("--catalogue", help="its short name; otherwise the parent's, or the only one")
        parser.add_argument("--parent", help="the short name of the checklist that this one lies under")
        parser.add_argument("--period", default="", help="what the checklist covers, such as 2026")

    def handle(
        self,
        *,
        slug: str,
        name: str,
        catalogue: str | None,
        parent: str | None,
        period: str,
        **options: object,
    ) -> None:
        above = find_parent(parent)
        checklist = Checklist(
            slug=slug,
            name=name,
            catalogue=above.catalogue if above and catalogue is None else find_catalogue(catalogue),
            parent=above,
            period=period,
        )
        open_checked(checklist, at=timezone.now())
        self.stdout.write(f"Opened {slug} with {checklist.items.count()} items.")


def open_checked(checklist: Checklist, *, at: datetime) -> None:
    """Open it. Raises CommandError that says what is wrong with its names."""
    try:
        checklist.full_clean(exclude={"path", "opened_at"})
    except ValidationError as error:
        problems = (f"{field}: {' '.join(said)}" for field, said in error.message_dict.items())
        raise CommandError("\n".join(problems)) from error
    checklist.open(at=at)


def find_catalogue(slug: str | None) -> Catalogue:
    """The catalogue of this short name, or the only one. Raises CommandError."""
    known = {catalogue.slug: catalogue for catalogue in Catalogue.objects.filter(is_draft=False)}
    if slug is None and len(known) == 1:
        return next(iter(known.values()))
    if slug in known:
        return known[slug]
    if not known:
        raise CommandError("There is no catalogue yet. Load one: manage.py loaddata catalogue.")
    raise CommandError(f"Name the catalogue by --catalogue: {', '.join(known)}.")


def find_parent(slug: str | None) -> Checklist | None:
    """The checklist of this short name; none for none. Raises CommandError."""
    if slug is None:
        return None
    try:
        return Checklist.objects.get(slug=slug)
    except Checklist.DoesNotExist as error:
        raise CommandError(f"There is no checklist {slug} to be the parent.") from error
