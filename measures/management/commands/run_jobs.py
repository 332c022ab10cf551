"""Does what a site needs every day: `manage.py run_jobs --backup-to /mnt/backups --keep 30`, from a timer."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from measures.operations.jobs import BACKUP, JOBS, old_backups, run_job


class Command(BaseCommand):
    help = (
        "Backs up, verifies and purges the audit trail, deletes ended sessions and old failed sign-ins, and "
        "makes the year's periods where those of the last year have ended. "
        "Records when each was done; `doctor` says which one failed or is late."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--backup-to", type=Path, help="the folder for backups; default: backups in the data folder"
        )
        parser.add_argument(
            "--keep",
            type=int,
            default=0,
            help="delete all but so many backups there; default 0: none",
        )

    def handle(self, *, backup_to: Path | None, keep: int, **options: object) -> None:
        if keep < 0:
            raise CommandError(f"--keep {keep}: write 0 or more.")
        folder = backup_to or Path(settings.DATA_DIR) / "backups"
        failed = []
        for job in JOBS:
            arguments = [str(folder)] if job.name == BACKUP else []
            if error := run_job(job, *arguments, at=timezone.localtime()):
                failed.append(job.name)
                self.stderr.write(f"{job.name}: {error}")
        # Only after a new one was made: a failing backup must not cost the old ones.
        if keep and BACKUP not in failed:
            for old in old_backups(folder, keep):
                old.unlink()
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")
