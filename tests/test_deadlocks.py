"""Two who act at the same time: one waits for the other where they must, and never both.

The first one is held up in the middle of its transaction until the second one waits for a lock or has ended.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from axes.utils import reset
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models import AuditRecord, Checklist, Item, Owner, SavedView, audit
from measures.models.audit import verify_chain
from tests.make import NOW, PASSWORD, SignIn, change, find_item

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one transaction at a time holds the database"),
]
NEW = "jin-zhan-bao-gao-26"
PATIENCE = 20  # seconds, on a busy machine

Act = Callable[[], object]


class Meeting:
    """Runs two acts, each on its own connection. The first pauses after its first `UPDATE` or `DELETE`."""

    def __init__(self, first: Act, second: Act) -> None:
        self.acts = {"first": first, "second": second}
        self.answers: dict[str, Any] = {}
        self.paused, self.go_on = threading.Event(), threading.Event()

    def run(self) -> dict[str, Any]:
        """What each returned or raised, and under `waited` whether the second one waited for the first."""
        first, second = (threading.Thread(target=self.act, args=[name]) for name in self.acts)
        first.start()
        assert self.paused.wait(PATIENCE)
        second.start()
        waited = self.second_waits(second)
        self.go_on.set()
        for thread in (first, second):
            thread.join(PATIENCE)
            assert not thread.is_alive()
        return self.answers | {"waited": waited}

    def act(self, name: str) -> None:
        try:
            if name == "first":
                with connection.execute_wrapper(self.pause):
                    self.answers[name] = self.acts[name]()
            else:
                self.answers[name] = self.acts[name]()
        except Exception as error:
            self.answers[name] = error
        finally:
            connection.close()

    def pause(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if connection.in_atomic_block and sql.startswith(("UPDATE", "DELETE")) and not self.paused.is_set():
            self.paused.set()
            assert self.go_on.wait(PATIENCE)
        return answer

    @staticmethod
    def second_waits(second: threading.Thread) -> bool:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and second.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
                if cursor.fetchone():
                    return True
            time.sleep(0.01)
        return False


def test_a_new_link_and_the_users_own_new_password_at_the_same_time(viewer: User, sign_in: SignIn) -> None:
    root, own = sign_in(User.objects.create_superuser("root")), sign_in(viewer)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}

    answers = Meeting(
        lambda: root.post(f"/admin/auth/user/{viewer.pk}/link/").status_code,
        lambda: own.post("/password/", typed).status_code,
    ).run()

    assert answers["waited"]
    assert answers["first"] == 200
    # By now they are signed out, or their password is the newer one.
    assert answers["second"] in {302, 403, 422}, answers
    assert verify_chain().broken is None


def test_a_password_given_by_the_admin_and_ones_own_at_the_same_time(viewer: User, sign_in: SignIn) -> None:
    root, own = sign_in(User.objects.create_superuser("root")), sign_in(viewer)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    given = {"password1": NEW, "password2": NEW, "usable_password": "true"}

    answers = Meeting(
        lambda: root.post(f"/admin/auth/user/{viewer.pk}/password/", given).status_code,
        lambda: own.post("/password/", typed).status_code,
    ).run()

    assert (answers["waited"], answers["first"]) == (True, 302)
    assert answers["second"] in {302, 403, 422}, answers


def test_a_view_made_the_default_and_deleted_at_the_same_time(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    view = SavedView.objects.create(checklist=checklist, user=viewer, name="甲", is_default=True)
    first, second = sign_in(viewer), sign_in(viewer)
    page = "/checklists/henan/views/"

    answers = Meeting(
        lambda: first.post(f"{page}default/", {"view": str(view.pk)}).status_code,
        lambda: second.post(f"{page}{view.pk}/delete/").status_code,
    ).run()

    assert answers == {"first": 302, "second": 302, "waited": True}
    assert not SavedView.objects.exists()


def test_an_account_that_is_unlocked_while_it_fails_to_sign_in(
    viewer: User, sign_in: SignIn, settings: Any
) -> None:
    settings.AXES_ENABLED = True
    fails = Client()
    fails.post("/sign-in/", {"username": "viewer", "password": "wrong"})
    answers = Meeting(
        lambda: reset(username="viewer"),
        lambda: fails.post("/sign-in/", {"username": "viewer", "password": "wrong"}).status_code,
    ).run()

    assert not isinstance(answers["first"], Exception)
    assert answers["second"] == 422


def test_two_who_save_different_items_do_not_wait_for_each_other(
    checklist: Checklist, administrator: User
) -> None:
    one, other = find_item(checklist, "1.1.1"), find_item(checklist, "1.1.2")

    answers = Meeting(
        lambda: change(one, by=administrator, notes="first"),
        lambda: change(other, by=administrator, notes="second"),
    ).run()

    assert answers["waited"] is False
    assert set(checklist.items.exclude(notes="").values_list("notes", flat=True)) == {"first", "second"}
    about = (
        AuditRecord.objects.filter(action=Audited.ITEM_CHANGED).order_by("pk").values_list("about", flat=True)
    )
    assert [words.split()[0] for words in about] == ["1.1.2", "1.1.1"]
    assert verify_chain().broken is None


def test_a_save_waits_for_who_holds_the_ledger_alone(checklist: Checklist, administrator: User) -> None:
    below = Checklist(slug="below", name="下面", catalogue=checklist.catalogue).open(at=NOW)

    answers = Meeting(
        lambda: below.move(checklist, at=NOW, by=administrator, reason="x"),
        lambda: change(find_item(checklist), by=administrator, notes="x"),
    ).run()

    assert answers["waited"]
    assert answers["first"] is None
    assert Item.objects.filter(notes="x").count() == 1


def move_by_hand(child: Checklist, parent: Checklist) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE measures_checklist SET parent_id = %s WHERE id = %s", [parent.pk, child.pk])


def test_of_two_moves_by_hand_at_once_the_second_sees_what_the_first_did(checklist: Checklist) -> None:
    one = Checklist(slug="one", name="甲", catalogue=checklist.catalogue).open(at=NOW)
    other = Checklist(slug="other", name="乙", catalogue=checklist.catalogue).open(at=NOW)

    answers = Meeting(lambda: move_by_hand(one, other), lambda: move_by_hand(other, one)).run()

    assert answers["waited"]
    assert answers["first"] is None
    assert "goes in a circle" in str(answers["second"])


def test_a_move_by_hand_waits_before_it_locks_a_row(checklist: Checklist) -> None:
    one = Checklist(slug="one", name="甲", catalogue=checklist.catalogue).open(at=NOW)

    def lock_the_row_too() -> list[Checklist]:
        with audited_transaction():
            Owner.objects.update(name="x")  # held up here, with the ledger
            return list(Checklist.objects.select_for_update(nowait=True).filter(pk=one.pk))

    answers = Meeting(lock_the_row_too, lambda: move_by_hand(one, checklist)).run()

    assert answers == {"first": [one], "second": None, "waited": True}


def test_a_record_that_is_taken_back_lets_others_add_theirs_and_the_chain_stays_whole(
    checklist: Checklist, administrator: User
) -> None:
    """A rollback to a savepoint releases the chain; the next record must follow what others have added."""

    def taken_back() -> None:
        with transaction.atomic():
            audit(Audited.EXPORTED, at=NOW, about="stays")
            raise ZeroDivisionError

    def add_elsewhere() -> None:
        audit(Audited.EXPORTED, at=NOW, about="elsewhere")
        connection.close()

    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            taken_back()
        thread = threading.Thread(target=add_elsewhere)
        thread.start()
        thread.join(PATIENCE)
        audit(Audited.EXPORTED, at=NOW, about="after")

    about = AuditRecord.objects.filter(action=Audited.EXPORTED).order_by("pk").values_list("about", flat=True)
    assert list(about) == ["elsewhere", "after"]
    assert verify_chain().broken is None


def test_who_dies_in_the_midst_leaves_neither_change_nor_record(
    checklist: Checklist, administrator: User
) -> None:
    before = AuditRecord.objects.count()

    def die() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND query LIKE 'INSERT%'"
            )
        connection.close()

    def kill(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith('INSERT INTO "measures_auditrecord"'):
            thread = threading.Thread(target=die)
            thread.start()
            thread.join(PATIENCE)
        return answer

    failed: list[Exception] = []

    def save() -> None:
        try:
            with connection.execute_wrapper(kill):
                change(find_item(checklist), by=administrator, notes="x")
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=save)
    thread.start()
    thread.join(PATIENCE)

    assert failed
    assert AuditRecord.objects.count() == before
    assert not Item.objects.filter(notes="x").exists()
    assert verify_chain().broken is None
