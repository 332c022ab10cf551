"""Copies the whole database while the site runs: `manage.py backup`, or `manage.py backup /mnt/backups`."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from measures.choices import Audited
from measures.database import release
from measures.database.backups import BackupError, take
from measures.database.backups.on_postgresql import ToolError
from measures.database.backups.signing import SIGNATURE
from measures.models import audit


class Command(BaseCommand):
    help = (
        "Copies the whole database into one file, with a manifest of what must be in it, and the files of "
        "evidence that are not there yet into a folder beside it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", nargs="?", type=Path, help="default: the folder backups in the data folder"
        )

    def handle(self, *, folder: Path | None, **options: object) -> None:
        now = timezone.localtime()
        target = (folder or Path(settings.DATA_DIR) / "backups") / f"taizhang-{now:%Y%m%d-%H%M%S}.zip"
        try:
            taken = take(target, at=now)
        except (BackupError, ToolError, OSError) as error:
            raise CommandError(str(error)) from error
        manifest = taken.manifest
        rows = sum(held["rows"] for held in manifest["tables"].values())
        self.stdout.write(f"{target}: {rows} rows of {len(manifest['tables'])} tables.")
        signature = manifest[SIGNATURE]
        self.stdout.write(
            f"Signed with {signature['setting']} (fingerprint {signature['fingerprint']}). The key is not in "
            "the backup: another machine needs it to restore this."
        )
        after: dict[str, object] = {"rows": rows, "sha256": manifest["sha256"]}
        if evidence := manifest.get("evidence"):
            self.stdout.write(
                f"Evidence: {evidence['files']} files of {evidence['bytes']} bytes, in the folder evidence."
            )
            after["files"] = evidence["files"]
        self.record(target, after)
        if taken.missing:
            raise CommandError(
                f"The backup is written, but {len(taken.missing)} files of evidence are missing or changed: "
                f"{', '.join(taken.missing[:3])}. Run verify_evidence."
            )

    def record(self, target: Path, after: dict[str, object]) -> None:
        """In the audit trail, where that can be: before an upgrade, tables may be of another release."""
        try:
            if release.match():
                audit(Audited.BACKED_UP, at=timezone.now(), about=target.name, after=after)
                return
            reason = "the database is of another release"
        except DatabaseError as error:
            reason = str(error)
        self.stderr.write(f"The audit trail does not say so: {reason}.")
