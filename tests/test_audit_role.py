"""The documented second role of PostgreSQL serves the site, and can neither change the trail nor free it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from measures import append_only
from measures.choices import Status
from measures.models import AuditRecord, Checklist
from tests.make import NOW, PASSWORD

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles"),
    pytest.mark.django_db(transaction=True),
]
ROLE = "taizhang_app"


def switch_to(user: str) -> None:
    """From here on the app itself speaks to the database as this role."""
    connection.close()
    connection.settings_dict["USER"] = user
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (user,)


@pytest.fixture
def as_the_role(checklist: Checklist, administrator: User) -> Iterator[None]:
    document = (Path(settings.BASE_DIR) / "docs" / "security.md").read_text(encoding="utf-8")
    sql = document.partition("```sql\n")[2].partition("```")[0]
    owner = connection.settings_dict["USER"]
    connection.cursor().execute(sql)
    switch_to(ROLE)
    try:
        yield
    finally:
        switch_to(owner)
        connection.cursor().execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def test_the_site_is_served_by_it(as_the_role: None) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "administrator", "password": PASSWORD})
    data = {"status": "done", "version": "1", "notes": "", "due": "", "owner": ""}

    assert client.post("/checklists/henan/items/1.1.1/", data).status_code == 302
    assert client.get("/checklists/henan/report/?format=csv").status_code == 200
    assert client.post("/sign-out/").status_code == 302

    assert Checklist.objects.get().items.filter(status=Status.DONE).count() == 1
    actions = AuditRecord.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-4:] == ["signed_in", "item_changed", "exported", "signed_out"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TRIGGER {}_no_change ON {}",
        "DROP TABLE {} CASCADE",
        "SET session_replication_role = replica",
        "ALTER ROLE taizhang_app SUPERUSER",
    ],
)
@pytest.mark.parametrize("table", append_only.TABLES)
def test_it_changes_nothing_that_is_only_added_to(as_the_role: None, statement: str, table: str) -> None:
    with pytest.raises(DatabaseError, match=r"denied|must be"), transaction.atomic():
        connection.cursor().execute(statement.replace("{}", table))


def test_it_purges_nothing_either(
    as_the_role: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUDIT_DAYS = 183
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=400))
    count = AuditRecord.objects.count()

    with pytest.raises(DatabaseError, match="must be owner"):
        call_command("purge_audit")
    assert AuditRecord.objects.count() == count > 0
