"""Puts a backup back: `manage.py restore FILE`, with the site stopped. What was there is kept."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from measures.choices import Audited
from measures.database import schema
from measures.database.backups import BackupError, Restored, on_postgresql, put_back
from measures.database.backups.on_postgresql import ToolError
from measures.database.schema import guards
from measures.database.schema.things import Thing
from measures.database.stopped import SiteRunningError, stopped_site
from measures.models import audit


class Command(BaseCommand):
    help = (
        "Replaces the database by a backup, after checking all of it, keeps the database that was there, "
        "migrates, and puts the triggers of this release back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote")
        parser.add_argument(
            "--unsigned",
            action="store_true",
            help="restore it even if its signature is missing or wrong: only if you know where it comes from",
        )

        parser.add_argument(
            "--without-files",
            action="store_true",
            help="restore it even if files of evidence are missing or changed",
        )

    def handle(self, *, file: Path, unsigned: bool, without_files: bool, **options: object) -> None:
        try:
            with stopped_site():
                self.replace(file, unsigned=unsigned, without_files=without_files)
        except SiteRunningError as error:
            raise CommandError(str(error)) from error

    def replace(self, file: Path, *, unsigned: bool, without_files: bool) -> None:
        """Put the backup back, migrate, and put guards and rights back. The site is stopped."""
        rights = on_postgresql.grants() if connection.vendor == "postgresql" else ""
        try:
            restored = put_back(file, at=timezone.localtime(), unsigned=unsigned, without_files=without_files)
        except (BackupError, ToolError, OSError, sqlite3.DatabaseError, DatabaseError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored {file}. What was there before is kept in {restored.kept}.")
        if restored.version != settings.VERSION:
            made_by = f"Taizhang {restored.version}" if restored.version else "an earlier release"
            self.stdout.write(f"The backup was made by {made_by}. This is Taizhang {settings.VERSION}.")
        # Nobody's code may run while the tables are migrated.
        removed = guards.remove_what_runs()
        # A backup of an older release has older tables, and perhaps no trail yet.
        call_command("migrate", verbosity=0, interactive=False)
        if rights:
            with connection.cursor() as cursor:
                cursor.execute(rights)
        self.finish(file, restored, removed, guards.reinstall())

    def finish(self, file: Path, restored: Restored, removed: list[Thing], mended: list[Thing]) -> None:
        """Say what was found, on the terminal and in the trail.

        Raises CommandError where the schema still differs in what matters.
        """
        differing = schema.schema_differences(connection.alias)
        found = {
            "unsigned": restored.distrust,
            "removed": [str(thing) for thing in removed],
            "reinstalled": [str(thing) for thing in mended],
            "differs": [str(one) for one in differing],
            "missing": list(restored.missing[:20]),
        }
        said = {name: value for name, value in found.items() if value}
        audit(Audited.RESTORED, at=timezone.now(), about=file.name, after={"kept": restored.kept, **said})
        if restored.distrust:
            self.stderr.write(f"Restored unsigned: the backup {restored.distrust}. Look at what it holds.")
            supers = User.objects.filter(is_superuser=True, is_active=True).order_by("username")
            self.stderr.write(f"Its superusers: {', '.join(one.username for one in supers) or 'none'}.")
        for word in ("removed", "reinstalled"):
            for thing in said.get(word, []):
                self.stderr.write(f"Not as this release makes it, and {word}: {thing}.")
        if restored.missing:
            self.stderr.write(
                f"Files of evidence that are missing: {len(restored.missing)}. verify_evidence names them."
            )
        for one in differing:
            self.stderr.write(f"Left as it was: {one}.")
        if any(one.serious for one in differing):
            raise CommandError(
                "The database is restored, and differs from what this release makes. Do not start the site "
                f"before you know why. What was there before is kept in {restored.kept}."
            )
