"""Prepares an empty, migrated database for the first sign-in. Safe to repeat: existing data is kept."""

import os
import secrets
from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from measures.choices import Audited, Role
from measures.database.locks import audited_transaction
from measures.management.commands.open_checklist import find_catalogue
from measures.models import Account, Catalogue, Checklist, Membership, SpecialDay, audit
from measures.models.audit import in_plain

CATALOGUE, SLUG, NAME, ADMIN = "henan-cadres", "henan", "河南", "admin"


class Command(BaseCommand):
    help = (
        "Loads the catalogue; opens a checklist where there is none; makes the user admin where there is no "
        "superuser, with the password in DJANGO_SUPERUSER_PASSWORD, or a random one that is shown once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--catalogue", default=CATALOGUE, help="short name of the catalogue of the first checklist"
        )

    @audited_transaction()
    def handle(self, *, catalogue: str, **options: object) -> None:
        call_command("loaddata", "catalogue", verbosity=0)
        SpecialDay.add_known(at=timezone.localtime())
        if not Checklist.objects.exists():
            open_first_checklist(find_catalogue(catalogue))
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


def open_first_checklist(catalogue: Catalogue) -> None:
    now = timezone.localtime()
    Checklist(slug=SLUG, name=NAME, catalogue=catalogue, period=str(now.year)).open(at=now)


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
