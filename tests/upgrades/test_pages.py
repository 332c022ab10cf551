"""The way to a new edition by its pages: decide, look, move, and undo."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, Role, Status
from measures.models import AuditRecord, Catalogue, Checklist, EditionMapping, Measure
from tests.make import NOW, change, find_item, make_catalogue, make_checklist, make_user
from tests.upgrades.make import make_mapping, make_next_edition

PAGE = "/checklists/henan/upgrade/"


def test_the_office_decides_looks_moves_and_undoes(
    worked_on: Checklist, second: Catalogue, administrator: User, client: Client
) -> None:
    client.force_login(administrator)
    assert "First decide" in client.get(f"{PAGE}?to=second", headers={"accept-language": "en"}).text
    page = client.get(f"{PAGE}second/")
    form = page.context["form"]
    assert not EditionMapping.objects.exists()
    sent = {name: form[name].value() or "" for name in form.fields} | {"revision": "0"}
    sent |= {name: "on" for name in form.fields if name.startswith(("sure-", "new-"))}
    sent |= {"to-1.1.2": "1.1.3", "to-1.1.3": "", "to-1.2.3": "1.2.3 1.1.2"}
    assert "1.9.9" in client.post(f"{PAGE}second/", sent | {"to-1.1.1": "1.9.9"}).text

    decided = client.post(f"{PAGE}second/", sent)

    assert decided.headers["Location"] == f"{PAGE}?to=second"
    kinds = {tuple(one["old"]): (one["new"], one["kind"]) for one in EditionMapping.objects.get().pairs}
    assert kinds["1.1.3",] == ([], "retired")
    assert kinds["1.2.3",] == (["1.2.3", "1.1.2"], "split")
    assert client.post(f"{PAGE}second/", sent).status_code == 422, "Somebody has saved a revision since."
    looked = client.get(f"{PAGE}?to=second")
    assert len(looked.context["plan"].fates) == 12
    assert client.post(PAGE, {"act": "upgrade", "to": "second", "seen": "else"}).status_code == 422
    go = {"act": "upgrade", "to": "second", "seen": looked.context["seen"]}
    assert client.post(PAGE, go).status_code == 302
    worked_on.refresh_from_db()
    assert worked_on.catalogue == second
    assert client.get("/checklists/henan/items/").status_code == 200
    whole = client.get("/checklists/henan/items/1.2.3/")
    assert [part.measure.code for part in whole.context["parts"]] == ["1.1.2"]
    batch = worked_on.batches.get()
    assert client.get(batch.get_absolute_url()).context["plan"] is None
    assert client.post(f"{batch.get_absolute_url()}undo/").headers["Location"] == PAGE
    assert client.get("/checklists/henan/").status_code == 200
    assert client.get("/").status_code == 200

    client.post(PAGE, {"act": "undo"})

    worked_on.refresh_from_db()
    assert worked_on.catalogue_id != second.pk
    found = AuditRecord.objects.filter(action__in=[Audited.EDITIONS_MAPPED, Audited.UPGRADED]).order_by("pk")
    assert list(found.values_list("action", flat=True)) == ["editions_mapped", "upgraded", "upgraded"]


def test_a_checklist_below_uses_what_was_decided_above_and_decides_nothing(
    checklist: Checklist, second: Catalogue, administrator: User, client: Client
) -> None:
    below = make_checklist("below", "下面", checklist.catalogue, checklist)
    make_mapping(checklist.catalogue, second, administrator)
    client.force_login(make_user("office", below, Role.ADMINISTRATOR))

    looked = client.get("/checklists/below/upgrade/?to=second")

    assert len(looked.context["plan"].fates) == 13
    assert client.post("/checklists/below/upgrade/second/", {"revision": "1"}).status_code == 403
    go = {"act": "upgrade", "to": "second", "seen": looked.context["seen"], "keep-2.1.1": "2.1.1"}
    kept = find_item(below, "2.1.1")
    assert client.post("/checklists/below/upgrade/", go).status_code == 302
    assert find_item(below, "2.1.1").pk == kept.pk


def test_a_preview_that_has_become_untrue_is_shown_once_more(
    worked_on: Checklist, second: Catalogue, administrator: User, client: Client
) -> None:
    make_mapping(worked_on.catalogue, second, administrator)
    client.force_login(administrator)
    seen = client.get(f"{PAGE}?to=second").context["seen"]
    change(find_item(worked_on, "1.1.1"), by=administrator, at=NOW, status=Status.DROPPED)

    again = client.post(PAGE, {"act": "upgrade", "to": "second", "seen": seen})

    assert again.status_code == 422
    worked_on.refresh_from_db()
    assert worked_on.catalogue_id != second.pk


def test_a_preview_asks_as_often_for_many_items_as_for_few(
    worked_on: Checklist, second: Catalogue, administrator: User, client: Client
) -> None:
    make_mapping(worked_on.catalogue, second, administrator)
    client.force_login(administrator)
    client.get(f"{PAGE}?to=second")
    with CaptureQueriesContext(connection) as all_twelve:
        client.get(f"{PAGE}?to=second")
    gone = worked_on.items.filter(measure__code__startswith="2.2")
    gone.update(retired_at=NOW)

    with CaptureQueriesContext(connection) as nine:
        client.get(f"{PAGE}?to=second")

    assert len(nine) == len(all_twelve)
    assert Measure.objects.count() == 24


@pytest.mark.any_engine
def test_editions_of_the_article_are_offered_before_other_catalogues(
    checklist: Checklist, administrator: User, client: Client
) -> None:
    again = make_catalogue(slug="again")
    make_next_edition("mapped")
    make_mapping(checklist.catalogue, Catalogue.objects.get(slug="mapped"), administrator)
    make_next_edition("stranger")
    client.force_login(administrator)

    offers = client.get(PAGE).context["offers"]

    assert {one.slug for one in offers.editions} == {again.slug, "mapped"}
    assert [one.slug for one in offers.others] == ["stranger"]
