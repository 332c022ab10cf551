"""Guessed keys and other checklists' keys in addresses reach nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import Max
from django.test import Client
from django.urls import reverse

from measures.choices import Via
from measures.ledger.plans import carry_out
from measures.models import Batch, Change, Checklist, Item, Owner, SavedView, Update
from tests.make import NOW, SignIn, change, find_item
from tests.test_access import TABLE

pytestmark = pytest.mark.slow


@pytest.fixture
def their_batch(elsewhere: Checklist, stranger: User) -> Batch:
    changes = [Change(item.pk, 1, {"notes": "theirs"}) for item in elsewhere.items.all()[:2]]
    batch, _outcome = carry_out(
        changes, checklist=elsewhere, by=stranger, at=NOW, via=Via.BULK, reason="theirs"
    )
    assert batch
    return batch


@pytest.fixture
def their_view(elsewhere: Checklist, stranger: User) -> SavedView:
    """Shared, so that only its checklist keeps it from us."""
    return SavedView.objects.create(
        checklist=elsewhere, user=stranger, name="theirs", query="pillar=1", is_shared=True
    )


@pytest.fixture
def client(administrator: User, elsewhere: Checklist, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def states() -> Any:
    """What everybody has written so far."""
    fields = ("pk", "status", "owner", "due", "notes", "version")
    return list(Item.objects.order_by("pk").values_list(*fields)), Update.objects.count()


class TestAddresses:
    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize(
        "address",
        [
            "/checklists/elsewhere/",
            "/checklists/elsewhere/items/",
            "/checklists/elsewhere/items/1.1.1/",
            "/checklists/elsewhere/report/?format=xlsx",
            "/checklists/elsewhere/batches/",
            "/checklists/elsewhere/views/",
            "/checklists/elsewhere/items/columns/",
            "/checklists/nowhere/",
        ],
    )
    def test_anothers_checklist_answers_as_one_that_is_not_there(
        self, client: Client, method: str, address: str
    ) -> None:
        status = getattr(client, method)(address).status_code

        # An address that takes no POST says so to everybody, whatever the checklist.
        assert status == 404 or (method == "post" and status == 405)

    @pytest.mark.parametrize("path", ["batches/{}/", "batches/{}/undo/"])
    def test_anothers_batch_under_ones_own_checklist_is_not_there(
        self, client: Client, their_batch: Batch, path: str
    ) -> None:
        address = f"/checklists/henan/{path.format(their_batch.pk)}"
        before = states()

        answer = client.post(address) if "undo" in path else client.get(address)

        assert answer.status_code == 404
        assert states() == before

    @pytest.mark.parametrize("page", ["items/", "report/", "report/?format=csv", "items/columns/"])
    def test_anothers_saved_view_opens_nothing(
        self, client: Client, their_view: SavedView, page: str
    ) -> None:
        mark = "&" if "?" in page else "?"

        answer = client.get(f"/checklists/henan/{page}{mark}view={their_view.pk}")

        if page == "items/columns/":  # it takes no view: the address alone says which columns
            assert "theirs" not in answer.content.decode()
        else:
            assert answer.status_code == 404

    def test_anothers_saved_view_is_neither_deleted_nor_made_ones_own(
        self, client: Client, their_view: SavedView
    ) -> None:
        assert client.post(f"/checklists/henan/views/{their_view.pk}/delete/").status_code == 404
        assert client.post("/checklists/henan/views/default/", {"view": their_view.pk}).status_code == 404
        their_view.refresh_from_db()
        assert not their_view.is_default

    def test_a_private_view_of_a_colleague_is_not_there(
        self, checklist: Checklist, viewer: User, client: Client
    ) -> None:
        view = SavedView.objects.create(checklist=checklist, user=viewer, name="private", query="pillar=1")

        assert client.get(f"/checklists/henan/items/?view={view.pk}").status_code == 404
        assert client.post(f"/checklists/henan/views/{view.pk}/delete/").status_code == 404

    @pytest.mark.parametrize("key", ["0", "999999999", "-1", "１", "9" * 40, "1 or 1=1", "", "%00", "../1"])
    def test_guessed_keys_are_not_there_and_break_nothing(self, client: Client, key: str) -> None:
        for address in (
            f"/checklists/henan/items/{key}/",
            f"/checklists/henan/batches/{key}/",
            f"/checklists/henan/views/{key}/delete/",
            f"/checklists/henan/items/?view={key}",
            f"/checklists/henan/items/?owner={key}",
            f"/audit/?before={key}",
        ):
            assert client.get(address).status_code < 500, address


def test_a_role_taken_away_ends_at_the_next_request(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    assert client.get("/checklists/henan/").status_code == 200

    viewer.memberships.all().delete()

    assert client.get("/checklists/henan/").status_code == 404


def test_a_disabled_account_is_out_at_the_next_request(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    User.objects.filter(pk=viewer.pk).update(is_active=False)

    assert client.get("/checklists/henan/").status_code == 302


def test_the_record_after_the_newest_tells_nothing(auditor: User, sign_in: SignIn) -> None:
    from measures.models import AuditRecord

    beyond = AuditRecord.objects.aggregate(last=Max("pk"))["last"] + timedelta(days=1).days * 1000

    assert sign_in(auditor).get(f"/audit/?before={beyond}").status_code == 200


@pytest.mark.parametrize("name", ["viewer", "editor", "auditor", "administrator"])
def test_no_page_of_the_site_says_a_word_of_anothers_checklist(
    name: str,
    elsewhere: Checklist,
    stranger: User,
    their_owner: Owner,
    their_batch: Batch,
    their_view: SavedView,
    request: pytest.FixtureRequest,
    sign_in: SignIn,
) -> None:
    """Whichever view forgets to ask what its user may see."""
    change(find_item(elsewhere), by=stranger, owner=their_owner, notes="别处的进展")
    user = request.getfixturevalue(name)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = sign_in(user)
    pages = [
        reverse(name, args=expected.arguments)
        for name, expected in TABLE.items()
        if expected.get[user.username] in (200, 302)
    ]
    pages += [f"/admin/measures/{model}/" for model in ("item", "checklist", "owner", "membership")]
    pages += ["/admin/", "/checklists/henan/report/?format=csv", "/audit/?format=csv"]
    seen = 0
    for address in pages:
        answer = client.get(address, follow=True)
        text = b"".join(answer).decode("utf-8", errors="replace")
        seen += len(text) > 500
        for secret in ("别处", "elsewhere", "theirs"):
            assert secret not in text, f"{address} as {name}"
    assert seen > 10, "the pages are there"
