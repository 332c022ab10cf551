"""One of each kind of person around 河南, made once for a whole file of tests, which each undo their writes.

A file that imports `everybody` imports `checklist` as well: they replace the fixtures of conftest.py there.
"""

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from measures.choices import Role
from measures.models import AuditRecord, Checklist, Owner, Use
from tests.make import NOW, change, find_item, make_catalogue, make_checklist, make_owner, make_user

__all__ = ["checklist", "everybody", "owner", "rows_of_everything", "viewer"]


@pytest.fixture(scope="module")
def everybody(shared_database: None) -> dict[str, User | None]:
    """河南 lies under 全国 beside 山东; its item 1.1.1 is the editor's."""
    checklist = make_checklist("henan", "河南", make_catalogue())
    owner, other = make_owner(checklist, "干部一处"), make_owner(checklist, "干部二处")
    above = make_checklist("china", "全国", checklist.catalogue)
    beside = make_checklist("shandong", "山东", checklist.catalogue, parent=above)
    elsewhere = make_checklist("elsewhere", "别处", checklist.catalogue)
    checklist.move(above, at=NOW)
    administrator = make_user("administrator", checklist, Role.ADMINISTRATOR)
    change(find_item(checklist), by=administrator, owner=owner)
    return {
        "anonymous": None,
        "stranger": make_user("stranger", elsewhere, Role.ADMINISTRATOR),
        "viewer": make_user("viewer", checklist, Role.VIEWER),
        "editor": make_user("editor", checklist, Role.EDITOR, owner),
        "other editor": make_user("other editor", checklist, Role.EDITOR, other),
        "auditor": make_user("auditor", checklist, Role.AUDITOR),
        "administrator": administrator,
        "administrator beside": make_user("beside", beside, Role.ADMINISTRATOR),
        "administrator above": make_user("above", above, Role.ADMINISTRATOR),
        "superuser": User.objects.create_superuser("operator"),
    }


@pytest.fixture
def checklist(everybody: dict[str, User | None], db: None) -> Checklist:
    """河南, with twelve items."""
    return Checklist.objects.get(slug="henan")


@pytest.fixture
def owner(checklist: Checklist) -> Owner:
    """The editor's, of item 1.1.1."""
    return Owner.objects.get(name="干部一处")


@pytest.fixture
def viewer(everybody: dict[str, User | None], db: None) -> User:
    return User.objects.get(username="viewer")


def rows_of_everything() -> dict[str, int]:
    """How many rows each table has, but for the audit trail and the count of files taken away."""
    counted = (model for model in apps.get_models() if model._meta.app_label in ("measures", "auth"))
    tables = [model._meta.db_table for model in counted if model not in (AuditRecord, Use)]
    with connection.cursor() as cursor:
        # One query for all: this is asked some thousand times.
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())
