"""Sign-off and extension: units ask, the office decides, and the rules hold on every way into the ledger."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from measures.choices import ApplicationKind, Audited, Light, Role, Side, Status, Via
from measures.ledger.plans import Refusal, carry_out, plan_bulk, plan_undo
from measures.models import (
    Application,
    AuditRecord,
    Change,
    Checklist,
    Decision,
    Item,
    Owner,
    RuleRefused,
    change_items,
)
from measures.rights.roles import Rights
from tests.make import NOW, TODAY, SignIn, change, find_item
from tests.sheets import ENGLISH

ADDRESS = "/checklists/henan/items/1.1.1/"
LATE = TODAY - timedelta(5)


@pytest.fixture
def ruled(checklist: Checklist) -> Checklist:
    Checklist.objects.update(signs_off=True, extends_by_request=True)
    checklist.refresh_from_db()
    return checklist


@pytest.fixture
def given(ruled: Checklist, owner: Owner, administrator: User) -> Item:
    """1.1.1, in progress, the editor's, due in ten days."""
    item = find_item(ruled)
    due = TODAY + timedelta(10)
    change(item, by=administrator, owner=owner, status=Status.IN_PROGRESS, due=due, at=NOW - timedelta(20))
    return find_item(ruled)


def ask(client: Client, kind: str, **fields: str) -> Any:
    sent = {"kind": kind, "reason": "已印发实施"} | fields
    return client.post(f"{ADDRESS}applications/", sent, headers=ENGLISH)


def decide(client: Client, verb: str, application: Application, **fields: str) -> Any:
    return client.post(f"/checklists/henan/applications/{application.pk}/{verb}/", fields, headers=ENGLISH)


def asked(item: Item, by: User, kind: ApplicationKind = ApplicationKind.CLOSE, **said: Any) -> Application:
    given: Any = {"side": Side.LEAD, "at": NOW, "reason": "已印发实施"} | said
    return Application.ask(item, kind, by=by, **given)


class TestRules:
    @pytest.mark.parametrize("status", [Status.DONE, Status.STANDING, Status.DROPPED])
    def test_a_unit_ends_nothing_by_itself(
        self, given: Item, editor: User, sign_in: SignIn, status: Status
    ) -> None:
        sent = {"status": status, "version": given.version, "reason": "为测试"}
        answer = sign_in(editor).post(ADDRESS, sent, headers=ENGLISH)

        assert answer.status_code == 422
        with pytest.raises(RuleRefused):
            change(given, by=editor, status=status)
        assert find_item(given.checklist).status == Status.IN_PROGRESS

    def test_a_unit_sets_what_is_at_work(self, given: Item, editor: User) -> None:
        for status in (Status.BLOCKED, Status.NOT_STARTED, Status.IN_PROGRESS):
            assert change(find_item(given.checklist), by=editor, status=status)

    def test_a_unit_neither_moves_nor_clears_a_due_date(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        for due in (TODAY + timedelta(60), None):
            with pytest.raises(RuleRefused):
                change(given, by=editor, due=due)
        page = sign_in(editor).get(ADDRESS, headers=ENGLISH).content.decode()
        assert "Ask for an extension to move it." in page

    def test_the_office_sets_everything_directly_and_reopens(self, given: Item, administrator: User) -> None:
        change(given, by=administrator, status=Status.DONE)
        change(given, by=administrator, status=Status.IN_PROGRESS, due=TODAY + timedelta(90))

        item = find_item(given.checklist)
        assert (item.done_on, item.extensions, item.first_due) == (None, 1, TODAY + timedelta(10))

    def test_under_the_stricter_rule_the_office_asks_as_well(
        self, given: Item, administrator: User, other_administrator: User
    ) -> None:
        Checklist.objects.update(two_persons=True)
        given = find_item(given.checklist)
        for values in ({"status": Status.DONE}, {"due": TODAY + timedelta(90)}):
            with pytest.raises(RuleRefused):
                change(given, by=administrator, **values)

        made = asked(given, administrator, side=Side.OFFICE)
        made.grant(by=other_administrator, at=NOW)

        assert find_item(given.checklist).status == Status.DONE

    def test_many_at_once_and_an_import_follow_the_same_rules(
        self, given: Item, editor: User, administrator: User
    ) -> None:
        plan = plan_bulk([given], {"status": Status.DONE}, "", Rights(editor))
        outcome = change_items(
            [Change(given.pk, given.version, {"status": Status.DONE})], by=editor, at=NOW, via=Via.IMPORT
        )

        assert plan.refused == [(given, Refusal.RULE)]
        assert [item.pk for item in outcome.refused] == [given.pk]
        assert not plan_bulk([given], {"status": Status.DONE}, "", Rights(administrator)).refused

    def test_an_undo_is_judged_as_the_change_that_it_makes(
        self, given: Item, editor: User, administrator: User
    ) -> None:
        change(given, by=administrator, status=Status.DONE)
        reopen = Change(given.pk, given.version, {"status": Status.IN_PROGRESS})
        batch, _outcome = carry_out(
            [reopen], checklist=given.checklist, by=administrator, at=NOW, via=Via.BULK, reason="重新办理"
        )
        assert batch

        assert [why for _item, why in plan_undo(batch, Rights(editor)).refused] == [Refusal.RULE]
        assert plan_undo(batch, Rights(administrator)).planned

    def test_without_rules_a_unit_ends_its_items_as_before(self, given: Item, editor: User) -> None:
        Checklist.objects.update(signs_off=False, extends_by_request=False)

        assert change(find_item(given.checklist), by=editor, status=Status.DONE)


class TestAsking:
    def test_a_unit_asks_and_the_office_grants_without_a_word(
        self, given: Item, editor: User, administrator: User, sign_in: SignIn, clock: Any
    ) -> None:
        assert ask(sign_in(editor), "close").headers["Location"] == ADDRESS
        clock.shift(timedelta(3))
        decide(sign_in(administrator), "grant", Application.objects.get())

        item, decision = find_item(given.checklist), Decision.objects.get()
        assert (item.status, item.done_on) == (Status.DONE, TODAY)
        assert (decision.by_name, decision.by_one_hand) == ("administrator", False)
        assert decision.update == item.updates.latest("pk")
        assert "已印发实施" in item.updates.latest("pk").reason

    def test_an_extension_moves_the_date_and_the_first_one_stays_to_see(
        self, given: Item, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        later = TODAY + timedelta(24)
        ask(sign_in(editor), "extend", new_due=later.isoformat())
        decide(sign_in(administrator), "grant", Application.objects.get())

        item = find_item(given.checklist)
        page = sign_in(editor).get(ADDRESS, headers=ENGLISH).content.decode()
        assert (item.due, item.first_due, item.extensions) == (later, given.due, 1)
        assert "extended 1 time" in page

    def test_the_office_returns_it_with_a_reason(
        self, given: Item, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        made = asked(given, editor)

        assert decide(sign_in(administrator), "return", made).status_code == 422
        decide(sign_in(administrator), "return", made, reason="缺少佐证")

        assert Decision.objects.get().state == "returned"
        assert "缺少佐证" in sign_in(editor).get(ADDRESS).content.decode()
        assert find_item(given.checklist).status == Status.IN_PROGRESS

    def test_one_of_a_kind_waits_at_a_time(self, given: Item, editor: User, sign_in: SignIn) -> None:
        made = asked(given, editor)

        assert ask(sign_in(editor), "close").status_code == 422
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.create(
                item=given, kind="close", side="lead", reason="再次", at=NOW, by=editor, by_name="editor"
            )
        decide(sign_in(editor), "withdraw", made)
        assert ask(sign_in(editor), "close").status_code == 302

    def test_what_makes_no_sense_is_said(self, given: Item, editor: User, sign_in: SignIn) -> None:
        answer = ask(sign_in(editor), "extend", new_due=(TODAY - timedelta(1)).isoformat())

        assert answer.status_code == 422
        assert "Choose a day after the present due date." in answer.content.decode()
        assert "已印发实施" in answer.content.decode()

    def test_nobody_grants_what_they_asked_for(
        self, given: Item, administrator: User, other_administrator: User, sign_in: SignIn
    ) -> None:
        Checklist.objects.update(two_persons=True)
        made = asked(find_item(given.checklist), administrator, side=Side.OFFICE)

        page = decide(sign_in(administrator), "grant", made)

        assert page.status_code == 302
        assert not Decision.objects.exists()

    def test_a_lone_administrator_who_asked_as_a_unit_grants_by_one_hand(
        self, given: Item, editor: User
    ) -> None:
        made = asked(given, editor)
        editor.memberships.all().update(role=Role.ADMINISTRATOR, owner=None)
        Checklist.objects.get(slug="henan").memberships.exclude(user=editor).delete()

        assert made.grant(
            by=editor, at=NOW, only_one=Rights(editor).alone_decides(given.checklist)
        ).by_one_hand

    @pytest.mark.parametrize("who", ["viewer", "auditor", "administrator"])
    def test_who_is_not_the_unit_asks_for_nothing(
        self, given: Item, who: str, request: pytest.FixtureRequest, sign_in: SignIn
    ) -> None:
        assert ask(sign_in(request.getfixturevalue(who)), "close").status_code == 403

    def test_a_unit_decides_nothing(self, given: Item, editor: User, sign_in: SignIn) -> None:
        made = asked(given, editor)

        assert decide(sign_in(editor), "grant", made).status_code == 403
        assert decide(sign_in(editor), "return", made, reason="x").status_code == 403

    def test_anothers_application_is_not_there(
        self, given: Item, editor: User, stranger: User, sign_in: SignIn
    ) -> None:
        made = asked(given, editor)

        answer = sign_in(stranger).post(f"/checklists/elsewhere/applications/{made.pk}/grant/")

        assert answer.status_code == 404
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("table", ["measures_application", "measures_decision"])
    def test_the_database_refuses_raw_sql(self, given: Item, editor: User, table: str) -> None:
        asked(given, editor).take_back(by=editor, at=NOW)

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(f"UPDATE {table} SET by_name = 'forged'")

    def test_the_audit_trail_holds_both_acts(self, given: Item, editor: User, administrator: User) -> None:
        asked(given, editor).grant(by=administrator, at=NOW)

        actions = list(AuditRecord.objects.order_by("pk").values_list("action", flat=True))
        assert actions[-3:] == [Audited.ASKED, Audited.ITEM_CHANGED, Audited.DECIDED]


class TestTheClock:
    def lit(self, on: int) -> Light:
        return (
            Item.objects.select_related("checklist")
            .get(measure__code="1.1.1")
            .lit(TODAY + timedelta(on))
            .light
        )

    def test_asking_in_time_stops_the_clock_until_the_decision(
        self, given: Item, editor: User, administrator: User
    ) -> None:
        made = asked(given, editor)
        assert self.lit(15) == Light.AMBER
        overdue = given.checklist.items.overdue(on=TODAY + timedelta(15))
        assert not overdue.exists()

        made.send_back(by=administrator, at=NOW + timedelta(14), reason="缺少佐证")
        assert self.lit(15) == Light.RED
        assert overdue.exists()

        asked(find_item(given.checklist), editor, at=NOW + timedelta(2))
        assert self.lit(15) == Light.RED

    def test_asking_late_stops_nothing(self, given: Item, editor: User) -> None:
        asked(given, editor, at=NOW + timedelta(11))

        assert self.lit(15) == Light.RED
