"""The documented second role of PostgreSQL serves the site, and can neither change the trail nor free it."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django import Settings

from measures.choices import Status
from measures.database import append_only
from measures.models import AuditRecord, Checklist
from tests.make import NOW, PASSWORD
from tests.postgres import find_binaries

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


def make_role(password: str) -> None:
    """Run what the image of the database runs when it makes a new one."""
    database = connection.settings_dict
    environment = {
        "PATH": f"{find_binaries()}:{os.environ['PATH']}",
        "PGHOST": database["HOST"],
        "POSTGRES_USER": database["USER"],
        "POSTGRES_DB": database["NAME"],
        "DATABASE_APP_PASSWORD": password,
    }
    subprocess.run(
        [Path(settings.BASE_DIR) / "deploy" / "database" / "roles.sh"],
        env=environment,
        check=True,
        timeout=60,
    )


def drop_role() -> None:
    connection.cursor().execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


@pytest.fixture(autouse=True)
def alone_with_the_role(transactional_db: None) -> Iterator[None]:
    """Roles belong to the whole server: another process of this run may test this one in its own database."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
        yield


@pytest.fixture
def as_the_role(checklist: Checklist, administrator: User) -> Iterator[None]:
    owner = connection.settings_dict["USER"]
    make_role("a password of the role's")
    call_command("grant_rights", ROLE)
    switch_to(ROLE)
    try:
        yield
    finally:
        switch_to(owner)
        drop_role()


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


def test_the_documented_statement_makes_a_role_that_can_be_granted_the_rights() -> None:
    document = (Path(settings.BASE_DIR) / "docs" / "security.md").read_text(encoding="utf-8")
    sql = document.partition("```sql\n")[2].partition("```")[0]

    connection.cursor().execute(sql)

    call_command("grant_rights", ROLE)
    drop_role()


def test_a_second_run_of_the_script_gives_the_role_a_new_password() -> None:
    kept = "SELECT rolpassword FROM pg_authid WHERE rolname = %s AND NOT rolsuper AND rolcanlogin"
    passwords = set()
    for password in ("one'; DROP TABLE auth_user; --", "another"):
        make_role(password)
        with connection.cursor() as cursor:
            cursor.execute(kept, [ROLE])
            passwords.add(cursor.fetchone()[0])
    drop_role()

    assert len(passwords) == 2
    assert all(password.startswith("SCRAM-SHA-256$") for password in passwords)
    assert User.objects.count() == 0


@pytest.mark.parametrize(("role", "reason"), [("postgres", "superuser"), ("nobody's", "no role")])
def test_rights_are_not_granted_to_a_role_that_they_could_not_limit(role: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("grant_rights", role)


def test_rights_are_not_granted_to_a_role_that_may_act_as_the_owner() -> None:
    owner = connection.ops.quote_name(connection.settings_dict["USER"])
    connection.cursor().execute(f"CREATE ROLE {ROLE} LOGIN; GRANT {owner} TO {ROLE}")

    with pytest.raises(CommandError, match="owner"):
        call_command("grant_rights", ROLE)
    drop_role()
