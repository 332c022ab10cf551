"""All items of one owner to another in one batch."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import ChecklistStatus, Status, Via
from measures.models import Batch, Checklist, Owner
from tests.make import SignIn, change, find_item, make_owner

PAGE = "/checklists/henan/hand-over/"


@pytest.fixture
def taker(checklist: Checklist) -> Owner:
    return make_owner(checklist, "干部二处")


@pytest.fixture
def client(administrator: User, owner: Owner, checklist: Checklist, sign_in: SignIn) -> Client:
    """The administrator's. Two items are the first owner's: one in progress, one done."""
    for code, status in (("1.1.1", Status.IN_PROGRESS), ("2.2.3", Status.DONE)):
        change(find_item(checklist, code), by=administrator, owner=owner, status=status)
    return sign_in(administrator)


def send(client: Client, giver: Owner, taker: Owner, reason: str = "机构调整", **more: Any) -> Any:
    return client.post(PAGE, {"giver": giver.pk, "taker": taker.pk, "reason": reason, **more})


def shown(client: Client, giver: Owner, taker: Owner) -> str:
    """What the button of the preview sends."""
    return str(send(client, giver, taker, preview="").context["plan"].fingerprint)


def owners(checklist: Checklist) -> dict[str, int | None]:
    owned = checklist.items.filter(owner__isnull=False)
    return {item.measure.code: item.owner_id for item in owned.select_related("measure")}


def test_it_shows_first_and_writes_nothing(
    client: Client, checklist: Checklist, owner: Owner, taker: Owner
) -> None:
    page = send(client, owner, taker, preview="")

    assert [planned.item.measure.code for planned in page.context["plan"].planned] == ["1.1.1", "2.2.3"]
    assert f'name="apply" value="{shown(client, owner, taker)}"' in page.content.decode()
    assert set(owners(checklist).values()) == {owner.pk}
    assert not Batch.objects.exists()


def test_all_go_in_one_batch_with_a_reason_and_the_rest_stays(
    client: Client, checklist: Checklist, owner: Owner, taker: Owner
) -> None:
    response = send(client, owner, taker, apply=shown(client, owner, taker))

    batch = Batch.objects.get()
    assert response.headers["Location"] == f"/checklists/henan/items/?unit={batch.updates.all()[0].owner_id}"
    assert (batch.via, batch.reason, batch.updates.count()) == (Via.BULK, "机构调整", 2)
    assert owners(checklist) == {"1.1.1": taker.pk, "2.2.3": taker.pk}
    assert find_item(checklist, "2.2.3").status == Status.DONE


def test_one_is_back_on_the_list_as_it_was_filtered(client: Client, owner: Owner, taker: Owner) -> None:
    listed = client.get("/checklists/henan/items/?pillar=1&sort=-due").content.decode()
    address = f"{PAGE}?back=pillar%3D1%26sort%3D-due"
    assert f'href="{address}"' in listed

    sent = {"giver": owner.pk, "taker": taker.pk, "reason": "机构调整", "apply": shown(client, owner, taker)}
    response = client.post(address, sent)

    assert response.headers["Location"] == "/checklists/henan/items/?pillar=1&sort=-due"


def test_it_can_be_undone(client: Client, checklist: Checklist, owner: Owner, taker: Owner) -> None:
    send(client, owner, taker, apply=shown(client, owner, taker))

    client.post(f"{Batch.objects.get().get_absolute_url()}undo/")

    assert owners(checklist) == {"1.1.1": owner.pk, "2.2.3": owner.pk}


@pytest.mark.parametrize(
    "happens", ["one more", "one for another", "changed", "giver renamed", "taker renamed"]
)
def test_what_changed_since_the_preview_is_shown_once_more(
    client: Client, checklist: Checklist, administrator: User, owner: Owner, taker: Owner, happens: str
) -> None:
    seen = shown(client, owner, taker)
    if happens == "one for another":
        change(find_item(checklist, "1.1.1"), by=administrator, owner=None)
    if happens in ("one more", "one for another"):
        change(find_item(checklist, "1.2.1"), by=administrator, owner=owner)
    if happens == "changed":
        change(find_item(checklist, "1.1.1"), by=administrator, notes="刚改过")
    if "renamed" in happens:
        Owner.objects.filter(pk=(owner if "giver" in happens else taker).pk).update(name="改名")

    page = send(client, owner, taker, apply=seen)

    assert f'name="apply" value="{shown(client, owner, taker)}"' in page.content.decode()
    assert not Batch.objects.exists()


def test_an_owner_deleted_since_the_preview_is_named_beside_the_field(
    client: Client, owner: Owner, taker: Owner
) -> None:
    seen, key = shown(client, owner, taker), taker.pk
    taker.delete()

    page = client.post(PAGE, {"giver": owner.pk, "taker": key, "reason": "x", "apply": seen})

    assert page.context["form"].errors.keys() == {"taker"}
    assert not Batch.objects.exists()


def test_a_reason_is_needed_and_another_owner(
    client: Client, owner: Owner, taker: Owner, stranger: User
) -> None:
    assert send(client, owner, taker, reason="", apply="2").context["form"].errors.keys() == {"reason"}
    assert send(client, owner, owner, apply="2").context["form"].errors.keys() == {"taker"}
    foreign = make_owner(Checklist.objects.get(slug="elsewhere"))
    page = send(client, owner, foreign, apply="2")

    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"taker"}
    assert not Batch.objects.exists()


def test_a_closed_checklist_rests(client: Client, checklist: Checklist, owner: Owner, taker: Owner) -> None:
    Checklist.objects.update(status=ChecklistStatus.CLOSED)

    page = send(client, owner, taker, apply=shown(client, owner, taker))

    assert owners(checklist) == {"1.1.1": owner.pk, "2.2.3": owner.pk}
    assert not Batch.objects.exists()
    assert page.status_code in (200, 302)


def test_an_owner_without_items_is_told_so(client: Client, owner: Owner, taker: Owner) -> None:
    page = client.post(
        PAGE,
        {"giver": taker.pk, "taker": owner.pk, "reason": "x", "preview": ""},
        headers={"Accept-Language": "en"},
    )

    assert "This owner has no items." in page.content.decode()


def test_nobody_else_does_it(
    client: Client, checklist: Checklist, editor: User, owner: Owner, taker: Owner, sign_in: SignIn
) -> None:
    assert send(sign_in(editor), owner, taker, apply="2").status_code == 403

    assert owners(checklist) == {"1.1.1": owner.pk, "2.2.3": owner.pk}


def test_the_button_is_the_administrators(client: Client, viewer: User, sign_in: SignIn) -> None:
    assert PAGE in client.get("/checklists/henan/batches/").content.decode()
    assert PAGE not in sign_in(viewer).get("/checklists/henan/batches/").content.decode()


def test_a_checklist_that_asks_for_a_second_factor_leads_to_it(client: Client) -> None:
    Checklist.objects.update(requires_two_factor=True)

    assert client.get(PAGE).headers["Location"] == "/account/two-factor/"
