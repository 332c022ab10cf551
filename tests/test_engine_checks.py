"""The checks of the engine itself: no WAL where its version would lose data, an index of words."""

import pytest
from django.contrib.auth.models import User
from django.core.checks import Error, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from measures.database import checks as engine_checks
from measures.database import text_index
from measures.models import Checklist
from tests.make import NOW, change, find_item

pytestmark = pytest.mark.django_db


def errors() -> list[str]:
    found = run_checks(databases=["default"])
    return [str(message.id) for message in found if isinstance(message, Error)]


def test_as_it_is_opened_the_database_passes() -> None:
    assert "measures.E001" not in errors()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has its own log")
@pytest.mark.parametrize(
    ("safe", "mode", "refused"), [(False, "wal", True), (True, "wal", False), (False, "delete", False)]
)
def test_wal_is_refused_where_it_is_not_safe(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, safe: bool, mode: str, refused: bool
) -> None:
    settings.SQLITE_WAL_IS_SAFE = safe
    monkeypatch.setattr(engine_checks, "journal_mode_of", lambda alias: mode)

    assert ("measures.E001" in errors()) is refused


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has its own log")
def test_the_mode_is_asked_of_the_database_itself() -> None:
    assert engine_checks.journal_mode_of("default") in ("delete", "wal", "memory")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL needs nothing that it may lack")
def test_a_sqlite_without_its_full_text_search_is_warned_of_and_finds_words_all_the_same(
    checklist: Checklist, administrator: User
) -> None:
    change(find_item(checklist, "1.1.1"), by=administrator, at=NOW, notes="已印发容错办法。")
    assert "measures.W002" not in [message.id for message in run_checks(databases=["default"])]
    editor = connection.schema_editor()
    text_index.remove(None, editor)
    text_index.is_there.cache_clear()
    try:
        found = checklist.items.matching("容错", indexed=True).get().measure.code
        said = [message.id for message in run_checks(databases=["default"])]
    finally:
        text_index.install(None, editor)
        text_index.is_there.cache_clear()

    assert found == "1.1.1"
    assert "measures.W002" in said


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL needs nothing that it may lack")
def test_where_there_is_no_full_text_search_the_migration_leaves_it_out(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_index, "has_fts5", lambda connection: False)
    text_index.is_there.cache_clear()
    editor = connection.schema_editor()
    try:
        text_index.install(None, editor)
        left_out = not text_index.is_there("default")
    finally:
        monkeypatch.undo()
        text_index.install(None, editor)
        text_index.is_there.cache_clear()

    assert left_out


def test_a_database_from_between_two_releases_is_refused_in_words() -> None:
    """A commit's migration may have got another number before the release."""
    newest = MigrationRecorder.Migration.objects.filter(app="measures").order_by("name").last()
    assert newest
    said = rf"it has measures\.0020_speed, which .* and not measures\.{newest.name}"
    newest.name = "0020_speed"
    newest.save()

    with pytest.raises(SystemCheckError, match=said):
        call_command("migrate", verbosity=0, skip_checks=False)

    assert MigrationRecorder.Migration.objects.filter(name="0020_speed").exists()


def test_a_newer_database_is_no_reason_to_stop_migrating() -> None:
    """The site then says on every page that its release is too old."""
    MigrationRecorder.Migration.objects.create(app="measures", name="0999_later")

    assert "measures.E012" not in errors()
