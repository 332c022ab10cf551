"""The operator verifies evidence, cleans up after failed uploads, and destroys what must not be kept."""

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from measures.choices import Audited
from measures.models import AuditRecord, Evidence, EvidenceRemoval, Item, audit
from tests.evidence_make import HASH, PDF, PNG, send, signed_in, stored
from tests.make import PASSWORD
from tests.sheets import ENGLISH

GETPASS = "measures.management.commands.remove_evidence.getpass"
OTHER = hashlib.sha256(PNG).hexdigest()


@pytest.fixture(autouse=True)
def folder(evidence_folder: Path, given: Item, editor: User) -> Path:
    """With two files of evidence."""
    send(signed_in(editor))
    send(signed_in(editor), "a.png", PNG)
    return evidence_folder


def file_in(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


def leave(folder: Path, name: str, *, days: int) -> Path:
    """A file that no row names, written so long ago."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    then = (timezone.now() - timedelta(days)).timestamp()
    os.utime(path, (then, then))
    return path


def run(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def verify() -> str:
    """What it prints, whether it fails or not."""
    out = io.StringIO()
    try:
        call_command("verify_evidence", stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


class TestVerifying:
    def test_good_files_are_counted(self) -> None:
        assert run("verify_evidence") == "2 as they should be.\n"

    def test_missing_changed_and_unnamed_files_are_named_and_it_fails(self, folder: Path) -> None:
        file_in(folder, HASH).unlink()
        file_in(folder, OTHER).write_bytes(PNG + b"x")
        leave(folder, f"00/{'0' * 64}", days=2)
        leave(folder, "notes.txt", days=2)
        (folder / "else").mkdir()

        said = verify()

        for line in (
            f"missing: {HASH[:2]}/{HASH}",
            f"changed: {OTHER[:2]}/{OTHER}",
            f"unnamed: 00/{'0' * 64}",
            "unnamed: notes.txt",
            "unnamed: else/",
            "5 files of evidence are not as they should be.",
        ):
            assert line in said

    def test_what_an_upload_may_be_writing_is_no_fault(self, folder: Path) -> None:
        leave(folder, f"00/{'0' * 64}.ab.part", days=0)

        assert run("verify_evidence") == "2 as they should be, 1 unnamed.\n"

    def test_a_folder_that_is_gone_is_all_missing(self, folder: Path) -> None:
        folder.rename(folder.with_name("away"))

        assert "2 files of evidence are not" in verify()


class TestCleaning:
    def test_only_what_no_row_names_for_a_day_is_deleted(self, folder: Path) -> None:
        leave(folder, f"00/{'0' * 64}", days=2)
        leave(folder, f"00/{'0' * 64}.ab.part", days=2)
        young = leave(folder, f"01/01{'0' * 62}", days=0)
        then = (timezone.now() - timedelta(9)).timestamp()
        os.utime(file_in(folder, HASH), (then, then))

        assert "2 files deleted." in run("clean_evidence")

        assert stored(folder) == sorted([young.name, HASH, OTHER])

    def test_what_the_database_before_a_restore_may_name_is_kept(self, folder: Path) -> None:
        leave(folder, f"00/{'0' * 64}", days=5)
        audit(Audited.RESTORED, at=timezone.now() - timedelta(3))
        leave(folder, f"01/01{'0' * 62}", days=2)

        run("clean_evidence")

        assert stored(folder) == sorted(["0" * 64, HASH, OTHER])


class TestDestroying:
    def test_the_content_goes_and_the_trace_stays(
        self, folder: Path, editor: User, settings: Settings
    ) -> None:
        settings.SECURITY_PROFILE = "asvs"
        kept = Evidence.objects.get(sha256=HASH)

        run("remove_evidence", HASH[:12], "--reason", "误传涉密文件")

        assert stored(folder) == [OTHER]
        assert EvidenceRemoval.objects.get().sha256 == HASH
        record = AuditRecord.objects.get(action=Audited.EVIDENCE_REMOVED)
        assert HASH in record.after and "误传涉密文件" in record.after  # noqa: PT018
        page = signed_in(editor).get("/checklists/henan/items/1.1.1/", headers=ENGLISH).content.decode()
        assert "误传涉密文件" in page and kept.name in page and kept.short_hash in page  # noqa: PT018
        assert f"evidence/{kept.pk}/&quot; download" not in page
        assert signed_in(editor).get(f"/checklists/henan/items/1.1.1/evidence/{kept.pk}/").status_code == 404
        assert run("verify_evidence") == "2 as they should be.\n"

    def test_the_same_content_is_not_accepted_again(
        self, folder: Path, editor: User, settings: Settings
    ) -> None:
        settings.SECURITY_PROFILE = "asvs"
        run("remove_evidence", HASH, "--reason", "x")

        assert send(signed_in(editor), "b.pdf").status_code == 422
        assert stored(folder) == [OTHER]

    def test_what_is_still_there_is_reported_and_destroyed_by_another_run(
        self, folder: Path, settings: Settings
    ) -> None:
        settings.SECURITY_PROFILE = "asvs"
        run("remove_evidence", HASH, "--reason", "x")
        file_in(folder, HASH).write_bytes(PDF)
        assert f"not destroyed: {HASH[:2]}/{HASH}" in verify()

        run("remove_evidence", HASH, "--reason", "x")

        assert stored(folder) == [OTHER]
        assert EvidenceRemoval.objects.count() == 1

    def test_what_is_not_exactly_one_content_is_refused(self, folder: Path) -> None:
        for wrong in ("abc", "x" * 64, "0" * 64, ""):
            with pytest.raises(CommandError):
                run("remove_evidence", wrong, "--reason", "x")
        with pytest.raises(CommandError, match="Say with --reason"):
            run("remove_evidence", HASH, "--reason", " ")
        assert len(stored(folder)) == 2

    def test_under_mlps_an_auditor_agrees_by_their_password(
        self, folder: Path, auditor: User, viewer: User, settings: Settings
    ) -> None:
        settings.SECURITY_PROFILE = "mlps"
        operator = User.objects.create_superuser("root", password=PASSWORD)
        asked = ("remove_evidence", HASH, "--reason", "x")
        with pytest.raises(CommandError, match="requires that an auditor agrees"):
            run(*asked)
        for name in (viewer.username, operator.username, "nobody"):
            with mock.patch(GETPASS, return_value=PASSWORD), pytest.raises(CommandError, match="no auditor"):
                run(*asked, "--auditor", name)
        with mock.patch(GETPASS, return_value="wrong"), pytest.raises(CommandError, match="Nothing was"):
            run(*asked, "--auditor", auditor.username)
        assert AuditRecord.objects.filter(action=Audited.WRONG_SECRET, by=auditor).exists()
        assert len(stored(folder)) == 2

        auditor.set_password(PASSWORD)
        auditor.save()
        with mock.patch(GETPASS, return_value=PASSWORD):
            run(*asked, "--auditor", auditor.username)

        assert stored(folder) == [OTHER]
        assert EvidenceRemoval.objects.get().consent_by_name == auditor.username
