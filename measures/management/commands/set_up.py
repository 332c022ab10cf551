"""Prepares an empty, migrated database for the first sign-in. Safe to repeat: existing data is kept."""

import os
import secrets
from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import override

from measures.choices import Audited, Role
from measures.database.locks import audited_transaction
from measures.editions.shipped import NEWEST, load_shipped
from measures.management.commands.open_checklist import find_catalogue, open_checked
from measures.models import Account, Catalogue, Checklist, Membership, SpecialDay, audit
from measures.models.audit import in_plain

NAME_LIMIT = 100  # of Checklist.name
SLUG, NAME, ADMIN = "henan", "河南", "admin"


class Command(BaseCommand):
    help = (
        "Loads the newest edition of the catalogue beside older ones; opens a checklist where there is none; "
        "makes the user admin where there is no superuser, with the password in DJANGO_SUPERUSER_PASSWORD, "
        "or a random one that is shown once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--catalogue", default=NEWEST, help="short name of the first checklist's catalogue"
        )
        parser.add_argument("--slug", default="", help="its address; henan, or the catalogue's short name")
        parser.add_argument("--name", default="", help="the organisation; 河南, or the catalogue's title")

    @audited_transaction()
    def handle(self, *, catalogue: str, slug: str, name: str, **options: object) -> None:
        now = timezone.localtime()
        for refused in load_shipped(at=now):
            self.stdout.write(f"This mapping of editions was not loaded: {refused}")
        SpecialDay.add_known(at=now)
        if not Checklist.objects.exists():
            open_first_checklist(find_catalogue(catalogue), slug, name)
        if User.objects.filter(Q(is_superuser=True) | Q(username=ADMIN)).exists():
            return
        given = chosen_password()
        password = given or secrets.token_urlsafe(12)
        admin = make_admin(password)
        # A shown password may have been seen on the screen; one that the operator chose is theirs.
        Account.objects.filter(user=admin).update(must_change_password=not given)
        said = (
            ["Password: the one in DJANGO_SUPERUSER_PASSWORD"]
            if given
            else [f"Password: {password}", "It is not shown again."]
        )
        # After the commit only: a password that was shown must work.
        transaction.on_commit(lambda: self.stdout.write(framed(f"User: {ADMIN}", *said)))


def open_first_checklist(catalogue: Catalogue, slug: str, name: str) -> None:
    """Henan's own, or one that is named like its catalogue. Raises CommandError for what cannot be a name."""
    now = timezone.localtime()
    if catalogue.slug == NEWEST:
        slug, name = slug or SLUG, name or NAME
    with override(catalogue.languages[0]):
        slug, name = slug or slugify(catalogue.slug).replace("_", "-"), name or catalogue.title[:NAME_LIMIT]
    checklist = Checklist(slug=slug, name=name, catalogue=catalogue, period=str(now.year))
    open_checked(checklist, at=now)


def chosen_password() -> str:
    """What DJANGO_SUPERUSER_PASSWORD holds, or nothing; CommandError if it breaks the password rules."""
    given = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
    try:
        if given:
            validate_password(given, User(username=ADMIN))
    except ValidationError as error:
        raise CommandError(f"DJANGO_SUPERUSER_PASSWORD: {' '.join(error.messages)}") from error
    return given


def make_admin(password: str) -> User:
    """The operator's account, which is also the administrator of the first checklist."""
    now = timezone.now()
    admin = User(username=ADMIN, is_staff=True, is_superuser=True)
    admin.set_password(password)
    admin.save()
    audit(Audited.USER_CHANGED, at=now, about=admin, after=in_plain(admin))
    if first := Checklist.objects.order_by("opened_at").first():
        made = Membership.objects.create(user=admin, checklist=first, role=Role.ADMINISTRATOR)
        audit(Audited.MEMBERSHIP_CHANGED, at=now, checklist=first, about=made, after=in_plain(made))
    return admin


def framed(*lines: str) -> str:
    """The lines in a frame of plain characters, which every terminal can show."""
    width = max(map(len, lines))
    edge = f"+-{'-' * width}-+"
    return "\n".join(["", edge, *(f"| {line:<{width}} |" for line in lines), edge, ""])
