"""Destroys the content of one file of evidence: `manage.py remove_evidence HASH --reason TEXT`.

For what should never have been uploaded, such as state secrets. Names and hash stay, with the reason. Under
the profile `mlps` an auditor agrees: they type their password, and the code of their second factor, here.
"""

from argparse import ArgumentParser
from getpass import getpass

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.accounts import second_factor
from measures.choices import Audited
from measures.models import Checklist, Evidence, EvidenceRemoval, audit
from measures.models.people import person_name
from measures.rights.posts import Post, are_enforced, post_of_account
from measures.rights.roles import Rights

LEAST_DIGITS = 12


class Command(BaseCommand):
    help = (
        "Destroys the content of a file of evidence, wherever it was added; its names and hash stay. "
        "This cannot be undone. Under the profile mlps, an auditor of all checklists that have it must agree."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sha256", help=f"the hash, or its first {LEAST_DIGITS} digits or more")
        parser.add_argument(
            "--reason", required=True, help="why; kept in the audit trail and shown on the page"
        )
        parser.add_argument("--auditor", default="", help="the user name of the auditor who agrees")

    def handle(self, *, sha256: str, reason: str, auditor: str, **options: object) -> None:
        if not reason.strip():
            raise CommandError("Say with --reason why the content is destroyed.")
        pieces = self.pieces_of(sha256.strip().lower())
        for one in pieces:
            checklist, code = one.item.checklist, one.item.measure.code
            self.stdout.write(f"{checklist.slug} {code}: {one.name} ({one.size} bytes, {one.by_name})")
        if are_enforced() and not auditor:
            raise CommandError("The profile mlps requires that an auditor agrees: --auditor NAME.")
        agreed = self.consent_of(auditor, pieces) if auditor else None
        EvidenceRemoval.remove(
            pieces[0].sha256,
            names=sorted({one.name for one in pieces}),
            at=timezone.now(),
            reason=reason.strip(),
            consent=agreed,
        )
        self.stdout.write(f"Destroyed {pieces[0].sha256}.")
        self.stdout.write(
            "Backups still hold it: the next one deletes its copy from the folder that it writes to."
        )

    def pieces_of(self, start: str) -> list[Evidence]:
        """All evidence with this one content."""
        if len(start) < LEAST_DIGITS or set(start) - set("0123456789abcdef"):
            raise CommandError(f"Give at least {LEAST_DIGITS} digits of the file's SHA-256.")
        joined = Evidence.objects.select_related("item__checklist", "item__measure").order_by("pk")
        found = list(joined.filter(sha256__startswith=start))
        if len({one.sha256 for one in found}) > 1:
            raise CommandError(f"More than one file has a hash that begins with {start}. Give more digits.")
        if not found:
            raise CommandError(f"No evidence has a hash that begins with {start}.")
        return found

    def consent_of(self, name: str, pieces: list[Evidence]) -> User:
        """The auditor, who has proved to be there."""
        user = User.objects.filter(username=name, is_active=True).first()
        trees = {one.item.checklist.path for one in pieces}
        if user is None or post_of_account(user) == Post.SYSTEM or not audits_all(user, trees):
            raise CommandError(f"{name} is no auditor of all checklists that have this file.")
        self.stdout.write(f"{person_name(user)}, do you agree that this content is destroyed?")
        right = user.check_password(getpass(f"Password of {name}: "))
        if right and second_factor.device_of(user):
            right = second_factor.takes(user, getpass("Code of the second factor: ").strip())
        if not right:
            audit(
                Audited.WRONG_SECRET,
                by=user,
                at=timezone.now(),
                about=f"remove_evidence {pieces[0].short_hash}",
            )
            raise CommandError("Wrong password or code. Nothing was destroyed.")
        return user


def audits_all(user: User, paths: set[str]) -> bool:
    """Whether the user's roles let them audit the checklists at all these paths."""
    audited: list[Checklist] = Rights(user).audited()
    return all(any(path.startswith(one.path) for one in audited) for path in paths)
