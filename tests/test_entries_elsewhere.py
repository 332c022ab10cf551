"""What entries do elsewhere: silence is measured by them alone, past days replay them, a row takes one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from measures.choices import Light, PeriodKind, Role, Status, Via
from measures.forms.loop import EntryForm
from measures.ledger.plans import carry_out, plan_undo
from measures.models import (
    Assignment,
    Batch,
    Change,
    Checklist,
    Entry,
    Item,
    Owner,
)
from measures.rights.roles import Rights
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
from tests.sheets import ENGLISH

ADDRESS = "/checklists/henan/items/1.1.1/"


@pytest.fixture
def given(first: Item, owner: Owner, administrator: User) -> Item:
    """1.1.1, in progress for a hundred days, handed to the editor's unit."""
    change(first, by=administrator, owner=owner, status=Status.IN_PROGRESS, at=NOW - timedelta(100))
    return first


class TestSilence:
    def lit(self, item: Item) -> Light:
        return find_item(item.checklist).lit(TODAY).light

    def test_only_a_unit_breaks_it(
        self, given: Item, editor: User, administrator: User, owner: Owner
    ) -> None:
        """The office edits, hands over and back, changes in bulk and undoes it: still silent."""
        assert self.lit(given) == Light.AMBER
        change(given, by=administrator, notes="请报送进展")
        change(given, by=administrator, owner=make_owner(given.checklist, "干部二处"))
        change(given, by=administrator, owner=owner)
        batch, _outcome = carry_out(
            [Change(given.pk, given.version, {"status": Status.STANDING})],
            checklist=given.checklist,
            by=administrator,
            at=NOW,
            via=Via.IMPORT,
            reason="误传",
        )
        assert batch
        undo(batch, administrator)
        assert self.lit(given) == Light.AMBER

        write_entry(find_item(given.checklist), editor)

        assert self.lit(given) == Light.GREEN

    def test_it_runs_from_the_first_day_on_which_the_item_ran(self, first: Item, administrator: User) -> None:
        change(first, by=administrator, due=TODAY + timedelta(90), at=NOW - timedelta(200))
        change(first, by=administrator, status=Status.IN_PROGRESS, at=NOW - timedelta(61))

        with translation.override("en"):
            assert find_item(first.checklist).lit(TODAY).reason == "no entry for 61 days"

    def test_updates_from_before_there_were_entries_count_as_entries(
        self, given: Item, administrator: User
    ) -> None:
        change(given, by=administrator, notes="老办法报送", at=NOW - timedelta(30))
        Checklist.objects.update(entries_from=NOW - timedelta(10))
        change(find_item(given.checklist), by=administrator, notes="督查室修改", at=NOW - timedelta(2))
        Item.objects.all().derive()

        item = find_item(given.checklist)
        then = given.checklist.items.as_of(TODAY - timedelta(40)).get(pk=given.pk)
        assert item.last_entry_at == item.silent_since == NOW - timedelta(30)
        assert then.last_entry_at == NOW - timedelta(100)


def undo(batch: Batch, by: User) -> None:
    plan = plan_undo(batch, Rights(by))
    carry_out(
        [planned.change for planned in plan.planned],
        checklist=batch.checklist,
        by=by,
        at=NOW,
        via=Via.UNDO,
        reason="误传",
        undoes=batch,
    )


class TestThePast:
    def test_the_page_of_a_past_day_shows_the_entries_of_that_day(
        self, given: Item, editor: User, sign_in: SignIn, clock: Any
    ) -> None:
        Checklist.objects.update(opened_at=NOW - timedelta(200))
        early = write_entry(given, editor, progress="早先报送", at=NOW - timedelta(50))
        write_entry(given, editor, progress="后来报送", at=NOW - timedelta(5))
        early.withdraw(by=editor, at=NOW - timedelta(4), reason="数字有误")
        day = (TODAY - timedelta(20)).isoformat()

        page = sign_in(editor).get(f"{ADDRESS}?as_of={day}", headers=ENGLISH).content.decode()

        assert "早先报送" in page
        assert "后来报送" not in page
        assert "数字有误" not in page
        assert "<textarea" not in page

    def test_a_day_that_cannot_be_is_said(self, given: Item, editor: User, sign_in: SignIn) -> None:
        answer = sign_in(editor).get(f"{ADDRESS}?as_of=2999-01-01", headers=ENGLISH)

        assert answer.status_code == 422
        assert "This day has not come yet." in answer.content.decode()


class TestTheRow:
    def row(self, client: Client, given: Item, **fields: str) -> Any:
        sent = {"status": "in_progress", "owner": str(given.owner_id), "version": str(given.version)} | fields
        return client.post(ADDRESS, sent, headers={"X-Fragment": "row", **ENGLISH})

    def test_it_opens_with_an_empty_box_below_the_last_entry(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        write_entry(given, editor, progress="上期报送")

        row = sign_in(editor).get(ADDRESS, headers={"X-Fragment": "row", **ENGLISH}).content.decode()

        assert row.index("上期报送") < row.index('name="entry-progress"') < row.index('name="notes"')

    def test_it_saves_an_entry_and_the_status_together(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        self.row(sign_in(editor), given, **{"entry-progress": "办结", "status": "done"})

        entry = Entry.objects.get()
        assert (entry.progress, find_item(given.checklist).status) == ("办结", Status.DONE)
        assert entry.update is not None

    def test_a_conflict_keeps_the_entry_that_was_typed(
        self, given: Item, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        seen = given.version
        change(given, by=administrator, notes="督查室已改")

        answer = self.row(sign_in(editor), given, **{"entry-progress": "没有丢", "version": str(seen)})

        assert answer.status_code == 409
        assert "没有丢" in answer.content.decode()
        assert not Entry.objects.exists()

    def test_without_a_text_only_the_state_is_changed(
        self, given: Item, editor: User, sign_in: SignIn
    ) -> None:
        assert self.row(sign_in(editor), given, **{"entry-progress": " ", "notes": "批注"}).status_code == 200
        assert not Entry.objects.exists()
        assert find_item(given.checklist).notes == "批注"


def choices(form: EntryForm, name: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)"', str(form[name]))


@pytest.mark.parametrize("through", ["entry form", "state form"])
def test_a_conflict_offers_the_same_choices_as_before_it(
    given: Item, editor: User, administrator: User, sign_in: SignIn, clock: Any, through: str
) -> None:
    """The period that was chosen, and no status for which one has to ask."""
    Checklist.objects.update(signs_off=True)
    ended = (TODAY - timedelta(20), TODAY - timedelta(10))
    make_periods(given.checklist, PeriodKind.BY_HAND, [ended])
    client, seen = sign_in(editor), str(given.version)
    before = client.get(ADDRESS, headers=ENGLISH).context["entry_form"]
    change(given, by=administrator, notes="督查室已改")
    typed = {"entry-progress": "没有丢", "entry-counts_on": ended[1].isoformat(), "entry-version": seen}
    typed |= {"entry-status": "blocked", "entry-problems": "没有编制"}

    if through == "entry form":
        answer = client.post(f"{ADDRESS}entries/", typed, headers=ENGLISH)
        assert answer.context["entry_form"]["counts_on"].value() == ended[1].isoformat()
    else:
        state = {"status": "blocked", "version": seen, "reason": "没有编制"}
        answer = client.post(ADDRESS, typed | state, headers=ENGLISH)

    assert answer.status_code == 409
    after = answer.context["entry_form"]
    assert "done" not in choices(after, "status")
    for name in ("status", "counts_on"):
        assert choices(after, name) == choices(before, name)


def test_signing_for_what_was_handed_down_is_not_reporting(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    below = make_checklist("one", "甲县", parent=checklist)
    by = make_user("first", below, Role.ADMINISTRATOR)
    given = Assignment.hand_down(
        checklist, find_item(checklist).measure, [below], due=TODAY, text="报送", by=administrator, at=NOW
    )

    def unheard() -> list[str]:
        page = sign_in(administrator).get("/checklists/henan/units/", headers=ENGLISH)
        return [unit.slug for unit in page.context["unheard"]]

    before = unheard()
    sign_in(by).post(f"/checklists/one/assignments/{given.pk}/accept/", {"version": 1}, headers=ENGLISH)

    assert find_item(below).due == TODAY
    assert "one" in before
    assert unheard() == before
