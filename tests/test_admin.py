"""The admin: what it lets people see and write, and that nobody's save undoes another's."""

import json
import re
from collections.abc import Callable
from datetime import date
from functools import partial
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from measures.admin.audited import OneTransactionAdmin
from measures.admin.items import ItemAdmin
from measures.choices import ChecklistStatus, Role, Status, Via
from measures.models import (
    AuditRecord,
    Checklist,
    Item,
    Measure,
    Membership,
    Owner,
    Pillar,
    StaleVersion,
    Update,
)
from measures.models.state import UNTOUCHED
from tests.make import NOW, change, find_item, make_catalogue, make_checklist, make_owner, make_user

LIST = "/admin/measures/item/"
SignIn = Callable[[User], Client]


class FormReader(HTMLParser):
    """What a browser would send back from the page's main form, untouched."""

    def __init__(self, page: Any, form_id: str) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.form_id = form_id
        self.inside = False
        self.open: str | None = None  # the textarea or select that is being read
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("id") == self.form_id
        name = found.get("name")
        if not self.inside or "disabled" in found:
            return
        if tag == "input" and name and found.get("type") not in ("submit", "checkbox"):
            self.data[name] = found.get("value") or ""
        elif tag in ("textarea", "select") and name:
            self.open = name
            self.data[name] = ""
        elif tag == "option" and self.open and "selected" in found:
            self.data[self.open] = found.get("value") or ""

    def handle_data(self, text: str) -> None:
        if self.open and self.lasttag == "textarea":
            self.data[self.open] += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag in ("textarea", "select") and self.open:
            if tag == "textarea":  # browsers drop the first line break and send the others as two characters
                text = self.data[self.open]
                self.data[self.open] = re.sub(r"^\n", "", text).replace("\n", "\r\n")
            self.open = None


def read_list(client: Client, query: str = "") -> dict[str, str]:
    return FormReader(client.get(LIST + query), "changelist-form").data | {"_save": "Save"}


def page_of(item: Item) -> str:
    return f"{LIST}{item.pk}/change/"


def read_page(client: Client, item: Item) -> dict[str, str]:
    return FormReader(client.get(page_of(item)), "item_form").data | {"_save": "Save"}


def row(data: dict[str, str], item: Item) -> str:
    """The prefix of the item's inputs: form-3-"""
    return next(
        name.removesuffix("id")
        for name, value in data.items()
        if name.endswith("-id") and value == str(item.pk)
    )


def state(item: Item) -> dict[str, Any]:
    return Item.objects.select_related("owner").get(pk=item.pk).state()


@pytest.fixture(autouse=True)
def english(client: Client, settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def staff(administrator: User, editor: User, viewer: User, stranger: User) -> None:
    """Everybody may open the admin; what they find there is up to their roles."""
    User.objects.update(is_staff=True)
    for user in (administrator, editor, viewer, stranger):
        user.refresh_from_db()


@pytest.fixture
def first(checklist: Checklist) -> Item:
    return find_item(checklist, "1.1.1")


@pytest.fixture
def second(checklist: Checklist) -> Item:
    return find_item(checklist, "1.1.2")


@pytest.fixture
def other(checklist: Checklist) -> User:
    """A second administrator, in the second browser."""
    user = make_user("other", checklist, Role.ADMINISTRATOR)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return user


@pytest.mark.usefixtures("staff")
class TestTwoPeopleInTheList:
    def test_a_save_leaves_alone_what_another_wrote_meanwhile_in_another_row(
        self, first: Item, second: Item, administrator: User, other: User, sign_in: SignIn
    ) -> None:
        a, b = sign_in(administrator), sign_in(other)
        as_a, as_b = read_list(a), read_list(b)

        as_b[f"{row(as_b, second)}notes"] = "B was here"
        as_b[f"{row(as_b, second)}status"] = Status.DONE
        assert b.post(LIST, as_b).status_code == 302
        as_a[f"{row(as_a, first)}status"] = Status.IN_PROGRESS
        assert a.post(LIST, as_a).status_code == 302

        written = {"status": Status.DONE, "notes": "B was here"}
        assert state(second) | {"owner": None} == {**UNTOUCHED, **written}
        assert state(first)["status"] == Status.IN_PROGRESS
        assert list(Update.objects.order_by("id").values_list("item", "by_name", "via")) == [
            (second.pk, "other", Via.ADMIN),
            (first.pk, "administrator", Via.ADMIN),
        ]

    def test_the_later_of_two_who_change_one_row_is_told_and_loses_nothing(
        self, first: Item, second: Item, owner: Owner, administrator: User, other: User, sign_in: SignIn
    ) -> None:
        a, b = sign_in(administrator), sign_in(other)
        as_a, as_b = read_list(a), read_list(b)
        as_b |= {f"{row(as_b, first)}notes": "from B", f"{row(as_b, first)}owner": str(owner.pk)}
        b.post(LIST, as_b)

        as_a |= {f"{row(as_a, first)}status": Status.DONE, f"{row(as_a, second)}status": Status.DONE}
        answer = a.post(LIST, as_a)

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "other changed this item after you opened it" in page
        assert "<li>Notes: from B</li>" in page
        assert "<li>Owner: 干部一处</li>" in page
        assert "<li>Status: Not started</li>" in page
        assert state(first)["status"] == Status.NOT_STARTED
        assert state(second)["status"] == Status.NOT_STARTED, "no row of a refused post is written"
        assert Update.objects.count() == 1

        again = FormReader(answer, "changelist-form").data | {"_save": "Save"}
        assert again[f"{row(again, first)}status"] == Status.DONE, "what was typed stays"
        assert again[f"{row(again, first)}notes"] == "from B", "what was not touched shows what is true"
        assert a.post(LIST, again).status_code == 302
        assert state(first) == {**UNTOUCHED, "status": Status.DONE, "owner": owner, "notes": "from B"}
        assert state(second)["status"] == Status.DONE
        assert Update.objects.count() == 3

    def test_a_refused_row_stands_beside_its_own_title_when_the_filter_no_longer_finds_it(
        self, first: Item, second: Item, administrator: User, other: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)
        only_new = "?status__exact=not_started"
        as_a = read_list(a, only_new)
        change(first, by=other, status=Status.DONE)
        as_a[f"{row(as_a, first)}notes"] = "from A"

        page = a.post(LIST + only_new, as_a).content.decode()

        in_row = page[page.index("from A") - 6000 : page.index("from A")]
        assert ">1.1.1</a>" in in_row[in_row.rindex("<tr>") :]

    def test_one_who_is_overtaken_between_check_and_lock_is_told_the_same(
        self,
        first: Item,
        second: Item,
        administrator: User,
        other: User,
        sign_in: SignIn,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        a = sign_in(administrator)
        as_a = read_list(a)
        as_a |= {f"{row(as_a, first)}notes": "from A", f"{row(as_a, second)}notes": "from A"}
        save = ItemAdmin._save_formset  # type: ignore[attr-defined]
        view = OneTransactionAdmin.changelist_view

        def find_another_ahead(self: ItemAdmin, request: Any, formset: Any) -> None:
            save(self, request, formset)
            raise StaleVersion(second)

        def let_the_other_end_first(self: ItemAdmin, *args: Any) -> Any:
            try:
                return view(self, *args)
            except StaleVersion:
                change(second, by=other, notes="just before")
                raise

        monkeypatch.setattr(ItemAdmin, "_save_formset", find_another_ahead)
        monkeypatch.setattr(OneTransactionAdmin, "changelist_view", let_the_other_end_first)
        answer = a.post(LIST, as_a)

        assert answer.status_code == 200
        assert "<li>Notes: just before</li>" in answer.content.decode()
        assert state(first)["notes"] == "", "the row before it in the same post is rolled back"
        assert state(second)["notes"] == "just before"
        assert Update.objects.get().by_name == "other"
        assert not LogEntry.objects.exists()

    def test_blocking_an_item_or_moving_its_due_date_asks_for_a_reason_below_the_list(
        self, first: Item, second: Item, administrator: User, sign_in: SignIn
    ) -> None:
        change(second, by=administrator, due=date(2026, 12, 1))
        a = sign_in(administrator)
        data = read_list(a)
        data |= {f"{row(data, first)}status": Status.BLOCKED, f"{row(data, second)}due": "2027-01-01"}

        for reason in ("", "x" * 501):
            refused = a.post(LIST, data | {"reason": reason})
            assert refused.status_code == 200
            assert len([form for form in refused.context["cl"].formset if form.non_field_errors()]) == 2
        assert Update.objects.count() == 1
        again = FormReader(refused, "changelist-form").data
        assert again["reason"] == "x" * 501
        assert a.post(LIST, again | {"reason": "no budget", "_save": "Save"}).status_code == 302

        assert [update.reason for update in Update.objects.order_by("id")[1:]] == ["no budget"] * 2
        assert state(first)["status"] == Status.BLOCKED
        assert state(second)["due"] == date(2027, 1, 1)

    def test_an_untouched_save_writes_nothing(
        self, first: Item, second: Item, administrator: User, other: User, sign_in: SignIn
    ) -> None:
        change(first, by=other, notes="one\ntwo\n", due=date(2026, 12, 1), status=Status.DONE)
        a = sign_in(administrator)
        as_a = read_list(a)
        change(second, by=other, notes="meanwhile")

        assert a.post(LIST, as_a).status_code == 302

        assert Update.objects.count() == 2
        assert state(second)["notes"] == "meanwhile"
        assert not LogEntry.objects.exists()

    def test_notes_keep_their_line_breaks_as_one_character(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)
        as_a = read_list(a)
        as_a[f"{row(as_a, first)}notes"] = "one\r\ntwo\r\n\r\nthree"
        a.post(LIST, as_a)

        assert state(first)["notes"] == "one\ntwo\n\nthree"
        a.post(LIST, read_list(a))
        assert Update.objects.count() == 1, "reading it back and saving is no change"


@pytest.mark.usefixtures("staff")
class TestTwoPeopleOnAPage:
    def test_a_save_records_what_was_touched_with_its_reason(
        self, first: Item, owner: Owner, administrator: User, other: User, sign_in: SignIn
    ) -> None:
        change(first, by=other, notes="before")
        a = sign_in(administrator)

        data = read_page(a, first) | {"due": "2026-12-31", "owner": str(owner.pk), "reason": "agreed today"}
        assert a.post(page_of(first), data).status_code == 302

        update = first.updates.first()
        assert update is not None
        written = {"owner": owner, "due": date(2026, 12, 31), "notes": "before"}
        assert update.state() == {**UNTOUCHED, **written}
        assert (update.by_name, update.reason, update.via) == ("administrator", "agreed today", Via.ADMIN)
        journal = a.get(page_of(first)).content.decode()
        assert journal.index("agreed today") < journal.rindex("before"), "newest first"

    def test_the_later_of_two_is_told_and_loses_nothing(
        self, first: Item, administrator: User, other: User, sign_in: SignIn
    ) -> None:
        change(first, by=other, notes="at first")
        a = sign_in(administrator)
        data = read_page(a, first)
        change(find_item(first.checklist), by=other, notes="from B", status=Status.DONE)

        answer = a.post(page_of(first), data | {"notes": "from A", "reason": "mine"})

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "other changed this item after you opened it" in page
        assert "<li>Notes: from B</li>" in page
        assert "<li>Status: Done</li>" in page
        assert state(first)["notes"] == "from B"
        again = FormReader(answer, "item_form").data
        assert (again["notes"], again["reason"], again["status"]) == ("from A", "mine", Status.DONE)
        assert a.post(page_of(first), again).status_code == 302
        assert state(first) == {**UNTOUCHED, "status": Status.DONE, "notes": "from A"}

    def test_one_who_is_overtaken_between_check_and_lock_is_told_the_same(
        self, first: Item, administrator: User, other: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a = sign_in(administrator)
        data = read_page(a, first) | {"notes": "from A"}
        read = ItemAdmin._changeform_view  # type: ignore[attr-defined]
        record, runs = Item.change, []

        def overtaken(self: Item, values: Any, **how: Any) -> None:
            raise StaleVersion(self)

        def read_again_after_another(self: ItemAdmin, *args: Any) -> Any:
            runs.append(args)
            if len(runs) == 2:  # what the first run wrote is rolled back; the other's is there to stay
                record(
                    first,
                    {"notes": "just before"},
                    version=1,
                    by=other,
                    at=first.checklist.opened_at,
                    via=Via.PAGE,
                )
            return read(self, *args)

        monkeypatch.setattr(Item, "change", overtaken)
        monkeypatch.setattr(ItemAdmin, "_changeform_view", read_again_after_another)
        answer = a.post(page_of(first), data)

        assert answer.status_code == 200
        assert "<li>Notes: just before</li>" in answer.content.decode()
        assert FormReader(answer, "item_form").data["notes"] == "from A"
        assert Update.objects.get().by_name == "other"

    def test_dropping_an_item_asks_for_a_reason_beside_the_field(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)

        answer = a.post(page_of(first), read_page(a, first) | {"status": Status.DROPPED})

        assert "reason" in answer.context["adminform"].errors
        assert not Update.objects.exists()

    def test_an_untouched_save_writes_nothing_and_a_reason_alone_is_refused(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)

        assert a.post(page_of(first), read_page(a, first)).status_code == 302
        answer = a.post(page_of(first), read_page(a, first) | {"reason": "none"})

        assert "this reason would stand nowhere" in answer.content.decode()
        assert not Update.objects.exists()


@pytest.mark.usefixtures("staff")
class TestRights:
    def test_a_viewer_reads_the_list_and_changes_nothing(
        self, first: Item, administrator: User, viewer: User, sign_in: SignIn
    ) -> None:
        forged = read_list(sign_in(administrator))
        forged[f"{row(forged, first)}notes"] = "forged"
        v = sign_in(viewer)

        listed = v.get(LIST)
        assert "1.1.1" in listed.content.decode()
        assert listed.context["cl"].formset is None
        assert "notes" not in read_page(v, first)
        assert v.post(LIST, forged).status_code == 403
        assert v.post(page_of(first), {"notes": "forged", "version": "1"}).status_code == 403
        assert not Update.objects.exists()

    def test_an_editor_writes_the_rows_of_their_owner_and_no_others(
        self, first: Item, second: Item, owner: Owner, administrator: User, editor: User, sign_in: SignIn
    ) -> None:
        change(first, by=administrator, owner=owner)
        e = sign_in(editor)
        data = read_list(e)
        assert f"{row(data, first)}notes" in data
        assert f"{row(data, first)}owner" not in data, "an editor hands nothing over"
        assert f"{row(data, second)}notes" not in data

        forged = data | {f"{row(data, second)}notes": "forged", f"{row(data, second)}version": "1"}
        answer = e.post(LIST, forged)
        assert "You may not change this item" in answer.content.decode()
        e.post(LIST, data | {f"{row(data, first)}notes": "mine", f"{row(data, first)}owner": ""})

        assert state(first) == {**UNTOUCHED, "owner": owner, "notes": "mine"}
        assert state(second)["notes"] == ""
        assert e.post(page_of(second), {"notes": "forged", "version": "1"}).status_code == 403
        page = read_page(e, first)
        assert "owner" not in page
        assert e.post(page_of(first), page | {"owner": "", "notes": "again"}).status_code == 302
        assert (state(first)["owner"], state(first)["notes"]) == (owner, "again")

    def test_an_editor_whose_item_was_handed_over_meanwhile_sees_what_they_typed(
        self, first: Item, second: Item, owner: Owner, administrator: User, editor: User, sign_in: SignIn
    ) -> None:
        change(first, by=administrator, owner=owner)
        change(second, by=administrator, owner=owner)
        e = sign_in(editor)
        data = read_list(e)
        change(first, by=administrator, owner=make_owner(first.checklist, "考核办"))

        touched = e.post(LIST, data | {f"{row(data, first)}notes": "a long text"})
        untouched = e.post(LIST, data | {f"{row(data, second)}notes": "fine"})

        assert "<li>Notes: a long text</li>" in touched.content.decode()
        assert state(first)["notes"] == ""
        assert untouched.status_code == 302
        assert state(second)["notes"] == "fine"

    def test_an_owner_of_another_checklist_is_refused(
        self, first: Item, administrator: User, stranger: User, sign_in: SignIn
    ) -> None:
        foreign = make_owner(Checklist.objects.get(slug="elsewhere"), "外单位")
        a = sign_in(administrator)
        data = read_list(a)
        assert "外单位" not in a.get(LIST).content.decode()

        in_list = a.post(LIST, data | {f"{row(data, first)}owner": str(foreign.pk)})
        on_page = a.post(page_of(first), read_page(a, first) | {"owner": str(foreign.pk)})

        assert "Select a valid choice" in in_list.content.decode()
        assert "Select a valid choice" in on_page.content.decode()
        assert not Update.objects.exists()

    def test_a_stranger_finds_no_item_of_another_checklist(
        self, first: Item, administrator: User, stranger: User, sign_in: SignIn
    ) -> None:
        forged = read_list(sign_in(administrator))
        forged[f"{row(forged, first)}notes"] = "forged"
        s = sign_in(stranger)

        assert first.pk not in {item.pk for item in s.get(LIST).context["cl"].result_list}
        assert s.get(page_of(first)).status_code == 302
        assert s.post(LIST, forged).status_code == 403
        assert not Update.objects.exists()

    def test_a_superuser_without_a_membership_reads_all_and_annotates_nothing(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        forged = read_list(sign_in(administrator))
        forged[f"{row(forged, first)}notes"] = "forged"
        s = sign_in(User.objects.create_superuser("root"))

        assert len(s.get(LIST).context["cl"].result_list) == Item.objects.count()
        assert s.post(LIST, forged).status_code == 403
        assert s.post(page_of(first), {"notes": "forged", "version": "1"}).status_code == 403
        assert not Update.objects.exists()

    def test_a_closed_checklist_rests(
        self, first: Item, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)
        data = read_list(a)
        Checklist.objects.filter(pk=checklist.pk).update(status=ChecklistStatus.CLOSED)

        a.post(LIST, data | {f"{row(data, first)}notes": "late"})

        assert not Update.objects.exists()

    def test_nobody_adds_or_deletes_items(self, first: Item, sign_in: SignIn) -> None:
        s = sign_in(User.objects.create_superuser("root"))

        assert s.get(f"{LIST}add/").status_code == 403
        assert s.post(f"{LIST}{first.pk}/delete/", {"post": "yes"}).status_code == 403
        assert s.get(LIST).context["action_form"] is None

    def test_one_who_is_not_staff_is_sent_away(self, administrator: User, sign_in: SignIn) -> None:
        User.objects.update(is_staff=False)

        assert sign_in(administrator).get(LIST).status_code == 302


@pytest.mark.parametrize("model", ["catalogue", "pillar", "section", "measure"])
def test_the_catalogue_is_read_only_even_for_a_superuser(
    model: str, checklist: Checklist, sign_in: SignIn
) -> None:
    s = sign_in(User.objects.create_superuser("root"))
    name = f"admin:measures_{model}"
    row = s.get(reverse(f"{name}_changelist")).context["cl"].result_list[0]
    page = reverse(f"{name}_change", args=[row.pk])

    shown = s.get(page).content.decode()
    assert all(text in shown for text in (row.title_en, row.title_zh_hans, row.title_zh_hant))
    assert s.post(page, {"title_en": "forged"}).status_code == 403
    assert s.get(reverse(f"{name}_add")).status_code == 403
    assert s.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_list_of_the_catalogue_speaks_the_readers_language(checklist: Checklist, sign_in: SignIn) -> None:
    s = sign_in(User.objects.create_superuser("root"))

    page = s.get("/admin/measures/pillar/", headers={"accept-language": "zh-hant"}).content.decode()

    assert Pillar.objects.get(code="1").title_zh_hant in page  # type: ignore[attr-defined]


class TestChecklists:
    URL = "/admin/measures/checklist/"

    def test_adding_one_opens_it_with_its_items(self, checklist: Checklist, sign_in: SignIn) -> None:
        s = sign_in(User.objects.create_superuser("root"))
        fields = {"slug": "zhengzhou", "name": "郑州", "catalogue": checklist.catalogue_id}

        assert s.post(f"{self.URL}add/", fields | {"parent": checklist.pk}).status_code == 302

        made = Checklist.objects.get(slug="zhengzhou")
        assert made.items.count() == Measure.objects.count() == 12
        assert made.path == "/henan/zhengzhou/"
        assert made.opened_at is not None

    def test_its_administrator_renames_it_but_its_address_and_catalogue_stay(
        self, staff: None, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        page = f"{self.URL}{checklist.pk}/change/"
        new = {"name": "河南省", "period": "2027", "slug": "else", "catalogue": make_catalogue(slug="b").pk}

        assert sign_in(administrator).post(page, new | {"status": "closed"}).status_code == 302

        now = Checklist.objects.get(pk=checklist.pk)
        assert (now.name, now.period, now.status) == ("河南省", "2027", "open")
        assert (now.slug, now.catalogue_id) == ("henan", checklist.catalogue_id)

    def test_a_parent_that_lies_below_is_an_error_beside_the_field(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=make_checklist("middle", "中", parent=checklist))
        s = sign_in(User.objects.create_superuser("root"))

        answer = s.post(
            f"{self.URL}{checklist.pk}/change/",
            {"name": "河南", "status": "open", "parent": below.pk, "reason": "区划调整"},
        )

        assert answer.context["adminform"].errors["parent"] == [
            "This checklist lies below the one that you move. Choose another parent."
        ]

    def test_its_administrator_neither_moves_nor_closes_nor_reopens_it(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=checklist)
        user = make_user("lower", below, Role.ADMINISTRATOR)
        User.objects.filter(pk=user.pk).update(is_staff=True)
        page = f"{self.URL}{below.pk}/change/"
        elsewhere = make_checklist("elsewhere", "别处")
        client = sign_in(user)

        shown = client.get(page).context["adminform"]
        for parent in ("", elsewhere.pk):
            sent = {"name": "新名", "status": "closed", "parent": parent, "reason": "不想再报"}
            assert client.post(page, sent).status_code == 302

        assert not {"parent", "status", "reason"} & {*shown.form.fields}
        now = Checklist.objects.get(pk=below.pk)
        assert (now.name, now.path, now.status) == ("新名", "/henan/below/", "open")
        below.turn(ChecklistStatus.CLOSED, at=NOW, by=user, reason="机构改革")
        client.post(page, {"name": "新名", "status": "open", "reason": "再开"})
        assert not Checklist.objects.get(pk=below.pk).is_open

    def test_who_administers_the_checklist_above_too_moves_and_closes_it_with_a_reason(
        self, staff: None, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=checklist)
        beside = make_checklist("beside", "旁边", parent=checklist)
        elsewhere = make_checklist("foreign", "外省")
        Membership.objects.create(user=administrator, checklist=below, role=Role.ADMINISTRATOR)
        page, client = f"{self.URL}{below.pk}/change/", sign_in(administrator)
        sent = {"name": "下级", "status": "closed", "parent": beside.pk}

        wrong = {
            "reason": sent,
            "parent": sent | {"parent": elsewhere.pk, "reason": "区划调整"},
            "parent ": sent | {"parent": "", "reason": "区划调整"},
            "reason ": {"name": "下级", "status": "open", "parent": checklist.pk, "reason": "无事"},
        }
        for field, data in wrong.items():
            assert client.post(page, data).context["adminform"].errors.keys() == {field.strip()}, data
        assert Checklist.objects.get(pk=below.pk).path == "/henan/below/"
        assert client.post(page, sent | {"reason": "区划调整"}).status_code == 302

        now = Checklist.objects.get(pk=below.pk)
        assert (now.path, now.status) == ("/henan/beside/below/", "closed")
        turned, moved = AuditRecord.objects.filter(action="checklist_changed").order_by("-pk")
        assert json.loads(moved.after)["reason"] == json.loads(turned.after)["reason"] == "区划调整"
        assert json.loads(moved.after)["path"] == now.path
        assert (json.loads(turned.before)["status"], json.loads(turned.after)["status"]) == ("open", "closed")

    def test_a_superuser_moves_one_to_the_top_and_closes_it_with_a_reason(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=checklist)
        client = sign_in(User.objects.create_superuser("root"))
        sent = {"name": "下级", "status": "closed", "parent": ""}

        refused = client.post(f"{self.URL}{below.pk}/change/", sent)
        assert refused.context["adminform"].errors.keys() == {"reason"}
        assert client.post(f"{self.URL}{below.pk}/change/", sent | {"reason": "省直管"}).status_code == 302

        now = Checklist.objects.get(pk=below.pk)
        assert (now.path, now.parent, now.status) == ("/below/", None, "closed")

    def test_a_place_that_would_be_too_deep_is_an_error_beside_the_field(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        client = sign_in(User.objects.create_superuser("root"))
        deep = checklist
        for number in range(19):
            deep = make_checklist(f"{'x' * 47}-{number:02}", "深", parent=deep)
        other = make_checklist(f"{'y' * 50}", "别处")
        fresh = {"slug": "z" * 50, "name": "新", "catalogue": checklist.catalogue_id, "parent": deep.pk}
        moved = {"name": "别处", "status": "open", "parent": deep.pk, "reason": "区划调整"}

        for page, data in (("add/", fresh), (f"{other.pk}/change/", moved)):
            answer = client.post(f"{self.URL}{page}", data)
            assert answer.status_code == 200, page
            assert answer.context["adminform"].errors.keys() == {"parent"}

    def test_nobody_deletes_one_and_only_a_superuser_opens_one(
        self, staff: None, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        s = sign_in(User.objects.create_superuser("root"))

        assert s.post(f"{self.URL}{checklist.pk}/delete/", {"post": "yes"}).status_code == 403
        assert sign_in(administrator).get(f"{self.URL}add/").status_code == 403


@pytest.mark.usefixtures("staff")
class TestOwnersAndMembers:
    def test_an_administrator_manages_their_own_checklist_only(
        self, checklist: Checklist, administrator: User, stranger: User, owner: Owner, sign_in: SignIn
    ) -> None:
        elsewhere = Checklist.objects.get(slug="elsewhere")
        a, s = sign_in(administrator), sign_in(stranger)

        assert (
            a.post("/admin/measures/owner/add/", {"checklist": checklist.pk, "name": "新"}).status_code == 302
        )
        refused = a.post("/admin/measures/owner/add/", {"checklist": elsewhere.pk, "name": "新"})
        assert "checklist" in refused.context["adminform"].errors
        assert s.post(f"/admin/measures/owner/{owner.pk}/change/", {"name": "forged"}).status_code == 302
        assert s.get("/admin/measures/checklist/").context["cl"].result_count == 1
        assert not Owner.objects.filter(name="forged").exists()

    def test_an_editor_and_a_viewer_manage_nothing(
        self, editor: User, viewer: User, owner: Owner, sign_in: SignIn
    ) -> None:
        for user in (editor, viewer):
            client = sign_in(user)
            for model in ("checklist", "owner", "membership"):
                assert client.get(f"/admin/measures/{model}/").status_code == 403
            assert client.post(f"/admin/measures/owner/{owner.pk}/change/", {"name": "x"}).status_code == 403

    def test_renaming_an_owner_to_a_name_in_use_is_an_error_and_not_a_crash(
        self, checklist: Checklist, owner: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        taken = make_owner(checklist, "考核办")

        answer = sign_in(administrator).post(
            f"/admin/measures/owner/{owner.pk}/change/", {"name": taken.name}
        )

        assert "This checklist has an owner of this name already." in answer.content.decode()

    def test_an_owner_goes_only_if_nothing_needs_it(
        self, first: Item, owner: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        change(first, by=administrator, owner=owner)
        free = make_owner(first.checklist, "无事")
        a = sign_in(administrator)

        kept = a.post(f"/admin/measures/owner/{owner.pk}/delete/", {"post": "yes"})
        gone = a.post(f"/admin/measures/owner/{free.pk}/delete/", {"post": "yes"})

        assert "Cannot delete owner" in kept.content.decode()
        assert gone.status_code == 302
        assert set(Owner.objects.filter(checklist=first.checklist)) == {owner}

    def test_another_checklists_owner_is_an_error_beside_the_field(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        foreign = make_owner(Checklist.objects.get(slug="elsewhere"), "外单位")
        s = sign_in(User.objects.create_superuser("root"))
        new = {"user": make_user("new").pk, "checklist": checklist.pk, "role": "editor", "owner": foreign.pk}

        answer = s.post("/admin/measures/membership/add/", new)

        assert answer.context["adminform"].errors["owner"] == [
            "This owner belongs to another checklist. Choose one of this checklist."
        ]

    def test_a_known_checklist_offers_its_own_owners(
        self, checklist: Checklist, owner: Owner, editor: User, sign_in: SignIn
    ) -> None:
        make_owner(Checklist.objects.get(slug="elsewhere"), "外单位")
        s = sign_in(User.objects.create_superuser("root"))
        membership = Membership.objects.get(user=editor)
        pages = [
            f"/admin/measures/membership/{membership.pk}/change/",
            f"/admin/measures/membership/add/?checklist={checklist.pk}",
        ]

        for page in pages:
            shown = s.get(page).content.decode()
            assert owner.name in shown
            assert "外单位" not in shown

    def test_a_member_is_given_another_role_and_taken_out(
        self, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        membership = Membership.objects.get(user=editor)
        a = sign_in(administrator)
        page = f"/admin/measures/membership/{membership.pk}"

        answer = a.post(f"{page}/change/", {"role": "viewer", "owner": membership.owner_id})
        assert "An editor acts for an owner; the other roles act for none." in answer.content.decode()
        assert a.post(f"{page}/change/", {"role": "viewer", "owner": ""}).status_code == 302
        assert Membership.objects.get(user=editor).role == Role.VIEWER
        assert a.post(f"{page}/delete/", {"post": "yes"}).status_code == 302
        assert not Membership.objects.filter(user=editor).exists()


def queries(act: Callable[[], Any], status: int = 200) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert act().status_code == status
    return len(caught)


@pytest.mark.django_db
def test_the_list_costs_the_same_for_20_and_200_items(sign_in: SignIn) -> None:
    counts = {}
    for size, measures in ((20, 5), (200, 50)):
        checklist = make_checklist(f"c{size}", f"c{size}", make_catalogue(2, 2, measures, slug=f"c{size}"))
        owners = [make_owner(checklist, f"o{n}") for n in range(size // 10)]
        user = make_user(f"u{size}", checklist, Role.ADMINISTRATOR)
        User.objects.filter(pk=user.pk).update(is_staff=True)
        for place, item in enumerate(checklist.items.all()):
            change(item, by=user, owner=owners[place % len(owners)])
        client = sign_in(user)
        ContentType.objects.get_for_model(Item)  # Django reads it once per process
        shown = queries(partial(client.get, LIST))
        data = read_list(client)
        data["form-3-notes"] = "one row of many"
        saved = queries(partial(client.post, LIST, data), 302)
        counts[size] = (shown, saved)

    assert counts[20] == counts[200]
    assert len(data) < 1000, "Django refuses posts of more fields"


@pytest.mark.django_db
def test_the_longest_list_that_shows_all_can_still_be_saved(sign_in: SignIn) -> None:
    checklist = make_checklist(catalogue=make_catalogue(1, 1, ItemAdmin.list_max_show_all))
    user = make_user("administrator", checklist, Role.ADMINISTRATOR)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = sign_in(user)
    data = read_list(client, "?all=")
    shown = int(data["form-TOTAL_FORMS"])
    assert shown == ItemAdmin.list_max_show_all

    data[f"form-{shown - 1}-notes"] = "the last"

    assert client.post(f"{LIST}?all=", data).status_code == 302
    assert Update.objects.get().notes == "the last"


@pytest.mark.usefixtures("staff")
def test_the_list_finds_by_code_titles_and_notes_and_filters(
    checklist: Checklist, first: Item, administrator: User, sign_in: SignIn
) -> None:
    change(first, by=administrator, notes="独特", status=Status.DONE)
    a = sign_in(administrator)

    def found(query: str) -> list[str]:
        return [item.measure.code for item in a.get(LIST + query).context["cl"].result_list]

    assert found("?q=独特") == found("?status__exact=done") == found("?q=繁 措施 1.1.1") == ["1.1.1"]
    assert found("?q=1.2.3") == ["1.2.3"]
    section = first.measure.section
    assert found(f"?measure__section__id__exact={section.pk}") == ["1.1.1", "1.1.2", "1.1.3"]
    assert len(found(f"?measure__section__pillar__id__exact={section.pillar_id}")) == 6
    assert len(found(f"?checklist__id__exact={checklist.pk}")) == 12


def test_a_forged_journal_form_names_no_owner_of_another_checklist(
    checklist: Checklist, administrator: User, stranger: User, sign_in: SignIn
) -> None:
    make_owner(Checklist.objects.get(slug="elsewhere"), "别处的单位")
    administrator.is_staff = True
    administrator.save()

    forged = {"updates-TOTAL_FORMS": "2", "updates-INITIAL_FORMS": "0", "version": "1"}
    response = sign_in(administrator).post(page_of(find_item(checklist)), forged)

    assert "别处的单位" not in response.content.decode()


@pytest.mark.parametrize("key", ["item", "", "9" * 40, "00000000-0000-4000-8000-000000000000"])
def test_an_action_on_keys_that_cannot_be_is_a_bad_request(
    key: str, checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    administrator.is_staff = True
    administrator.save()

    data = {"action": "delete_selected", "_selected_action": [key], "index": "0"}
    assert sign_in(administrator).post("/admin/measures/owner/", data).status_code == 400


@pytest.mark.parametrize("lookup", ["id__range", "notes__regex", "owner__name__iregex", "due__gte", "pk"])
def test_the_admin_finds_nothing_by_lookups_that_its_filters_do_not_use(
    lookup: str, checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    administrator.is_staff = True
    administrator.save()

    for value in ("", "(a+)+$"):
        assert sign_in(administrator).get("/admin/measures/item/", {lookup: value}).status_code == 400
    assert sign_in(administrator).get("/admin/measures/item/?status__exact=done").status_code == 200


def test_a_thousand_values_of_a_filter_of_the_admin_are_a_bad_request(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    administrator.is_staff = True
    administrator.save()
    client = sign_in(administrator)

    assert client.get("/admin/measures/item/", {"status": ["done"] * 1_000}).status_code == 400
    assert client.get("/admin/measures/item/", {"status__exact": "done"}).status_code == 200
