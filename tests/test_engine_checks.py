"""The check that keeps SQLite out of WAL where its version would lose data."""

import pytest
from django.core.checks import Error, run_checks
from django.db import connection
from pytest_django import Settings

from measures import engine_checks

pytestmark = pytest.mark.django_db


def errors() -> list[str]:
    found = run_checks(databases=["default"])
    return [str(message.id) for message in found if isinstance(message, Error)]


def test_as_it_is_opened_the_database_passes() -> None:
    assert "measures.E001" not in errors()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a log of its own")
@pytest.mark.parametrize(
    ("safe", "mode", "refused"), [(False, "wal", True), (True, "wal", False), (False, "delete", False)]
)
def test_wal_is_refused_where_it_is_not_safe(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, safe: bool, mode: str, refused: bool
) -> None:
    settings.SQLITE_WAL_IS_SAFE = safe
    monkeypatch.setattr(engine_checks, "journal_mode_of", lambda alias: mode)

    assert ("measures.E001" in errors()) is refused


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a log of its own")
def test_the_mode_is_asked_of_the_database_itself() -> None:
    assert engine_checks.journal_mode_of("default") in ("delete", "wal", "memory")
