"""Units that are moved, closed and merged: shown first, losing nothing, and the past stays as it was."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation

from measures.choices import ApplicationKind, Cadence, ChecklistStatus, Role, Side, Status
from measures.models import Application, Assignment, AuditRecord, Batch, Checklist, Item, Update, add_measure
from measures.models.audit import verify_chain
from measures.models.state import FIELDS, NOTES_LIMIT
from tests.make import NOW, SignIn, change, find_item, make_checklist, make_owner, make_user, write_entry
from tests.sheets import ENGLISH


@pytest.fixture
def tree(checklist: Checklist) -> Checklist:
    """河南 › 郑州 › 中原, and 新乡 and 开封 beside 郑州."""
    city = make_checklist("zhengzhou", "郑州", parent=checklist)
    make_checklist("zhongyuan", "中原", parent=city)
    make_checklist("xinxiang", "新乡", parent=checklist)
    make_checklist("kaifeng", "开封", parent=checklist)
    return checklist


@pytest.fixture
def client(tree: Checklist, administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def find(slug: str) -> Checklist:
    return Checklist.objects.get(slug=slug)


def ask(client: Client, unit: str, act: str, to: str = "", **more: str) -> Any:
    sent = {"act": act, "to": to, "reason": "机构改革"} | more
    return client.post(f"/checklists/henan/below/{unit}/rearrange/", sent, headers=ENGLISH)


def do(client: Client, unit: str, act: str, to: str = "") -> Any:
    return ask(client, unit, act, to, apply=ask(client, unit, act, to).context["seen"])


class TestMoving:
    def test_the_other_unit_is_chosen_from_those_that_there_are(self, client: Client) -> None:
        page = client.get("/checklists/henan/below/zhongyuan/rearrange/", headers=ENGLISH).content.decode()

        assert '<option value="xinxiang">新乡</option>' in page

    def test_units_of_the_same_name_are_told_apart(self, client: Client) -> None:
        Checklist.objects.filter(slug="zhongyuan").update(name="新乡")

        page = client.get("/checklists/henan/below/zhongyuan/rearrange/", headers=ENGLISH).content.decode()

        assert '<option value="xinxiang">新乡 (xinxiang)</option>' in page

    def test_it_is_shown_and_then_done(self, client: Client) -> None:
        shown = ask(client, "zhongyuan", "move", "xinxiang")
        assert find("zhongyuan").path == "/henan/zhengzhou/zhongyuan/"

        done = do(client, "zhongyuan", "move", "新乡")

        assert shown.context["plan"].says[0] == "中原 will move under 新乡."
        assert done.status_code == 302
        assert find("zhongyuan").path == "/henan/xinxiang/zhongyuan/"
        record = AuditRecord.objects.first()
        assert record
        assert json.loads(record.after)["reason"] == "机构改革"

    def test_the_tree_of_yesterday_stays(self, client: Client) -> None:
        do(client, "zhongyuan", "move", "xinxiang")

        below = Checklist.objects.below
        today = timezone.localdate()
        assert find("zhongyuan") in below(find("xinxiang"), as_of=today)
        if today > NOW.date():
            assert find("zhongyuan") in below(find("zhengzhou"), as_of=today - timedelta(days=1))

    @pytest.mark.parametrize(
        ("unit", "to"), [("zhengzhou", "zhongyuan"), ("zhengzhou", "zhengzhou"), ("xinxiang", "henan")]
    )
    def test_where_it_cannot_stand_is_said_beside_the_field(self, client: Client, unit: str, to: str) -> None:
        page = ask(client, unit, "move", to)

        assert page.status_code == 422
        assert "to" in page.context["form"].errors
        assert "机构改革" in page.content.decode()

    @pytest.mark.parametrize("to", ["elsewhere", "别处", "nowhere", ""])
    def test_it_goes_nowhere_outside_the_tree(self, client: Client, stranger: User, to: str) -> None:
        assert ask(client, "xinxiang", "move", to).status_code == 422

    def test_two_of_one_name_are_told_apart_by_address(self, client: Client, tree: Checklist) -> None:
        make_checklist("xinxiang-2", "新乡", parent=tree)

        assert ask(client, "kaifeng", "move", "新乡").status_code == 422
        assert ask(client, "kaifeng", "move", "xinxiang-2").status_code == 200


class TestWho:
    def test_only_those_who_administer_the_unit_above(
        self, tree: Checklist, viewer: User, stranger: User, sign_in: SignIn
    ) -> None:
        beside = make_user("beside", find("xinxiang"), Role.ADMINISTRATOR)
        own = make_user("own", find("kaifeng"), Role.ADMINISTRATOR)

        for user, expected in ((viewer, 403), (stranger, 404), (beside, 404), (own, 404)):
            assert ask(sign_in(user), "kaifeng", "close").status_code == expected
        assert find("kaifeng").is_open

    def test_a_unit_of_another_tree_is_not_there(self, client: Client, stranger: User) -> None:
        for unit in ("elsewhere", "henan"):
            assert ask(client, unit, "close").status_code == 404


class TestClosing:
    def test_it_rests_with_all_that_is_in_it_and_opens_again(self, client: Client) -> None:
        do(client, "zhengzhou", "close")
        assert (find("zhengzhou").status, find("zhongyuan").status) == ("closed", "open")

        do(client, "zhengzhou", "reopen")

        assert find("zhengzhou").is_open
        assert find("zhengzhou").items.count() == 12

    def test_what_is_left_open_is_said(self, client: Client, tree: Checklist, administrator: User) -> None:
        measure = find_item(tree).measure
        Assignment.hand_down(
            tree, measure, [find("kaifeng")], due=NOW.date(), text="x", by=administrator, at=NOW
        )

        says = ask(client, "kaifeng", "close").context["plan"].says

        assert "1 assignment is unanswered and remains so." in says

    def test_a_preview_that_is_no_longer_true_is_shown_once_more(
        self, client: Client, tree: Checklist
    ) -> None:
        seen = ask(client, "zhengzhou", "close").context["seen"]
        make_checklist("erqi", "二七", parent=find("zhengzhou"))

        again = ask(client, "zhengzhou", "close", apply=seen)

        assert again.status_code == 200
        assert find("zhengzhou").is_open


class TestMerging:
    @pytest.fixture
    def annotated(self, tree: Checklist, administrator: User) -> None:
        """郑州 has written on 1.1.1 and 1.1.2 and added a measure; 新乡 on 1.1.1."""
        city, by = find("zhengzhou"), administrator
        owner = make_owner(city, "市委督查室")
        first = find_item(city, "1.1.1")
        change(first, by=by, owner=owner, due=NOW.date(), status=Status.DONE, notes="郑州已办结")
        change(find_item(city, "1.1.2"), by=by, status=Status.IN_PROGRESS)
        change(find_item(find("xinxiang"), "1.1.1"), by=by, notes="新乡的进展")
        section = first.measure.section
        own = add_measure(city, section, title="自定一项", detail="详", cadence=Cadence.ONCE, at=NOW, by=by)
        change(own, by=by, notes="自定的进展")

    def test_nothing_is_lost(self, annotated: None, client: Client, administrator: User) -> None:
        before = list(find("zhengzhou").items.order_by("pk").values())
        updates = Update.objects.filter(item__checklist__slug="zhengzhou").count()

        assert do(client, "zhengzhou", "merge", "xinxiang").status_code == 302

        kept = find("xinxiang")
        notes = find_item(kept, "1.1.1").notes
        head = f"From 郑州: Done; 市委督查室; {NOW.date()}"
        assert notes == f"新乡的进展\n{head}\n郑州已办结"
        assert find_item(kept, "1.1.1").status == Status.NOT_STARTED
        assert find_item(kept, "1.1.2").notes == "From 郑州: In progress"
        assert "自定的进展" in find_item(kept, "1.1.901").notes
        assert find("zhongyuan").path == "/henan/xinxiang/zhongyuan/"
        assert find("zhengzhou").status == ChecklistStatus.CLOSED
        assert list(find("zhengzhou").items.order_by("pk").values()) == before
        assert Update.objects.filter(item__checklist__slug="zhengzhou").count() == updates
        assert verify_chain().broken is None

    def test_what_it_wrote_is_one_batch_in_the_unit_that_stays(self, annotated: None, client: Client) -> None:
        do(client, "zhengzhou", "merge", "xinxiang")

        batch = Batch.objects.get()
        assert batch.checklist == find("xinxiang")
        assert batch.updates.count() == 3

    def test_the_preview_says_all_of_it_and_writes_nothing(self, annotated: None, client: Client) -> None:
        make_user("member", find("zhengzhou"), Role.VIEWER)
        before = list(Item.objects.order_by("pk").values())

        says = ask(client, "zhengzhou", "merge", "xinxiang").context["plan"].says

        assert len(says) == 5
        assert says[0].startswith("2 items of 新乡 get a paragraph")
        assert list(Item.objects.order_by("pk").values()) == before

    def test_the_preview_names_every_field_and_what_is_not_copied(
        self, annotated: None, client: Client, administrator: User
    ) -> None:
        city = find("zhengzhou")
        Checklist.objects.filter(pk=city.pk).update(signs_off=True)
        write_entry(find_item(city, "1.1.1"), administrator, side=Side.OFFICE)
        asked = find_item(city, "1.1.2")
        Application.ask(
            asked, ApplicationKind.CLOSE, side=Side.LEAD, by=administrator, at=NOW, reason="已办结"
        )

        says = ask(client, "zhengzhou", "merge", "xinxiang").context["plan"].says

        with translation.override("en"):
            fields = [str(one.label).lower() for one in FIELDS]
        assert [label for label in fields if label not in says[0]] == []
        assert "1 progress entry stays with 郑州 and is not copied." in says
        assert any(words.startswith("1 application waits for a decision") for words in says)
        closing = ask(client, "zhengzhou", "close").context["plan"].says
        assert any(words.startswith("1 application waits for a decision") for words in closing)

    def test_notes_that_get_too_long_end_with_a_pointer(
        self, annotated: None, client: Client, administrator: User
    ) -> None:
        change(find_item(find("xinxiang"), "1.1.1"), by=administrator, notes="字" * (NOTES_LIMIT - 10))

        do(client, "zhengzhou", "merge", "xinxiang")

        notes = find_item(find("xinxiang"), "1.1.1").notes
        assert len(notes) == NOTES_LIMIT
        assert notes.endswith("(see the closed checklist for the rest)")

    def test_neither_into_itself_nor_into_what_is_closed(self, annotated: None, client: Client) -> None:
        Checklist.objects.filter(slug="kaifeng").update(status=ChecklistStatus.CLOSED)

        for to in ("zhengzhou", "zhongyuan", "kaifeng"):
            assert ask(client, "zhengzhou", "merge", to).status_code == 422


@pytest.mark.parametrize("happens", ["renamed", "closed", "moved below", "grown"])
@pytest.mark.parametrize("act", ["move", "merge"])
def test_what_changed_since_the_preview_is_shown_once_more_or_refused(
    client: Client, administrator: User, act: str, happens: str
) -> None:
    seen = ask(client, "zhengzhou", act, "xinxiang").context["seen"]
    other = find("xinxiang")
    if happens == "renamed":
        Checklist.objects.filter(pk=other.pk).update(name="别处")
    elif happens == "closed":
        other.turn(ChecklistStatus.CLOSED, at=NOW, by=administrator, reason="撤销")
    elif happens == "moved below":
        other.move(find("zhengzhou"), at=NOW, by=administrator, reason="调整")
    else:
        make_checklist("erqi", "二七", parent=find("zhengzhou"))

    answer = ask(client, "zhengzhou", act, "xinxiang", apply=seen)

    # A unit moves under a closed one too.
    done = (act, happens) == ("move", "closed")
    assert answer.status_code == (302 if done else 422 if happens in ("closed", "moved below") else 200)
    assert find("zhengzhou").is_open
    assert (find("zhengzhou").parent == other) == done
