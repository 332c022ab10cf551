"""Many items at once: a preview first, then one batch in one transaction, and the way back."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from measures.choices import Status, Via
from measures.models import Batch, Checklist, Owner
from tests.make import TODAY, SignIn, change, find_item, make_catalogue, make_checklist, make_owner

ENGLISH = {"Accept-Language": "en"}
ADDRESS = "/checklists/henan/items/bulk/"


def preview(client: Client, codes: str = "1.1.1,1.1.2", **fields: Any) -> Any:
    return client.post(ADDRESS, {"codes": codes, "preview": "1"} | fields, headers=ENGLISH)


def apply(client: Client, previewed: Any) -> Any:
    return client.post(ADDRESS, {"apply": "1", "token": previewed.context["token"]}, headers=ENGLISH)


def test_a_preview_says_what_would_change_and_writes_nothing(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    change(find_item(checklist, "1.1.2"), by=administrator, status=Status.DONE)

    plan = preview(sign_in(administrator), "1.1.1,1.1.2,1.1.3", status="done").context["plan"]

    assert [planned.item.measure.code for planned in plan.planned] == ["1.1.1", "1.1.3"]
    assert [(d.before, d.after) for d in plan.planned[0].differences] == [("Not started", "Done")]
    assert [item.measure.code for item in plan.unchanged] == ["1.1.2"]
    assert find_item(checklist, "1.1.1").version == 1


def test_applying_makes_one_batch_with_one_update_for_each_item(
    checklist: Checklist, owner: Owner, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    change(find_item(checklist, "1.1.1"), by=administrator, notes="原有")

    response = apply(
        client,
        preview(
            client,
            status="in_progress",
            owner=owner.pk,
            due="2026-12-31",
            append="统一\r\n安排",
            reason="部署",
        ),
    )

    batch = Batch.objects.get()
    assert response.headers["Location"] == reverse("items", args=["henan"])
    assert (batch.via, batch.by_name, batch.reason) == (Via.BULK, "administrator", "部署")
    first, second = find_item(checklist, "1.1.1"), find_item(checklist, "1.1.2")
    assert (first.status, first.owner, str(first.due)) == ("in_progress", owner, "2026-12-31")
    assert (first.notes, second.notes) == ("原有\n统一\n安排", "统一\n安排")
    assert [update.item for update in batch.updates.order_by("item")] == [first, second]
    assert all(update.reason == "部署" for update in batch.updates.all())


def test_all_that_the_filter_finds_can_be_changed(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)

    apply(client, preview(client, "", scope="filter", query="pillar=2&page=7", status="in_progress"))

    changed = checklist.items.filter(status="in_progress").values_list("measure__code", flat=True)
    assert {code[0] for code in changed} == {"2"}
    assert len(changed) == 6


def test_a_filter_with_a_bad_value_selects_nothing(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    response = preview(sign_in(administrator), "", scope="filter", query="pillar=9", status="done")

    assert response.context["count"] == 0


def test_more_than_a_thousand_ticks_fit_into_one_field(administrator: User, sign_in: SignIn) -> None:
    many = make_checklist("many", "多", make_catalogue(1, 2, 550, slug="many"))
    administrator.memberships.create(checklist=many, role="administrator")
    codes = ",".join(many.items.values_list("measure__code", flat=True))
    client = sign_in(administrator)
    address = reverse("bulk", args=["many"])

    shown = client.post(address, {"codes": codes, "preview": "1", "status": "done"})
    client.post(address, {"apply": "1", "token": shown.context["token"]})

    assert many.items.filter(status="done").count() == 1100


def test_an_editors_bulk_edit_leaves_other_owners_items_alone(
    checklist: Checklist, owner: Owner, administrator: User, editor: User, sign_in: SignIn
) -> None:
    change(find_item(checklist, "1.1.1"), by=administrator, owner=owner)
    client = sign_in(editor)

    shown = preview(client, status="done", owner=make_owner(checklist, "二处").pk)
    plan = shown.context["plan"]
    assert [item.measure.code for item, _why in plan.refused] == ["1.1.2"]
    apply(client, shown)

    first = find_item(checklist, "1.1.1")
    assert (first.status, first.owner) == ("done", owner)
    assert find_item(checklist, "1.1.2").status == Status.NOT_STARTED


def test_codes_of_another_checklist_are_not_found(
    checklist: Checklist, stranger: User, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(stranger)

    assert preview(client, status="done").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_only_reads_changes_nothing_together(
    request: pytest.FixtureRequest, role: str, sign_in: SignIn
) -> None:
    assert preview(sign_in(request.getfixturevalue(role)), status="done").status_code == 403


def test_what_somebody_changes_after_the_preview_is_left_alone_and_named(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    shown = preview(client, status="done")
    change(find_item(checklist, "1.1.2"), by=administrator, notes="抢先")

    page = client.get(apply(client, shown).headers["Location"], headers=ENGLISH).content.decode()

    assert "somebody changed it in the meantime: 1.1.2" in page
    assert find_item(checklist, "1.1.1").status == "done"
    assert (find_item(checklist, "1.1.2").status, find_item(checklist, "1.1.2").notes) == (
        "not_started",
        "抢先",
    )


@pytest.mark.parametrize("fields", [{"status": "blocked"}, {"status": "dropped"}, {"due": "2027-01-01"}])
def test_changes_that_need_a_reason_ask_for_it(
    checklist: Checklist, administrator: User, sign_in: SignIn, fields: dict[str, str]
) -> None:
    change(find_item(checklist, "1.1.1"), by=administrator, due=TODAY)
    client = sign_in(administrator)

    response = preview(client, **fields)

    assert response.status_code == 422
    assert response.context["form"].errors["reason"]
    assert preview(client, reason="因故", **fields).context["plan"].planned


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "__all__"),
        ({"due": "2026-12-01", "clear_due": "on"}, "clear_due"),
        ({"status": "finished"}, "status"),
        ({"due": "soon"}, "due"),
    ],
)
def test_bad_input_is_explained(
    administrator: User, sign_in: SignIn, fields: dict[str, str], wrong: str
) -> None:
    response = preview(sign_in(administrator), **fields)

    assert response.status_code == 422
    assert response.context["form"].errors[wrong]


def test_a_forged_or_foreign_preview_is_refused(
    checklist: Checklist, administrator: User, owner: Owner, sign_in: SignIn
) -> None:
    second = User.objects.create_user("second")
    second.memberships.create(checklist=checklist, role="administrator")
    token = preview(sign_in(administrator), status="done").context["token"]

    for client, sent in ((sign_in(second), token), (sign_in(administrator), token[:-2] + "xx")):
        response = client.post(ADDRESS, {"apply": "1", "token": sent})
        assert response.headers["Location"] == reverse("items", args=["henan"])

    assert not Batch.objects.exists()


def test_undo_gives_back_what_stood_before_and_is_a_batch_itself(
    checklist: Checklist, owner: Owner, administrator: User, sign_in: SignIn
) -> None:
    change(find_item(checklist, "1.1.1"), by=administrator, status=Status.BLOCKED, owner=owner, notes="原有")
    client = sign_in(administrator)
    apply(client, preview(client, status="done", append="完成"))
    batch = Batch.objects.get()

    client.post(reverse("undo", args=["henan", batch.pk]))

    first, second = find_item(checklist, "1.1.1"), find_item(checklist, "1.1.2")
    assert (first.status, first.owner, first.notes) == ("blocked", owner, "原有")
    assert (second.status, second.notes) == ("not_started", "")
    undo = batch.undone_by.get()
    assert (undo.via, undo.updates.count()) == (Via.UNDO, 2)

    client.post(reverse("undo", args=["henan", undo.pk]))
    assert find_item(checklist, "1.1.1").status == "done"


def test_undo_skips_what_was_changed_since_and_names_it(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    apply(client, preview(client, status="done"))
    batch = Batch.objects.get()
    change(find_item(checklist, "1.1.2"), by=administrator, notes="之后")

    assert "1.1.2" in client.get(batch.get_absolute_url()).content.decode()
    undone = client.post(reverse("undo", args=["henan", batch.pk]), headers=ENGLISH)
    page = client.get(undone.headers["Location"], headers=ENGLISH).content.decode()

    assert "somebody changed it after this batch: 1.1.2" in page
    assert (find_item(checklist, "1.1.1").status, find_item(checklist, "1.1.2").status) == (
        "not_started",
        "done",
    )


def test_undo_asks_for_the_right_to_each_item(
    checklist: Checklist, owner: Owner, administrator: User, editor: User, viewer: User, sign_in: SignIn
) -> None:
    change(find_item(checklist, "1.1.1"), by=administrator, owner=owner)
    client = sign_in(administrator)
    apply(client, preview(client, status="done"))
    address = reverse("undo", args=["henan", Batch.objects.get().pk])

    assert sign_in(viewer).post(address).status_code == 403
    sign_in(editor).post(address)

    assert find_item(checklist, "1.1.1").status == "not_started"
    assert find_item(checklist, "1.1.2").status == "done"


def test_a_batch_of_another_checklist_is_not_found(
    checklist: Checklist, stranger: User, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    apply(client, preview(client, status="done"))
    batch = Batch.objects.get()

    outsider = sign_in(stranger)
    assert outsider.get(reverse("batch", args=["elsewhere", batch.pk])).status_code == 404
    assert outsider.post(reverse("undo", args=["elsewhere", batch.pk])).status_code == 404
    assert find_item(checklist).status == "done"


def test_the_list_of_batches_shows_which_are_undone(
    checklist: Checklist, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    apply(client, preview(client, status="done"))
    client.post(reverse("undo", args=["henan", Batch.objects.get().pk]))

    page = sign_in(viewer).get(reverse("batches", args=["henan"])).context["page"]

    assert [(batch.size, batch.undone) for batch in page] == [(2, 0), (2, 1)]


def test_two_hundred_items_take_as_many_queries_as_twenty(
    administrator: User, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client, counts = sign_in(administrator), []
    for slug, measures in (("small", 20), ("large", 200)):
        made = make_checklist(slug, slug, make_catalogue(1, 1, measures, slug=slug))
        administrator.memberships.create(checklist=made, role="administrator")
        address, query = reverse("bulk", args=[slug]), {"scope": "filter", "query": ""}
        asked = []
        with django_assert_max_num_queries(30) as one:
            shown = client.post(address, query | {"preview": "1", "append": "统一", "status": "done"})
        with django_assert_max_num_queries(30) as two:
            done = client.post(address, {"apply": "1", "token": shown.context["token"]})
        with django_assert_max_num_queries(30) as three:
            client.get(done.headers["Location"])
        with django_assert_max_num_queries(30) as four:
            client.post(reverse("undo", args=[slug, made.batches.get().pk]))
        asked = [len(each) for each in (one, two, three, four)]
        assert made.items.filter(version=3).count() == measures
        counts.append(asked)

    assert counts[0] == counts[1]
