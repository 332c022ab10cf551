"""The admin's list of items: nobody's save undoes another's, and what the list finds."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.admin.audited import OneTransactionAdmin
from measures.admin.items import ItemAdmin
from measures.choices import Role, Status, Via
from measures.models import Checklist, Item, Owner, StaleVersion, Update
from measures.models.state import UNTOUCHED
from tests.admin_read import LIST, FormReader, read_list, row, state
from tests.make import SignIn, change, make_catalogue, make_checklist, make_owner, make_user

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.usefixtures("staff")
class TestTwoPeopleInTheList:
    def test_a_save_leaves_alone_what_another_wrote_meanwhile_in_another_row(
        self, first: Item, second: Item, administrator: User, other_administrator: User, sign_in: SignIn
    ) -> None:
        a, b = sign_in(administrator), sign_in(other_administrator)
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
        self,
        first: Item,
        second: Item,
        owner: Owner,
        administrator: User,
        other_administrator: User,
        sign_in: SignIn,
    ) -> None:
        a, b = sign_in(administrator), sign_in(other_administrator)
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
        self, first: Item, second: Item, administrator: User, other_administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)
        only_new = "?status__exact=not_started"
        as_a = read_list(a, only_new)
        change(first, by=other_administrator, status=Status.DONE)
        as_a[f"{row(as_a, first)}notes"] = "from A"

        page = a.post(LIST + only_new, as_a).content.decode()

        in_row = page[page.index("from A") - 6000 : page.index("from A")]
        assert ">1.1.1</a>" in in_row[in_row.rindex("<tr>") :]

    def test_one_who_is_overtaken_between_check_and_lock_is_told_the_same(
        self,
        first: Item,
        second: Item,
        administrator: User,
        other_administrator: User,
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
                change(second, by=other_administrator, notes="just before")
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
        self, first: Item, second: Item, administrator: User, other_administrator: User, sign_in: SignIn
    ) -> None:
        change(first, by=other_administrator, notes="one\ntwo\n", due=date(2026, 12, 1), status=Status.DONE)
        a = sign_in(administrator)
        as_a = read_list(a)
        change(second, by=other_administrator, notes="meanwhile")

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


@pytest.mark.usefixtures("staff", "first")
def test_each_cell_names_its_column_for_a_phone_shows_it_on_a_card(
    administrator: User, sign_in: SignIn
) -> None:
    page = sign_in(administrator).get(LIST, headers={"Accept-Language": "en"}).content.decode()

    rows = page.split('<table id="result_list">')[1].split("</table>")[0].split("<tbody>")[1].split("</tr>")
    for heading, name in (("Status", "status"), ("Owner", "owner"), ("Due", "due"), ("Notes", "notes")):
        assert f'<td data-label="{heading}" class="field-{name}' in rows[0]
    assert '<td class="action-checkbox">' in rows[0]


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
