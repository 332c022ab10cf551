"""Moves a checklist and all below it to another edition, one transaction for each, with progress."""

from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.editions.tree import upgrade_below
from measures.editions.upgrading import undecided
from measures.models import Catalogue, Checklist, EditionMapping


class Command(BaseCommand):
    help = (
        "Move a checklist and all below it to a new edition of their catalogue, by the mapping that was "
        "decided on the page of the two editions. Each checklist is one transaction. If the command is "
        "stopped, run it again: it goes on with those that are left."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("checklist", help="address of the checklist at the top, such as henan")
        parser.add_argument("edition", help="short name of the new edition")
        parser.add_argument("--by", required=True, help="user name of the person in whose name this is done")

    def handle(self, *, checklist: str, edition: str, by: str, **options: object) -> None:
        top = Checklist.objects.filter(slug=checklist).select_related("catalogue").first()
        if top is None:
            raise CommandError(f"There is no checklist {checklist!r}.")
        new = Catalogue.objects.filter(slug=edition, is_draft=False).first()
        if new is None:
            raise CommandError(f"There is no catalogue {edition!r}. Load it first.")
        person = User.objects.filter(username=by, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active user {by!r}.")
        mappings = {
            one.old_id: one
            for one in EditionMapping.objects.filter(new=new)
            .select_related("old", "new")
            .order_by("revision")
        }
        for mapping in mappings.values():
            if left := undecided(mapping):
                named = "; ".join(left[:10])
                raise CommandError(f"{mapping}: {len(left)} pairs are still to be decided: {named}")
        moved = 0
        for step in upgrade_below(top, new, mappings, by=person, clock=timezone.now):
            moved += step.moved
            if step.done % 50 == 0 or step.done == step.total:
                self.stdout.write(f"{step.done} of {step.total} checklists")
        without = Checklist.objects.tree(top).exclude(catalogue=new).values_list("slug", flat=True)
        self.stdout.write(f"Moved {moved} checklists to {new.slug}.")
        if left_out := list(without):
            named = ", ".join(left_out[:10])
            self.stdout.write(f"{len(left_out)} have an edition without a mapping to {new.slug}: {named}")
