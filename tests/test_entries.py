"""Progress entries: units report about their items, nobody changes what was said, and silence is theirs."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, PeriodKind, Role, Side, Status, Via
from measures.models import (
    AuditRecord,
    Checklist,
    Entry,
    Item,
    NewEntry,
    Owner,
    Update,
    Withdrawal,
    write_entries,
)
from measures.models.audit import verify_chain
from measures.querysets.append_only import AppendOnlyError
from tests.make import (
    NOW,
    TODAY,
    SignIn,
    change,
    find_item,
    make_owner,
    make_periods,
    make_user,
    write_entry,
)
from tests.sheets import ENGLISH

ADDRESS = "/checklists/henan/items/1.1.1/"


@pytest.fixture
def given(first: Item, owner: Owner, administrator: User) -> Item:
    """1.1.1, in progress for a hundred days, handed to the editor's unit."""
    change(first, by=administrator, owner=owner, status=Status.IN_PROGRESS, at=NOW - timedelta(100))
    return first


def post(client: Client, **fields: str) -> Any:
    said = {name if name == "nothing_new" else f"entry-{name}": text for name, text in fields.items()}
    return client.post(f"{ADDRESS}entries/", said, headers=ENGLISH)


class TestWriting:
    def test_an_editor_reports_and_the_item_keeps_its_version(
        self, given: Item, editor: User, sign_in: SignIn, clock: Any
    ) -> None:
        answer = post(sign_in(editor), progress="印发方案\r\n开了会", problems="缺经费", next_steps="督导")

        entry, item = Entry.objects.get(), find_item(given.checklist)
        assert answer.headers["Location"] == ADDRESS
        assert (entry.progress, entry.problems, entry.next_steps) == ("印发方案\n开了会", "缺经费", "督导")
        assert (entry.unit, entry.side, entry.by_name) == (item.owner, Side.LEAD, "editor")
        assert (entry.counts_on, entry.update) == (TODAY, None)
        assert (item.version, item.updated_at) == (given.version, given.updated_at)
        assert item.last_entry_at == item.silent_since == NOW

    def test_the_page_shows_what_was_said_and_the_last_entry_above_the_box(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        write_entry(given, editor, progress="<b>印发方案</b>")

        page = sign_in(editor).get(ADDRESS, headers=ENGLISH).content.decode()

        assert page.count("&lt;b&gt;印发方案&lt;/b&gt;") == 2
        assert page.index('name="status"') < page.index('name="entry-progress"')
        assert page.index("Last entry") < page.index('name="entry-progress"')

    def test_a_status_that_is_chosen_is_changed_in_the_same_act(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        post(sign_in(editor), problems="上位文件未出台", status="blocked")

        entry, update = Entry.objects.get(), Update.objects.latest("pk")
        assert find_item(given.checklist).status == Status.BLOCKED
        assert (entry.update, update.reason) == (update, "上位文件未出台")

    def test_nothing_is_written_where_the_status_cannot_be_changed(
        self, given: Item, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        seen = given.version
        change(given, by=administrator, notes="督查室已改")

        answer = post(sign_in(editor), progress="做完了", status="done", version=str(seen))

        assert answer.status_code == 409
        assert "做完了" in answer.content.decode()
        assert not Entry.objects.exists()

    def test_somebody_elses_change_does_not_stop_an_entry_without_a_status(
        self, given: Item, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        seen = given.version
        change(given, by=administrator, notes="督查室已改")

        assert post(sign_in(editor), progress="开了会", version=str(seen)).status_code == 302

    def test_nothing_new_is_one_click_and_counts(self, given: Item, editor: User, sign_in: SignIn) -> None:
        sign_in(editor).post(f"{ADDRESS}entries/", {"nothing_new": "1"})

        assert Entry.objects.get().nothing_new
        assert find_item(given.checklist).last_entry_at is not None

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({}, "Write what was done, a problem or a next step."),
            ({"progress": "字" * 5001}, "5000"),
            ({"progress": "做完了", "status": "blocked"}, ""),
            ({"next_steps": "督导", "status": "blocked"}, "Say what blocks the item, or why it is dropped."),
            ({"progress": "开了会", "nothing_new": "1"}, "You have written a text."),
        ],
    )
    def test_what_is_missing_or_too_long_is_said_beside_the_field(
        self, given: Item, editor: User, sign_in: SignIn, fields: dict[str, str], error: str
    ) -> None:
        answer = post(sign_in(editor), **fields)

        assert answer.status_code == (422 if error else 302)
        assert not error or error in answer.content.decode()
        assert not error or all(text in answer.content.decode() for text in fields.values())

    def test_an_entry_after_the_end_can_count_for_a_period_that_is_open(
        self, given: Item, editor: User, sign_in: SignIn, clock: Any
    ) -> None:
        ended = (TODAY - timedelta(20), TODAY - timedelta(11))
        make_periods(given.checklist, PeriodKind.BY_HAND, [ended])

        post(sign_in(editor), progress="开了会", counts_on=ended[1].isoformat())

        assert Entry.objects.get().counts_on == ended[1]
        assert post(sign_in(editor), progress="开了会", counts_on="2020-01-01").status_code == 422

    def test_an_item_of_nobody_has_no_unit_to_write_for(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        answer = post(sign_in(administrator), progress="开了会")

        assert answer.status_code == 403
        page = sign_in(administrator).get(ADDRESS, headers=ENGLISH).content.decode()
        assert "Give it an owner first." in page

    def test_several_entries_cost_as_many_statements_as_one(
        self,
        checklist: Checklist,
        owner: Owner,
        administrator: User,
    ) -> None:
        items = list(checklist.items.order_by("pk"))
        for item in items:
            change(item, by=administrator, owner=owner)
        spent = []
        for some in (items[:2], items[2:]):
            new = [NewEntry.on(item, progress="开了会", values={"status": "in_progress"}) for item in some]
            with transaction.atomic(), CaptureQueriesContext(connection) as counted:
                write_entries(new, side=Side.OFFICE, by=administrator, at=NOW, via=Via.BULK)
            spent.append(len(counted))

        assert spent[0] == spent[1]


class TestRights:
    def test_the_office_writes_for_a_unit_and_is_named_as_the_writer(
        self, given: Item, administrator: User, sign_in: SignIn
    ) -> None:
        post(sign_in(administrator), progress="电话报送")

        entry = Entry.objects.get()
        assert (entry.unit.name, entry.side) == ("干部一处", Side.OFFICE)
        assert "by the office" in sign_in(administrator).get(ADDRESS, headers=ENGLISH).content.decode()

    @pytest.mark.parametrize("who", ["viewer", "auditor", "other"])
    def test_who_does_not_act_for_the_unit_writes_nothing(
        self, given: Item, who: str, request: pytest.FixtureRequest, sign_in: SignIn
    ) -> None:
        if who == "other":
            other = make_owner(given.checklist, "干部二处")
            user = make_user("other editor", given.checklist, Role.EDITOR, other)
        else:
            user = request.getfixturevalue(who)

        assert post(sign_in(user), progress="开了会").status_code == 403
        assert 'name="entry-progress"' not in sign_in(user).get(ADDRESS).content.decode()
        assert not Entry.objects.exists()

    def test_a_closed_checklist_takes_no_entry(
        self, given: Item, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        entry = write_entry(given, editor)
        given.checklist.turn("closed", at=NOW, by=administrator, reason="换届")  # type: ignore[arg-type]

        assert post(sign_in(editor), progress="开了会").status_code == 403
        assert withdraw(sign_in(editor), entry).status_code == 403


def withdraw(client: Client, entry: Entry, reason: str = "数字有误") -> Any:
    return client.post(f"{ADDRESS}entries/{entry.pk}/withdraw/", {"reason": reason}, headers=ENGLISH)


class TestWithdrawing:
    def test_an_author_withdraws_an_entry_which_stays_visible(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        write_entry(given, editor, progress="第一次报送", at=NOW - timedelta(9))
        entry = write_entry(given, editor, progress="第二次报送", at=NOW - timedelta(2))

        withdraw(sign_in(editor), entry)

        page = sign_in(editor).get(ADDRESS, headers=ENGLISH).content.decode()
        assert find_item(given.checklist).last_entry_at == NOW - timedelta(9)
        assert all(words in page for words in ("第二次报送", "Withdrawn", "数字有误"))

    def test_the_last_word_withdrawn_the_item_is_silent_since_it_began(
        self, given: Item, editor: User
    ) -> None:
        write_entry(given, editor).withdraw(by=editor, at=NOW, reason="数字有误")

        item = find_item(given.checklist)
        assert item.last_entry_at is None
        assert item.silent_since == NOW - timedelta(100)

    def test_only_its_author_or_the_office_may(
        self, given: Item, editor: User, administrator: User, viewer: User, sign_in: SignIn
    ) -> None:
        theirs = write_entry(given, administrator, side=Side.OFFICE)
        own = write_entry(given, editor)

        assert withdraw(sign_in(editor), theirs).status_code == 403
        assert withdraw(sign_in(viewer), own).status_code == 403
        assert withdraw(sign_in(administrator), own).status_code == 302
        assert Withdrawal.objects.get().entry == own

    def test_a_reason_is_needed_and_once_is_enough(self, given: Item, editor: User, sign_in: SignIn) -> None:
        entry = write_entry(given, editor)

        assert withdraw(sign_in(editor), entry, "").status_code == 422
        assert withdraw(sign_in(editor), entry).status_code == 302
        assert withdraw(sign_in(editor), entry).status_code == 302
        assert Withdrawal.objects.count() == 1

    def test_an_entry_of_another_item_or_checklist_is_not_there(
        self, given: Item, second: Item, owner: Owner, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        change(second, by=administrator, owner=owner)
        other = write_entry(second, editor)

        assert withdraw(sign_in(editor), other).status_code == 404
        assert not Withdrawal.objects.exists()


class TestKept:
    @pytest.mark.parametrize("table", ["measures_entry", "measures_withdrawal"])
    @pytest.mark.parametrize("statement", ["UPDATE {} SET by_name = 'forged'", "DELETE FROM {}"])
    def test_the_database_refuses_raw_sql(
        self, given: Item, editor: User, table: str, statement: str
    ) -> None:
        write_entry(given, editor).withdraw(by=editor, at=NOW, reason="数字有误")

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement.format(table))

    def test_the_code_refuses_as_well(self, given: Item, editor: User) -> None:
        entry = write_entry(given, editor)

        with pytest.raises(AppendOnlyError):
            entry.save()
        with pytest.raises(AppendOnlyError):
            Entry.objects.all().delete()

    def test_an_entry_says_something_or_that_nothing_is_new(self, given: Item, editor: User) -> None:
        for wrong in ({"progress": ""}, {"nothing_new": True}):
            with pytest.raises(IntegrityError), transaction.atomic():
                write_entry(given, editor, **wrong)

    def test_the_audit_trail_holds_what_was_said_and_withdrawn(self, given: Item, editor: User) -> None:
        write_entry(given, editor, progress="印发方案").withdraw(by=editor, at=NOW, reason="数字有误")

        written = AuditRecord.objects.get(action=Audited.ENTRY_WRITTEN)
        withdrawn = AuditRecord.objects.get(action=Audited.ENTRY_WITHDRAWN)
        assert "印发方案" in written.after
        assert "印发方案" in withdrawn.before
        assert "数字有误" in withdrawn.after
        assert verify_chain().broken is None
