"""Puts a backup back: `manage.py restore FILE`, with the site stopped. What was there is kept."""

import fcntl
import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from measures.backups import BackupError, on_postgresql, put_back
from measures.backups.on_postgresql import ToolError
from measures.choices import Audited
from measures.models import audit

RUNNING = "The site is running, and would go on writing into what is replaced. Stop it first."


class Command(BaseCommand):
    help = (
        "Replaces the database by a backup, after checking all of it, keeps the database that was there, "
        "and migrates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote")

    def handle(self, *, file: Path, **options: Any) -> None:
        # The server holds this lock while it runs (config/gunicorn.py), and waits for it when it starts.
        with (Path(settings.DATA_DIR) / "serving.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CommandError(RUNNING) from error
            if connection.vendor == "postgresql" and on_postgresql.is_in_use():
                raise CommandError(RUNNING)
            try:
                kept = put_back(file, at=timezone.localtime())
            except (BackupError, ToolError, OSError, sqlite3.DatabaseError, DatabaseError) as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"Restored {file}. What was there before is kept in {kept}.")
            # A backup of an older release has older tables, and perhaps no trail yet.
            call_command("migrate", verbosity=0, interactive=False)
            audit(Audited.RESTORED, at=timezone.now(), about=file.name, after={"kept": kept})
