"""One item's page: annotating it, losing nothing to anyone, and its journal."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from measures.choices import ChecklistStatus, Side, Status, Via
from measures.models import Checklist, Item, NewEntry, Owner, write_entries
from tests.make import NOW, SignIn, change, find_item, make_owner

ADDRESS = "/checklists/henan/items/1.1.1/"


ENDS = ("1.1.1", "1.1.2", "2.2.3")


def page_of(code: str) -> str:
    return reverse("item", args=["henan", code])


def annotate(client: Client, item: Item, **values: object) -> Any:
    """Send the form as the page shows it for this item, with some fields changed."""
    shown: dict[str, object] = {
        "status": item.status,
        "owner": item.owner_id or "",
        "due": item.due or "",
        "notes": item.notes,
        "version": item.version,
        "reason": "",
    }
    return client.post(item.get_absolute_url(), shown | values, headers={"Accept-Language": "en"})


def test_an_administrator_annotates_an_item(
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    sign_in: SignIn,
) -> None:
    item = find_item(checklist)

    response = annotate(
        sign_in(administrator),
        item,
        status="in_progress",
        owner=owner.pk,
        due="2026-12-31",
        notes="已印发通知\r\n下一步：汇总",
        reason="月度填报",
    )

    assert response.status_code == 302
    item.refresh_from_db()
    assert (item.status, item.owner, str(item.due)) == ("in_progress", owner, "2026-12-31")
    assert item.notes == "已印发通知\n下一步：汇总"
    assert (item.version, item.updated_by) == (2, administrator)
    update = item.updates.get()
    assert update.state() == item.state()
    assert (update.reason, update.by_name, update.via) == ("月度填报", "administrator", Via.PAGE)


def test_saving_without_a_change_writes_nothing(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    item = find_item(checklist)

    annotate(sign_in(administrator), item)

    item.refresh_from_db()
    assert item.version == 1
    assert not item.updates.exists()


def test_whoever_was_slower_sees_both_texts_and_loses_nothing(
    checklist: Checklist,
    administrator: User,
    sign_in: SignIn,
) -> None:
    colleague = User.objects.create_user("li", first_name="明", last_name="李")
    item = find_item(checklist)
    change(find_item(checklist), by=colleague, notes="李明写的", status=Status.BLOCKED)
    client = sign_in(administrator)

    response = annotate(client, item, notes="我写的", status="done")

    page = response.content.decode()
    assert response.status_code == 409
    assert "李明 changed this item while you were writing" in page
    assert "李明写的" in page
    assert page.count("我写的") == 2  # in the comparison and still in the form
    item.refresh_from_db()
    assert (item.notes, item.status) == ("李明写的", "blocked")

    again = response.context["form"]
    assert again["version"].value() == "2"
    annotate(client, item, notes="我写的", status="done", version=2)
    item.refresh_from_db()
    assert (item.notes, item.status, item.updates.count()) == ("我写的", "done", 2)


def test_an_editor_changes_the_items_of_their_own_owner_only(
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    editor: User,
    sign_in: SignIn,
) -> None:
    change(find_item(checklist, "1.1.1"), by=administrator, owner=owner)
    change(find_item(checklist, "1.1.2"), by=administrator, owner=make_owner(checklist, "干部二处"))
    client = sign_in(editor)

    assert annotate(client, find_item(checklist, "1.1.1"), status="done").status_code == 302
    for code in ("1.1.2", "1.1.3"):
        assert annotate(client, find_item(checklist, code), status="done").status_code == 403
        assert find_item(checklist, code).status == Status.NOT_STARTED


def test_an_editor_cannot_hand_an_item_to_another_owner(
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    editor: User,
    sign_in: SignIn,
) -> None:
    other = make_owner(checklist, "干部二处")
    change(find_item(checklist), by=administrator, owner=owner)

    annotate(sign_in(editor), find_item(checklist), owner=other.pk, status="done")

    item = find_item(checklist)
    assert (item.owner, item.status) == (owner, Status.DONE)


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_only_reads_sees_no_form_and_is_refused(
    request: pytest.FixtureRequest,
    checklist: Checklist,
    role: str,
    sign_in: SignIn,
) -> None:
    client = sign_in(request.getfixturevalue(role))

    assert 'name="notes"' not in client.get(ADDRESS).content.decode()
    assert annotate(client, find_item(checklist), status="done").status_code == 403
    assert find_item(checklist).version == 1


def test_a_stranger_finds_no_such_page(checklist: Checklist, stranger: User, sign_in: SignIn) -> None:
    client = sign_in(stranger)

    assert client.get(ADDRESS).status_code == 404
    assert annotate(client, find_item(checklist), status="done").status_code == 404


def test_a_closed_checklist_takes_no_change(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    checklist.turn(ChecklistStatus.CLOSED, at=NOW, by=administrator, reason="年度结束")

    assert annotate(sign_in(administrator), find_item(checklist), status="done").status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "finished"),
        ("due", "31/31/2026"),
        ("notes", "长" * 10_001),
        ("notes", "a\x00b"),
        ("owner", "999999"),
        ("version", ""),
        ("reason", "x" * 501),
    ],
)
def test_bad_input_is_explained_and_nothing_typed_is_lost(
    checklist: Checklist,
    administrator: User,
    sign_in: SignIn,
    field: str,
    value: str,
) -> None:
    typed = {"notes": "刚刚写好的一段", "reason": "为了测试", field: value}

    response = annotate(sign_in(administrator), find_item(checklist), **typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    if field != "notes":
        assert "刚刚写好的一段" in page
    if field != "reason":
        assert "为了测试" in page
    assert find_item(checklist).version == 1


def test_an_owner_of_another_checklist_is_refused(
    checklist: Checklist,
    stranger: User,
    administrator: User,
    sign_in: SignIn,
) -> None:
    foreign = make_owner(Checklist.objects.get(slug="elsewhere"), "别处一处")

    response = annotate(sign_in(administrator), find_item(checklist), owner=foreign.pk)

    assert response.status_code == 422
    assert "别处一处" not in response.content.decode()


def test_the_journal_tells_what_each_update_changed(
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    viewer: User,
    sign_in: SignIn,
) -> None:
    change(find_item(checklist), by=administrator, status=Status.IN_PROGRESS, notes="第一行")
    change(find_item(checklist), by=administrator, owner=owner, notes="第一行\n第二行", reason="补充")

    journal = sign_in(viewer).get(ADDRESS, headers={"Accept-Language": "en"}).context["journal"]

    newest, oldest = journal
    assert [(d.label, d.before, d.after) for d in newest.differences] == [
        ("Owner", "", "干部一处"),
        ("Notes", "第一行", "第一行\n第二行"),
    ]
    assert newest.differences[1].lines == [("+", "第二行")]
    assert [(d.label, d.before, d.after) for d in oldest.differences] == [
        ("Status", "Not started", "In progress"),
        ("Notes", "", "第一行"),
    ]


def test_a_long_journal_is_cut_and_can_be_shown_whole(
    checklist: Checklist,
    administrator: User,
    sign_in: SignIn,
) -> None:
    for number in range(32):
        change(find_item(checklist), by=administrator, notes=f"第{number}次")
    client = sign_in(administrator)

    short, whole = client.get(ADDRESS), client.get(ADDRESS + "?journal=all")

    assert len(short.context["journal"]) == 30
    assert short.context["journal"][-1].differences[0].before == "第1次"
    assert len(whole.context["journal"]) == 32


def test_the_page_asks_for_no_kind_of_which_there_is_nothing(
    checklist: Checklist,
    owner: Owner,
    administrator: User,
    sign_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, item = sign_in(administrator), find_item(checklist)
    change(item, by=administrator, owner=owner)
    new = NewEntry(item.pk, progress="进展", version=item.version, values={})

    # Session, roles, item, periods, journal, what waits for the user, names of units.
    with django_assert_max_num_queries(7):
        bare = client.get(ADDRESS)
    write_entries([new], side=Side.OFFICE, by=administrator, at=NOW, via=Via.PAGE)
    with django_assert_max_num_queries(8):
        reported = client.get(ADDRESS)

    assert not bare.context["entries"].shown
    assert [one.entry.progress for one in reported.context["entries"].shown] == ["进展"]


def test_the_first_and_the_last_item_lead_to_one_other(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    beside = [(one.context["before"], one.context["after"]) for one in map(client.get, map(page_of, ENDS))]

    assert beside == [(None, "1.1.2"), ("1.1.1", "1.1.3"), ("2.2.2", None)]


def test_the_page_says_where_the_measure_stands_in_the_article(
    checklist: Checklist,
    viewer: User,
    sign_in: SignIn,
) -> None:
    page = sign_in(viewer).get(reverse("item", args=["henan", "2.1.3"]), headers={"Accept-Language": "zh-TW"})
    text = page.content.decode()

    for words in ("繁 措施 2.1.3", "繁 详情 2.1.3", "詞 2.1.3", "第3句", "繁 板块 2.1"):
        assert words in text
