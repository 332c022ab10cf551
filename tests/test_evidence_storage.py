"""How evidence is stored: no row without its file, nothing replaced, and a full disk said in words."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from measures.choices import Side
from measures.evidence import store
from measures.models import Evidence, Item, NewFile, Owner, add_evidence
from measures.models.evidence_check import clean_evidence
from measures.querysets.append_only import AppendOnlyError
from tests.checkout import ROOT
from tests.evidence_make import HASH, PDF, send, signed_in, stored
from tests.make import NOW, SignIn, write_entry

ADDRESS = "/checklists/henan/items/1.1.1/"


@pytest.fixture(autouse=True)
def folder(evidence_folder: Path) -> Path:
    return evidence_folder


def test_rows_are_never_changed_or_deleted(given: Item, editor: User) -> None:
    kept = add_evidence(given, "https://x", side=Side.LEAD, by=editor, at=NOW)
    kept.withdraw(by=editor, at=NOW, reason="x")

    for table in ("measures_evidence", "measures_evidencewithdrawal"):
        for sql in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):
            with (
                pytest.raises(DatabaseError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
    with pytest.raises(AppendOnlyError):
        Evidence.objects.all().delete()


def test_the_database_itself_refuses_what_is_no_evidence(given: Item, editor: User, owner: Owner) -> None:
    right = {
        "item": given,
        "unit": owner,
        "side": Side.LEAD,
        "link": "https://x",
        "at": NOW,
        "by": editor,
    }

    for wrong in ({"link": "javascript:x"}, {"link": ""}, {"sha256": "0" * 64}, {"side": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.create(**(right | wrong))


def test_a_full_disk_is_said_in_words_and_nothing_is_left(
    given: Item, editor: User, sign_in: SignIn, folder: Path
) -> None:
    with mock.patch("measures.evidence.store.os.fsync", side_effect=OSError(28, "No space left")):
        answer = send(sign_in(editor))

    assert answer.status_code == 503
    assert "the disk is full or not reachable" in answer.content.decode()
    assert (stored(folder), Evidence.objects.count()) == ([], 0)


def test_a_full_disk_while_the_file_comes_in_keeps_what_was_typed(
    given: Item, editor: User, sign_in: SignIn
) -> None:
    entry = write_entry(given, editor, progress="印发方案")
    with mock.patch("measures.evidence.receive.tempfile.TemporaryFile") as made:
        made.return_value.write.side_effect = OSError(28, "No space left")
        answer = send(sign_in(editor), entry=entry.pk)

    assert answer.status_code == 503
    assert answer.context["evidence_form"]["entry"].value() == str(entry.pk)


def test_no_row_is_added_without_its_file_and_a_file_without_row_is_harmless(
    given: Item, editor: User, sign_in: SignIn, folder: Path
) -> None:
    with (
        mock.patch("measures.models.evidence.audit", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        send(sign_in(editor))
    assert (stored(folder), Evidence.objects.count()) == ([HASH], 0)

    assert send(sign_in(editor)).status_code == 302
    assert stored(folder) == [HASH]


def test_what_was_deleted_between_storing_and_adding_is_stored_again(
    given: Item, editor: User, folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(PDF)
    real = store.keep
    with source.open("rb") as content:
        new = NewFile("a.pdf", "application/pdf", len(PDF), HASH, content)

        def keep_and_lose(sha256: str, held: Any) -> None:
            real(sha256, held)
            if not hasattr(keep_and_lose, "done"):
                keep_and_lose.done = True  # type: ignore[attr-defined]
                store.destroy(store.name_of(sha256))

        with mock.patch("measures.evidence.store.keep", keep_and_lose):
            add_evidence(given, new, side=Side.LEAD, by=editor, at=NOW)

    assert stored(folder) == [HASH]


def test_a_damaged_file_is_neither_given_away_nor_joined_by_another_row(
    given: Item, editor: User, sign_in: SignIn, folder: Path
) -> None:
    send(sign_in(editor))
    (folder / HASH[:2] / HASH).write_bytes(PDF.replace(b"1.7", b"1.6"))

    assert sign_in(editor).get(f"{ADDRESS}evidence/{Evidence.objects.get().pk}/").status_code == 404
    answer = send(sign_in(editor))
    assert (answer.status_code, Evidence.objects.count()) == (503, 1)
    assert "damaged" in answer.content.decode()


KILLED = """
import io, os, signal, sys
import django
from django.conf import settings
settings.configure(STORAGES={"evidence": {
    "BACKEND": "measures.evidence.store.EvidenceStorage", "OPTIONS": {"location": sys.argv[1]}}})
from measures.evidence import store

class Deadly(io.BytesIO):
    def read(self, *size):
        if self.tell():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(100)

store.keep("ab" * 32, Deadly(bytes(1000)))
"""


def test_a_process_killed_while_it_stores_a_file_leaves_no_file_under_its_hash(
    folder: Path, db: None
) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=ROOT, check=False)

    assert done.returncode == -signal.SIGKILL
    (left,) = stored(folder)
    assert left.endswith(".part")
    later = timezone.now() + timedelta(days=2)
    assert clean_evidence(at=later) == [f"ab/{left}"]
    assert stored(folder) == []


def test_any_storage_of_django_will_do(given: Item, editor: User, settings: Settings) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"evidence": memory}

    assert send(signed_in(editor)).status_code == 302
    assert storages["evidence"].exists(f"{HASH[:2]}/{HASH}")
    assert signed_in(editor).get(f"{ADDRESS}evidence/{Evidence.objects.get().pk}/").status_code == 200
