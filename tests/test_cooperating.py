"""Cooperating units: part of an item's state, with a say in its entries and in nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import PeriodKind, Role, Side, Status, Via
from measures.ledger.loop import open_periods, owed_now
from measures.models import (
    Batch,
    Change,
    Checklist,
    Cooperation,
    Entry,
    Item,
    Owner,
    UpdateCooperation,
    change_items,
)
from tests.item_fields.make import ENGLISH
from tests.make import (
    NOW,
    TODAY,
    SignIn,
    change,
    find_item,
    make_checklist,
    make_owner,
    make_periods,
    make_user,
    write_entry,
)
from tests.sheets import apply, changes, sheet_of, upload

ITEM = "/checklists/henan/items/1.1.1/"
LIST = "/checklists/henan/items/"


@pytest.fixture
def helper(checklist: Checklist) -> Owner:
    return make_owner(checklist, "人才工作处")


@pytest.fixture
def other(checklist: Checklist) -> Owner:
    return make_owner(checklist, "研究室")


@pytest.fixture
def helped(first: Item, owner: Owner, helper: Owner, administrator: User) -> Item:
    """1.1.1, in progress for a hundred days: the editor's unit leads, another cooperates."""
    at = NOW - timedelta(100)
    Checklist.objects.update(opened_at=at - timedelta(1))
    first.checklist.refresh_from_db()
    change(first, by=administrator, owner=owner, cooperating=(helper,), status=Status.IN_PROGRESS, at=at)
    return first


@pytest.fixture
def partner(checklist: Checklist, helper: Owner) -> User:
    """An editor of the cooperating unit."""
    return make_user("partner", checklist, Role.EDITOR, helper)


def codes(client: Client, query: str) -> list[str]:
    rows = client.get(f"{LIST}?{query}", headers=ENGLISH).context["rows"]
    return [row.facts.code for row in rows]


class TestState:
    def test_the_lead_is_never_among_those_who_cooperate(
        self, helped: Item, owner: Owner, helper: Owner, administrator: User
    ) -> None:
        assert change(helped, by=administrator, cooperating=(owner, helper)) is None

        change(helped, by=administrator, notes="说明")
        change(helped, by=administrator, owner=helper)

        assert find_item(helped.checklist).cooperating == ()
        assert [update.cooperating for update in helped.updates.order_by("pk")] == [(helper,), (helper,), ()]

    def test_a_unit_of_another_checklist_is_refused(self, helped: Item, administrator: User) -> None:
        foreign = make_owner(make_checklist("elsewhere", "外地"), "外单位")

        with pytest.raises(ValueError, match="another checklist"):
            change(helped, by=administrator, cooperating=(foreign,))
        assert Cooperation.objects.count() == 1

    def test_the_past_is_filtered_and_shown_as_it_was(
        self, helped: Item, helper: Owner, other: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        change(helped, by=administrator, cooperating=(other,), at=NOW)
        client, before = sign_in(administrator), (TODAY - timedelta(1)).isoformat()

        assert codes(client, f"cooperating={other.pk}") == ["1.1.1"]
        assert codes(client, f"cooperating={helper.pk}") == []
        assert codes(client, f"cooperating={helper.pk}&as_of={before}") == ["1.1.1"]
        assert codes(client, f"unit={other.pk}&as_of={before}") == []
        assert codes(client, f"unit={helped.owner_id}") == ["1.1.1"]
        page = client.get(f"{ITEM}?as_of={before}", headers=ENGLISH).content.decode()
        assert helper.name in page
        assert other.name not in page

    def test_an_owner_who_cooperates_or_did_is_not_deleted(
        self, helped: Item, helper: Owner, other: Owner, administrator: User
    ) -> None:
        change(helped, by=administrator, cooperating=(other,))

        for unit in (helper, other):
            with pytest.raises(ProtectedError):
                unit.delete()

    def test_writing_costs_the_same_for_3_and_9_items(
        self, checklist: Checklist, helper: Owner, other: Owner, administrator: User
    ) -> None:
        def asked(units: tuple[Owner, ...], count: int) -> int:
            items = checklist.items.order_by("pk")[:count]
            wanted = [Change(item.pk, item.version, {"cooperating": units}) for item in items]
            with CaptureQueriesContext(connection) as queries:
                assert len(change_items(wanted, by=administrator, at=NOW, via=Via.BULK).written) == count
            return len(queries)

        assert asked((helper,), 3) == asked((helper, other), 9)
        assert UpdateCooperation.objects.count() == 3 + 18

    def test_a_list_costs_the_same_however_many_cooperate(
        self, checklist: Checklist, helper: Owner, other: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{LIST}?columns=code,owner,cooperating", headers=ENGLISH)
            return len(queries)

        client = sign_in(administrator)
        client.get(LIST)
        before = asked()
        items = checklist.items.all()
        wanted = [Change(item.pk, item.version, {"cooperating": (helper, other)}) for item in items]
        change_items(wanted, by=administrator, at=NOW, via=Via.BULK)

        assert asked() == before


class TestRights:
    def test_a_cooperating_unit_sees_the_item_among_its_own(
        self, helped: Item, helper: Owner, partner: User, sign_in: SignIn
    ) -> None:
        client = sign_in(partner)
        page = client.get("/checklists/henan/", headers=ENGLISH)

        assert page.context["mine_total"] == 1
        assert f"?unit={helper.pk}" in page.content.decode()
        assert codes(client, f"unit={helper.pk}") == ["1.1.1"]

    def test_it_writes_entries_and_changes_nothing_else(
        self, helped: Item, helper: Owner, partner: User, sign_in: SignIn
    ) -> None:
        client = sign_in(partner)
        page = client.get(ITEM, headers=ENGLISH).content.decode()
        assert 'name="entry-progress"' in page
        assert 'name="entry-status"' not in page
        assert 'name="status"' not in page

        said = {"entry-progress": "提供专家名单", "entry-status": "done", "entry-version": "2"}
        assert client.post(f"{ITEM}entries/", said, headers=ENGLISH).status_code == 302

        entry, item = Entry.objects.get(), find_item(helped.checklist)
        assert (entry.unit, entry.side, entry.update) == (helper, Side.COOPERATING, None)
        assert (item.status, item.version) == (Status.IN_PROGRESS, helped.version)
        assert client.post(ITEM, {"version": 2, "status": "blocked", "reason": "x"}).status_code == 403
        Checklist.objects.update(signs_off=True)
        asked = client.post(f"{ITEM}applications/", {"kind": "close", "reason": "完成"})
        assert asked.status_code == 403
        withdrawn = client.post(f"{ITEM}entries/{entry.pk}/withdraw/", {"reason": "写错"}, headers=ENGLISH)
        assert withdrawn.status_code == 302

    def test_a_unit_that_no_longer_cooperates_writes_nothing(
        self, helped: Item, partner: User, administrator: User, sign_in: SignIn
    ) -> None:
        change(helped, by=administrator, cooperating=())

        answer = sign_in(partner).post(f"{ITEM}entries/", {"entry-progress": "开会"})

        assert answer.status_code == 403

    def test_its_entry_ends_the_silence_and_not_what_the_lead_owes(
        self, helped: Item, helper: Owner, partner: User, editor: User
    ) -> None:
        make_periods(helped.checklist, PeriodKind.MONTH, [(TODAY.replace(day=1), TODAY)])
        periods = open_periods(helped.checklist, TODAY)

        write_entry(helped, partner, side=Side.COOPERATING)
        item = find_item(helped.checklist)
        owed = owed_now(item, periods, TODAY)
        assert item.silent_since == NOW
        assert owed is not None
        assert not owed.given

        write_entry(item, editor)
        owed = owed_now(item, periods, TODAY)
        assert owed is not None
        assert owed.given

    def test_an_editor_of_the_lead_does_not_choose_who_cooperates(
        self, helped: Item, helper: Owner, other: Owner, editor: User, sign_in: SignIn
    ) -> None:
        client = sign_in(editor)
        client.post(
            ITEM,
            {"version": 2, "status": "in_progress", "cooperating": ["", other.pk], "notes": "说明"},
            headers=ENGLISH,
        )

        item = find_item(helped.checklist)
        assert (item.notes, item.cooperating) == ("说明", (helper,))
        previewed = upload(client, sheet_of(["code", "配合单位"], ["1.1.1", other.name]))
        (refused,) = previewed.context["found"].problems
        assert refused.message == "Only an administrator of the checklist can choose cooperating units."


class TestTogether:
    def test_units_are_added_replaced_and_cleared_and_it_is_undone(
        self, helped: Item, helper: Owner, other: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        client, bulk = sign_in(administrator), f"{LIST}bulk/"

        def together(act: str, *units: Owner) -> Any:
            sent = {"with_units": act, "cooperating": ["", *(unit.pk for unit in units)]}
            asked = {"codes": "1.1.1,1.1.2", "preview": "1"} | sent
            shown = client.post(bulk, asked, headers=ENGLISH)
            if shown.context["form"].errors:
                return shown.context["form"].errors
            client.post(bulk, {"apply": "1", "token": shown.context["token"]})
            return [find_item(helped.checklist, code).cooperating for code in ("1.1.1", "1.1.2")]

        assert together("add", other) == [(helper, other), (other,)]
        assert together("replace", helper) == [(helper,), (helper,)]
        assert together("clear") == [(), ()]
        assert together("add") == {"cooperating": ["Tick at least one unit."]}
        assert "with_units" in together("", helper)

        newest = Batch.objects.order_by("at").last()
        assert newest is not None
        client.post(f"/checklists/henan/batches/{newest.pk}/undo/")
        assert find_item(helped.checklist).cooperating == (helper,)

    def test_a_form_that_did_not_draw_them_keeps_them_and_one_without_ticks_clears_them(
        self, helped: Item, helper: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(administrator)

        client.post(ITEM, {"version": 2, "status": "in_progress", "notes": "说明"}, headers=ENGLISH)
        assert find_item(helped.checklist).cooperating == (helper,)

        client.post(ITEM, {"version": 3, "status": "in_progress", "cooperating": ""}, headers=ENGLISH)
        assert find_item(helped.checklist).cooperating == ()

    def test_sheets_name_units_in_one_cell(
        self, helped: Item, helper: Owner, other: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        client = sign_in(administrator)
        rows = [["1.1.1", ""], ["1.1.2", f"{helper.name}\n{other.name}"], ["1.1.3", f"{other.name}、"]]

        previewed = upload(client, sheet_of(["code", "配合单位"], *rows))
        assert changes(previewed) == [
            ("1.1.2", "cooperating", "", f"{helper.name}、{other.name}"),
            ("1.1.3", "cooperating", "", other.name),
        ]
        apply(client, previewed)
        apply(client, upload(client, sheet_of(["code", "配合单位"], ["1.1.2", "清空"])))
        found = [find_item(helped.checklist, code).cooperating for code in ("1.1.1", "1.1.2", "1.1.3")]
        assert found == [(helper,), (), (other,)]
        unknown = upload(client, sheet_of(["code", "配合单位"], ["1.1.2", f"{other.name}、没有的处"]))
        (refused,) = unknown.context["found"].problems
        assert refused.message.startswith("Unknown units: 没有的处.")

    def test_a_unit_deleted_since_the_preview_is_not_written(
        self, helped: Item, other: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        previewed = upload(sign_in(administrator), sheet_of(["code", "配合单位"], ["1.1.2", other.name]))
        other.delete()
        apply(sign_in(administrator), previewed)
        assert find_item(helped.checklist, "1.1.2").version == 1

    def test_handing_over_puts_the_taker_in_the_givers_place(
        self, helped: Item, helper: Owner, other: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        change(find_item(helped.checklist, "1.1.2"), by=administrator, owner=helper)
        sent, page = {"giver": helper.pk, "taker": other.pk, "reason": "机构调整"}, sign_in(administrator)
        plan = page.post("/checklists/henan/hand-over/", sent).context["plan"]
        page.post("/checklists/henan/hand-over/", sent | {"apply": plan.fingerprint})
        assert find_item(helped.checklist).cooperating == (other,)
        assert find_item(helped.checklist, "1.1.2").owner == other
