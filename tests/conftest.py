"""People and a checklist that every test knows, and what the engines need to be tested."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from measures.accounts import sessions
from measures.choices import Role, Status
from measures.database import kept
from measures.middleware import MatchingDatabase
from measures.models import Checklist, Item, Owner
from tests import databases, lock_order
from tests.databases import Migrated, undone
from tests.make import (
    NOW,
    PASSWORD,
    SignIn,
    change,
    find_item,
    make_catalogue,
    make_checklist,
    make_owner,
    make_user,
)
from tests.two_factor_make import set_up

# The browser's event loop runs in the main thread, and Django would take every query there for a mistake.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

touched_every = sessions.TOUCHED_EVERY
ON_SQLITE_ONLY = ("no_database", "any_engine")

databases.install()
lock_order.install()


def pytest_configure(config: pytest.Config) -> None:
    """A run that is told to end stops the servers that it has started, as after Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What does not depend on the engine is tested once, in the run on SQLite."""
    if os.environ.get("TAIZHANG_TEST_ENGINE") == "postgresql":
        left = {item for item in items if any(map(item.get_closest_marker, ON_SQLITE_ONLY))}
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=list(left))


@pytest.fixture(scope="session")
def migrated(run_folder: Path, django_db_modify_db_settings: None) -> Migrated | None:
    """The database that the processes of a run share; None for one alone."""
    return Migrated(run_folder) if "PYTEST_XDIST_WORKER" in os.environ else None


@pytest.fixture(scope="session")
def django_db_keepdb(migrated: Migrated | None) -> bool:
    """Whether pytest-django finds the database made."""
    return migrated is not None and migrated.take()


@pytest.fixture(scope="session", autouse=True)
def database_of_the_run(
    migrated: Migrated | None, django_db_setup: None, django_db_blocker: Any
) -> Iterator[None]:
    """Others copy it before the first test writes; in the end nobody uses it, so that it can be dropped.

    A live server's threads keep pooled connections, and PostgreSQL drops no database that is in use.
    """
    if migrated:
        with django_db_blocker.unblock():
            migrated.give()
    yield
    # A run in which no test needs the database makes none.
    if connection.vendor == "postgresql" and connection.settings_dict["NAME"].startswith("test_"):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def no_request_before() -> None:
    """The test before may have replaced the database's file: a request would then close the connection."""
    kept.opened.file = None


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of a run share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="module")
def shared_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What fixtures of a whole file write is there for its tests, and gone after the last one."""
    with django_db_blocker.unblock(), undone():
        yield


@pytest.fixture
def checklist(db: None) -> Checklist:
    """河南, with twelve items: 2 pillars × 2 sections × 3 measures, none started, nobody's."""
    return make_checklist("henan", "河南", make_catalogue())


@pytest.fixture
def given(first: Item, owner: Owner, administrator: User) -> Item:
    """1.1.1, in progress for ten days, handed to the editor's unit."""
    change(first, by=administrator, owner=owner, status=Status.IN_PROGRESS, at=NOW - timedelta(10))
    return first


@pytest.fixture
def evidence_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where the files of this test's evidence go; it is not there before the first one."""
    folder = tmp_path / "evidence"
    storage = {"BACKEND": "measures.evidence.store.EvidenceStorage", "OPTIONS": {"location": folder}}
    settings.STORAGES = settings.STORAGES | {"evidence": storage}
    return folder


@pytest.fixture
def owner(checklist: Checklist) -> Owner:
    return make_owner(checklist, "干部一处")


@pytest.fixture
def administrator(checklist: Checklist) -> User:
    return make_user("administrator", checklist, Role.ADMINISTRATOR)


@pytest.fixture
def editor(checklist: Checklist, owner: Owner) -> User:
    """Acts for `owner`, who has no item until a test gives them one."""
    return make_user("editor", checklist, Role.EDITOR, owner)


@pytest.fixture
def viewer(checklist: Checklist) -> User:
    return make_user("viewer", checklist, Role.VIEWER)


@pytest.fixture
def auditor(checklist: Checklist) -> User:
    return make_user("auditor", checklist, Role.AUDITOR)


@pytest.fixture
def stranger(checklist: Checklist) -> User:
    """Administrator of another checklist, of the same catalogue."""
    elsewhere = make_checklist("elsewhere", "别处", checklist.catalogue)
    return make_user("stranger", elsewhere, Role.ADMINISTRATOR)


@pytest.fixture
def elsewhere(stranger: User) -> Checklist:
    """The stranger's checklist; both have items of the same codes."""
    return Checklist.objects.get(slug="elsewhere")


@pytest.fixture
def their_owner(elsewhere: Checklist) -> Owner:
    return make_owner(elsewhere, "别处一处")


@pytest.fixture
def superuser(checklist: Checklist) -> User:
    return User.objects.create_superuser("operator", password=PASSWORD, last_name="王", first_name="五")


@pytest.fixture
def first(checklist: Checklist) -> Item:
    return find_item(checklist, "1.1.1")


@pytest.fixture
def second(checklist: Checklist) -> Item:
    return find_item(checklist, "1.1.2")


@pytest.fixture
def english(settings: Settings) -> None:
    """Pages are in English for those who ask for no language."""
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def staff(administrator: User, editor: User, viewer: User, stranger: User) -> None:
    """Everybody may open the admin; what they find there depends on their roles."""
    User.objects.update(is_staff=True)
    for user in (administrator, editor, viewer, stranger):
        user.refresh_from_db()


@pytest.fixture
def other_administrator(checklist: Checklist) -> User:
    """A second administrator of the checklist, in the second browser."""
    user = make_user("other", checklist, Role.ADMINISTRATOR)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return user


@pytest.fixture
def clock() -> Iterator[Any]:
    """The time is NOW until a test moves it: clock.shift(timedelta(minutes=1))."""
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def lockout(settings: Settings) -> None:
    """Failed sign-ins are counted, as on a real site."""
    settings.AXES_ENABLED = True


@pytest.fixture
def codes(administrator: User, sign_in: SignIn, clock: Any) -> list[str]:
    """The administrator has a second factor; their recovery codes. The code of the set-up has expired."""
    shown = set_up(sign_in(administrator), administrator)
    clock.shift(timedelta(minutes=1))
    return shown


@pytest.fixture
def sign_in() -> SignIn:
    """A client signed in as a user: sign_in(editor).get(…)."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def behind_a_proxy(settings: Settings) -> None:
    """The office's proxy names its users in X-Remote-User."""
    settings.REMOTE_USER_HEADER = "X-Remote-User"
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "measures.accounts.header_sign_in.HeaderBackend",
    ]
    place = settings.MIDDLEWARE.index("measures.accounts.backend.Authentication") + 1
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:place],
        "measures.accounts.header_sign_in.HeaderSignIn",
        *settings.MIDDLEWARE[place:],
    ]


@pytest.fixture(autouse=True, scope="session")
def database_of_this_release() -> None:
    """It is migrated; the middleware need not ask so in the midst of some test's counted queries."""
    MatchingDatabase.matches = True


@pytest.fixture(autouse=True)
def language_of_the_site() -> None:
    """The language of an earlier test's last request does not hold for the next test."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def sessions_left_alone() -> Iterator[None]:
    """A test that takes over a minute counts no query for a session's activity."""
    with mock.patch.object(sessions, "TOUCHED_EVERY", timedelta(days=365)):
        yield


@pytest.fixture
def sessions_touched(sessions_left_alone: None) -> Iterator[None]:
    """Activity is written down once a minute, as on a real site."""
    with mock.patch.object(sessions, "TOUCHED_EVERY", touched_every):
        yield


@pytest.fixture(autouse=True)
def locks_in_their_order() -> Iterator[None]:
    """Also in other threads, and where an answer hides the error."""
    lock_order.broken.clear()
    yield
    assert not lock_order.broken, lock_order.broken
