"""Lets a role of PostgreSQL serve the site, without the right to change what is only added to."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from measures.database import append_only

# A superuser, or a role that may act as the owner, could drop the triggers and grant itself everything.
UNFIT = "SELECT rolsuper OR pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s"


class Command(BaseCommand):
    help = "Lets a PostgreSQL role serve the site. Run it as the owner of the tables, after every migrate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="the role in the server's DATABASE_URL, such as taizhang_app")

    @transaction.atomic
    def handle(self, *, role: str, **options: object) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles: anyone who can write to the file can do everything.")
        with connection.cursor() as cursor:
            cursor.execute(UNFIT, [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no role {role}. Make it first: docs/security.md says how.")
            if found[0]:
                raise CommandError(
                    f"{role} is a superuser or may act as the owner: no grant limits it. Name another."
                )
            for statement in append_only.grant_statements(connection.ops.quote_name(role)):
                cursor.execute(statement)
