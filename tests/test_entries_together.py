"""Entries, and decisions, of many items at once: by a sheet, by a bulk edit, and taken back by an undo."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import ApplicationKind, Audited, DecisionState, EvidenceRule, Role, Side, Status
from measures.ledger.plans import Refusal
from measures.models import (
    Application,
    AuditRecord,
    Batch,
    Checklist,
    DecidedAlready,
    Decision,
    Entry,
    EvidenceMissing,
    Item,
    OwnApplication,
    Owner,
)
from measures.models.audit import verify_chain
from tests.make import NOW, TODAY, SignIn, change, find_item, make_owner, make_user
from tests.sheets import ENGLISH, apply, changes, sheet_of, upload

HEADINGS = ["编号", "本期进展", "存在的问题", "下一步打算", "备注"]
BULK = "/checklists/henan/items/bulk/"


@pytest.fixture
def owned(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    """1.1.1 and 1.1.2 in progress, the editor's, due soon, under both rules."""
    Checklist.objects.update(signs_off=True, extends_by_request=True, opened_at=NOW - timedelta(90))
    for code in ("1.1.1", "1.1.2"):
        change(
            find_item(checklist, code),
            by=administrator,
            owner=owner,
            status=Status.IN_PROGRESS,
            due=TODAY + timedelta(30),
            at=NOW - timedelta(50),
        )
    return Checklist.objects.get(pk=checklist.pk)


@pytest.fixture
def unit(owned: Checklist, editor: User, sign_in: SignIn) -> Client:
    return sign_in(editor)


def undo(client: Client) -> Any:
    batch = Batch.objects.order_by("-at").first()
    assert batch
    return client.post(f"/checklists/henan/batches/{batch.pk}/undo/", headers=ENGLISH)


class TestASheet:
    def test_three_headings_make_an_entry_and_the_fourth_is_notes(
        self, unit: Client, owned: Checklist
    ) -> None:
        preview = upload(unit, sheet_of(HEADINGS, ["1.1.1", "已印发实施", "缺经费", "下月督查", "请留意"]))
        assert ("1.1.1", "entry_progress", "", "已印发实施") in changes(preview)
        apply(unit, preview)

        entry, item = Entry.objects.get(), find_item(owned)
        assert (entry.progress, entry.problems, entry.next_steps) == ("已印发实施", "缺经费", "下月督查")
        assert (entry.side, entry.via, entry.batch) == ("lead", "import", Batch.objects.get())
        assert item.notes == "请留意"
        assert item.last_entry_at == entry.at

    def test_undoing_it_withdraws_the_entries(self, unit: Client, owned: Checklist) -> None:
        rows = [["1.1.1", "已印发实施", None, None, None], ["1.1.2", "已开会", None, None, "请留意"]]
        apply(unit, upload(unit, sheet_of(HEADINGS, *rows)))
        undo(unit)

        assert not Entry.objects.not_withdrawn().exists()
        assert find_item(owned, "1.1.2").notes == ""
        assert find_item(owned).last_entry_at is None

    def test_a_file_that_is_sent_twice_reports_once(self, unit: Client) -> None:
        content = sheet_of(HEADINGS, ["1.1.1", "已印发实施", None, None, None])
        apply(unit, upload(unit, content))

        assert not upload(unit, content).context["token"]
        assert Entry.objects.count() == 1

    def test_a_unit_does_not_withdraw_what_the_office_wrote_together(
        self, unit: Client, owned: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        office = sign_in(administrator)
        apply(office, upload(office, sheet_of(HEADINGS, ["1.1.1", "已印发实施", None, None, None])))
        assert Entry.objects.get().side == "office"
        undo(unit)

        assert Entry.objects.not_withdrawn().exists()

    def test_the_preview_shows_what_the_rules_refuse_and_who_cannot_report(
        self, unit: Client, owned: Checklist
    ) -> None:
        later = (TODAY + timedelta(60)).isoformat()
        rows = [["1.1.1", "已完成", later, None], ["2.1.1", None, None, "已开会"]]

        preview = upload(unit, sheet_of(["编号", "状态", "完成时限", "本期进展"], *rows))

        assert preview.status_code == 422
        wrong = {(one.row, one.column): one.message for one in preview.context["found"].problems}
        assert wrong[2, "状态"] == wrong[2, "完成时限"] == str(Refusal.RULE.label)
        assert wrong[3, "本期进展"]
        assert not preview.context["token"]

    def test_too_long_a_text_is_refused_beside_its_cell(self, unit: Client) -> None:
        preview = upload(unit, sheet_of(HEADINGS, ["1.1.1", "长" * 5001, None, None, None]))

        assert "Keep it to 5,000 characters." in preview.content.decode()


class TestABulkEdit:
    def test_it_writes_the_same_entry_about_each_and_an_undo_withdraws_them(
        self, unit: Client, owned: Checklist
    ) -> None:
        sent = {"codes": "1.1.1,1.1.2,2.1.1", "preview": "1", "progress": "全部按计划推进"}
        preview = unit.post(BULK, sent, headers=ENGLISH)
        assert "2 entries would be written." in preview.content.decode()
        token = preview.context["token"]
        unit.post(BULK, {"apply": "1", "token": token}, headers=ENGLISH)

        assert [entry.item.measure.code for entry in Entry.objects.order_by("item")] == ["1.1.1", "1.1.2"]
        undo(unit)
        assert not Entry.objects.not_withdrawn().exists()

    def test_the_preview_shows_what_the_rules_refuse(self, unit: Client) -> None:
        sent = {"codes": "1.1.1", "preview": "1", "status": "done"}
        page = unit.post(BULK, sent, headers=ENGLISH)

        assert "The rules of the checklist ask for an application." in page.content.decode()
        assert not page.context["plan"].planned


class TestDecidingTogether:
    DECIDE = "/checklists/henan/applications/decide/"

    @pytest.fixture
    def asked(self, owned: Checklist, editor: User) -> list[Application]:
        ask: Any = {"side": Side.LEAD, "by": editor, "at": NOW, "reason": "已印发"}
        items: list[Item] = [find_item(owned, code) for code in ("1.1.1", "1.1.2")]
        return [Application.ask(item, ApplicationKind.CLOSE, **ask) for item in items]

    def test_the_office_grants_those_ticked(
        self, asked: list[Application], owned: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        office = sign_in(administrator)
        page = office.post(self.DECIDE, {"ticked": [one.pk for one in asked], "grant": "1"}, headers=ENGLISH)

        assert page.status_code == 302
        assert Decision.objects.filter(state="granted").count() == 2
        assert find_item(owned).status == Status.DONE

    def test_returning_them_needs_a_reason_and_keeps_the_ticks(
        self, asked: list[Application], administrator: User, sign_in: SignIn
    ) -> None:
        office = sign_in(administrator)
        sent: dict[str, Any] = {"ticked": [asked[0].pk], "return": "1"}
        page = office.post(self.DECIDE, sent, headers=ENGLISH)
        assert page.status_code == 422
        assert "Say why they are returned." in page.content.decode()
        assert "checked" in page.content.decode()
        office.post(self.DECIDE, sent | {"reason": "缺少佐证"}, headers=ENGLISH)

        assert Decision.objects.get().state == "returned"

    def test_ones_own_and_those_of_another_checklist_are_left(
        self, asked: list[Application], administrator: User, stranger: User, sign_in: SignIn
    ) -> None:
        Checklist.objects.filter(slug="henan").update(two_persons=True)
        item = find_item(asked[0].item.checklist, "2.1.1")
        ask: Any = {"side": Side.OFFICE, "by": administrator, "at": NOW, "reason": "已印发"}
        own = Application.ask(item, ApplicationKind.DROP, **ask)
        sign_in(administrator).post(self.DECIDE, {"ticked": [own.pk], "grant": "1"})
        foreign = "/checklists/elsewhere/applications/decide/"
        answer = sign_in(stranger).post(foreign, {"ticked": [asked[0].pk], "grant": "1"})

        assert answer.status_code == 422
        assert not Decision.objects.exists()

    def test_each_decision_is_in_the_trail_and_the_chain_holds(
        self, asked: list[Application], owned: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        ticked = {"ticked": [one.pk for one in asked], "grant": "1"}
        sign_in(administrator).post(self.DECIDE, ticked, headers=ENGLISH)

        records = AuditRecord.objects.filter(action=Audited.DECIDED).order_by("pk")
        assert [record.about.split()[0] for record in records] == ["1.1.1", "1.1.2"]
        assert {(record.by_name, record.after) for record in records} == {
            ("administrator", '{"kind": "close", "state": "granted"}')
        }
        changed = AuditRecord.objects.filter(action=Audited.ITEM_CHANGED).order_by("-pk")[:2]
        assert {(one.about.split()[0], one.before) for one in changed} == {
            ("1.1.1", '{"status": "in_progress"}'),
            ("1.1.2", '{"status": "in_progress"}'),
        }
        assert verify_chain().broken is None
        decisions = Decision.objects.order_by("pk")
        assert [one.update and one.update.item_id for one in decisions] == [one.item_id for one in asked]

    def test_two_about_one_item_are_decided_one_after_the_other(
        self, asked: list[Application], owned: Checklist, editor: User, administrator: User
    ) -> None:
        later = TODAY + timedelta(60)
        ask: Any = {"side": Side.LEAD, "by": editor, "at": NOW, "reason": "需延期", "new_due": later}
        extension = Application.ask(find_item(owned), ApplicationKind.EXTEND, **ask)
        decided = Application.decide([extension, *asked], DecisionState.GRANTED, by=administrator, at=NOW)

        item = find_item(owned)
        assert [one.application_id for one in decided.made] == [asked[0].pk, asked[1].pk, extension.pk]
        assert (item.status, item.due, item.version) == (Status.DONE, later, 4)

    def test_what_cannot_be_granted_is_left_and_the_others_are_not(
        self, asked: list[Application], owned: Checklist, editor: User, administrator: User
    ) -> None:
        asked[0].take_back(by=editor, at=NOW)
        Checklist.objects.update(evidence_to_close=EvidenceRule.ALWAYS)
        item = find_item(owned, "2.1.1")
        ask: Any = {"side": Side.OFFICE, "at": NOW, "reason": "不再需要"}
        own = Application.ask(item, ApplicationKind.DROP, by=administrator, **ask)
        other = Application.ask(find_item(owned, "2.1.2"), ApplicationKind.DROP, by=editor, **ask)
        decided = Application.decide([*asked, own, other], DecisionState.GRANTED, by=administrator, at=NOW)

        assert [one.application_id for one in decided.made] == [other.pk]
        assert [(one, type(why)) for one, why in decided.left] == [
            (asked[0], DecidedAlready),
            (asked[1], EvidenceMissing),
            (own, OwnApplication),
        ]
        assert find_item(owned, "2.1.2").status == Status.DROPPED

    def test_the_database_is_asked_as_often_for_many_as_for_two(
        self, asked: list[Application], owned: Checklist, editor: User, administrator: User
    ) -> None:
        ask: Any = {"side": Side.LEAD, "by": editor, "at": NOW, "reason": "不再需要"}
        more = [Application.ask(item, ApplicationKind.DROP, **ask) for item in owned.items.all()[2:8]]
        counts = []
        for some in (asked, more):
            with CaptureQueriesContext(connection) as sent:
                Application.decide(some, DecisionState.GRANTED, by=administrator, at=NOW)
            counts.append(len(sent))

        assert counts[0] == counts[1]


class TestACooperatingUnit:
    def test_it_reports_by_sheet_and_bulk_edit_as_what_it_is(
        self, owned: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        helper = make_owner(owned, "配合处")
        client = sign_in(make_user("helper", owned, Role.EDITOR, helper))
        change(find_item(owned), by=administrator, cooperating=(helper,))
        apply(client, upload(client, sheet_of(HEADINGS, ["1.1.1", "已配合调研", None, None, None])))
        preview = client.post(BULK, {"codes": "1.1.1,1.1.2", "preview": "1", "progress": "已会签"})
        client.post(BULK, {"apply": "1", "token": preview.context["token"]})

        entries = Entry.objects.filter(item=find_item(owned)).order_by("pk")
        assert [(entry.side, entry.unit) for entry in entries] == [("cooperating", helper)] * 2
        assert not Entry.objects.exclude(item=find_item(owned)).exists()
        assert [item.measure.code for item, _why in preview.context["plan"].refused] == ["1.1.2"]
