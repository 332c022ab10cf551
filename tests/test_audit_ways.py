"""Whichever way items are changed, the trail says which, by whom, how many, and in which batch."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from measures.choices import Audited, Status, Via
from measures.models import AuditRecord, Batch, Checklist, Item, Update
from tests.admin_read import LIST, page_of, read_list, read_page, row
from tests.make import SignIn, change, find_item
from tests.sheets import apply, edited, export, upload

BULK = "/checklists/henan/items/bulk/"
Way = Callable[[Client, Checklist], object]


def by_page(client: Client, checklist: Checklist) -> None:
    data = {"status": "done", "version": "1", "notes": "", "due": "", "owner": ""}
    client.post("/checklists/henan/items/1.1.1/", data)


def by_the_admins_page(client: Client, checklist: Checklist) -> None:
    item = find_item(checklist)
    client.post(page_of(item), read_page(client, item) | {"status": "done"})


def by_the_admins_list(client: Client, checklist: Checklist) -> None:
    data = read_list(client)
    client.post(LIST, data | {f"{row(data, find_item(checklist))}status": "done"})


def in_bulk(client: Client, checklist: Checklist) -> None:
    data = {"codes": "1.1.1,1.1.2", "status": "done", "append": "", "reason": "一起", "preview": "1"}
    page = client.post(BULK, data)
    client.post(BULK, {"apply": "1", "token": page.context["token"]})


def by_import(client: Client, checklist: Checklist) -> None:
    apply(client, upload(client, edited(export(client), C2="Done", C3="Done")))


def by_undo(client: Client, checklist: Checklist) -> None:
    in_bulk(client, checklist)
    client.post(f"{Batch.objects.get().get_absolute_url()}undo/")


def by_command(client: Client, checklist: Checklist) -> None:
    """What a command does: outside any request."""
    change(find_item(checklist), by=User.objects.get(username="administrator"), via=Via.COMMAND, notes="x")


@pytest.mark.parametrize(
    ("way", "via", "count"),
    [
        (by_page, Via.PAGE, 0),
        (by_the_admins_page, Via.ADMIN, 0),
        (by_the_admins_list, Via.ADMIN, 0),
        (in_bulk, Via.BULK, 2),
        (by_import, Via.IMPORT, 2),
        (by_undo, Via.UNDO, 2),
        (by_command, Via.COMMAND, 0),
    ],
)
def test_each_way_is_recorded_as_what_it_is(
    checklist: Checklist, administrator: User, sign_in: SignIn, way: Way, via: Via, count: int
) -> None:
    User.objects.filter(pk=administrator.pk).update(is_staff=True)
    administrator.refresh_from_db()

    way(sign_in(administrator), checklist)

    changes = (Audited.ITEM_CHANGED, Audited.BATCH_CHANGED)
    record = AuditRecord.objects.filter(action__in=changes).order_by("-pk")[0]
    newest = Update.objects.order_by("-pk")[0]
    assert (record.via, record.by_name, record.by_role) == (via, "administrator", "administrator")
    assert (newest.via, newest.by_name, newest.at) == (via, record.by_name, record.at)
    if count:
        told = json.loads(record.after)
        batch = Batch.objects.order_by("-at", "-pk").first() if via != Via.UNDO else newest.batch
        assert batch
        assert (told["items"], told["batch"]) == (count, str(batch.pk))
        assert batch.updates.count() == count
    else:
        assert record.action == Audited.ITEM_CHANGED
        assert record.about.startswith("1.1.1 ")


def test_every_update_of_a_busy_day_is_told_of_in_the_trail(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    for way in (by_page, by_import, by_undo):
        way(client, checklist)

    told = 0
    for record in AuditRecord.objects.filter(action__in=(Audited.ITEM_CHANGED, Audited.BATCH_CHANGED)):
        told += json.loads(record.after).get("items", 1)
    assert told == Update.objects.count()
    assert Item.objects.filter(status=Status.DONE).exists()


def test_a_checklist_opened_by_a_command_is_recorded(checklist: Checklist) -> None:
    call_command("open_checklist", "zhengzhou", "--name=郑州", "--catalogue", checklist.catalogue.slug)

    record = AuditRecord.objects.order_by("-pk")[0]
    assert (record.action, record.via, record.checklist_slug) == (
        Audited.CHECKLIST_OPENED,
        Via.COMMAND,
        "zhengzhou",
    )
    assert record.at <= timezone.now()
