"""Actions of the admin's list: they lead into the pages that change items, and write nothing themselves."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from measures.admin import items as admin_items
from measures.choices import Role, Status, Via
from measures.models import Batch, Checklist, Item, Membership, Update
from tests.make import SignIn, change, find_item, make_checklist, make_owner

LIST = "/admin/measures/item/"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def staff(administrator: User, editor: User, viewer: User) -> None:
    User.objects.update(is_staff=True)


def act(client: Client, *items: Item, query: str = "", **more: str) -> Any:
    data = {"action": "change_together", "index": "0", "_selected_action": [str(item.pk) for item in items]}
    return client.post(LIST + query, data | more, headers=ENGLISH)


def test_chosen_items_are_changed_as_one_batch_by_the_site_s_own_page(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    led = act(client, find_item(checklist, "1.1.2"), find_item(checklist, "2.2.3"))

    assert led.headers["Location"] == "/checklists/henan/items/bulk/?codes=1.1.2,2.2.3"
    page = client.get(led.headers["Location"], headers=ENGLISH)
    assert page.context["codes"] == "1.1.2,2.2.3"
    assert not Update.objects.exists()

    address = reverse("bulk", args=["henan"])
    previewed = client.post(address, {"codes": page.context["codes"], "preview": "1", "status": "done"})
    client.post(address, {"apply": "1", "token": previewed.context["token"]})
    assert Batch.objects.get().via == Via.BULK
    assert checklist.items.filter(status=Status.DONE).count() == 2


def test_all_that_the_list_finds_can_be_chosen(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    led = act(sign_in(administrator), find_item(checklist, "2.1.1"), query="?q=2.1.", select_across="1")

    assert led.headers["Location"].endswith("?codes=2.1.1,2.1.2,2.1.3")


def test_items_of_several_checklists_are_refused_in_words(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    below = make_checklist("xinxiang", "新乡", checklist.catalogue, parent=checklist)
    Membership.objects.create(user=administrator, checklist=below, role=Role.ADMINISTRATOR)
    client = sign_in(administrator)

    led = act(client, find_item(checklist), find_item(below))

    assert led.headers["Location"] == LIST
    assert "belong to several checklists" in client.get(LIST, headers=ENGLISH).content.decode()


def test_more_than_an_address_holds_is_refused_in_words(
    checklist: Checklist, administrator: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_items, "LONGEST_ADDRESS", 60)
    client = sign_in(administrator)

    led = act(client, *checklist.items.all())

    assert led.headers["Location"] == LIST
    assert "too many items for here" in client.get(LIST, headers=ENGLISH).content.decode()


def test_the_page_it_leads_to_keeps_to_the_role(
    checklist: Checklist, editor: User, viewer: User, sign_in: SignIn
) -> None:
    address = "/checklists/henan/items/bulk/?codes=1.1.1"

    assert sign_in(viewer).get(address).status_code == 403
    page = sign_in(editor).get(address)
    assert page.status_code == 200
    assert "owner" not in page.context["form"].fields


def test_whoever_changes_nothing_is_offered_no_action(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)

    assert "change_together" not in client.get(LIST).content.decode()
    assert act(client, find_item(checklist)).status_code != 302


def test_the_list_of_one_checklist_links_to_its_batches(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    batches = f'href="{reverse("batches", args=["henan"])}"'

    assert batches in client.get(LIST).content.decode()
    make_checklist("xinxiang", "新乡", checklist.catalogue, parent=checklist)
    assert batches not in client.get(LIST).content.decode()
    assert batches in client.get(f"{LIST}?checklist__id__exact={checklist.pk}").content.decode()


def test_a_list_of_several_checklists_offers_units_once_one_is_chosen(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    below = make_checklist("xinxiang", "新乡", checklist.catalogue, parent=checklist)
    for place, name in ((checklist, "河南一处"), (below, "新乡一处")):
        change(find_item(place), by=administrator, owner=make_owner(place, name))
    client = sign_in(administrator)

    def offered(query: str) -> list[str]:
        found = client.get(LIST + query, headers=ENGLISH).context["cl"]
        choices = {spec.title: list(spec.choices(found)) for spec in found.filter_specs}
        return [one["display"] for one in choices.get("owner", [])]

    assert offered("") == []
    assert offered(f"?checklist__id__exact={checklist.pk}") == ["All", "河南一处", "-"]
    assert offered(f"?owner__id__exact={make_owner(below, '二处').pk}")[0] == "All"
