"""Guessed keys and other checklists' keys, inside addresses and inside forms, reach nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.db.models import Max
from django.test import Client
from django.urls import reverse

from measures.choices import ChecklistStatus, Role, Status, Via
from measures.ledger.plans import carry_out
from measures.models import Batch, Change, Checklist, Item, Membership, Owner, SavedView, Update
from measures.views.items.bulk import SALT
from tests.make import NOW, SignIn, change, find_item, make_owner, make_user
from tests.test_access import TABLE
from tests.test_admin import LIST, read_list, row


@pytest.fixture
def elsewhere(stranger: User) -> Checklist:
    """The stranger's checklist; both have items of the same codes."""
    return Checklist.objects.get(slug="elsewhere")


@pytest.fixture
def their_owner(elsewhere: Checklist) -> Owner:
    return make_owner(elsewhere, "别处一处")


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


class TestForms:
    def test_an_item_is_not_handed_to_another_checklists_owner(
        self, client: Client, their_owner: Owner
    ) -> None:
        before = states()

        answer = client.post(
            "/checklists/henan/items/1.1.1/",
            {"status": "done", "version": "1", "notes": "", "due": "", "owner": their_owner.pk},
        )

        assert answer.status_code == 422
        assert "别处一处" not in answer.content.decode()
        assert states() == before

    def test_an_editor_hands_nothing_over_by_a_forged_field(
        self, checklist: Checklist, owner: Owner, administrator: User, editor: User, sign_in: SignIn
    ) -> None:
        item = find_item(checklist)
        change(item, by=administrator, owner=owner)
        other = make_owner(checklist, "干部二处")
        data = {"status": "in_progress", "version": "2", "notes": "", "due": "", "owner": other.pk}

        sign_in(editor).post("/checklists/henan/items/1.1.1/", data)

        assert find_item(checklist).owner == owner

    @pytest.mark.parametrize("step", ["preview", "apply"])
    def test_a_bulk_edit_takes_codes_of_its_own_checklist_alone(
        self, client: Client, elsewhere: Checklist, stranger: User, step: str
    ) -> None:
        ours = Checklist.objects.get(slug="henan")
        ours.items.filter(measure__code="1.1.1").delete()  # only elsewhere has this code now
        data = {"codes": "1.1.1", "status": "done", "append": "", "reason": "", step: "1"}

        page = client.post("/checklists/henan/items/bulk/", data)

        assert not elsewhere.items.exclude(status="not_started").exists()
        if step == "preview":
            assert page.context["count"] == 0

    def test_a_bulk_edit_takes_no_other_checklists_owner(self, client: Client, their_owner: Owner) -> None:
        data = {"codes": "1.1.1", "owner": str(their_owner.pk), "append": "", "reason": "", "preview": "1"}

        assert client.post("/checklists/henan/items/bulk/", data).status_code == 422

    def test_an_editors_bulk_edit_leaves_the_items_of_others_alone(
        self, checklist: Checklist, owner: Owner, administrator: User, editor: User, sign_in: SignIn
    ) -> None:
        change(find_item(checklist, "1.1.1"), by=administrator, owner=owner)
        data = {"codes": "1.1.1,1.1.2", "status": "in_progress", "append": "", "reason": ""}
        client = sign_in(editor)

        page = client.post("/checklists/henan/items/bulk/", data | {"preview": "1"})
        client.post("/checklists/henan/items/bulk/", {"apply": "1", "token": page.context["token"]})

        assert [item.measure.code for item, _why in page.context["plan"].refused] == ["1.1.2"]
        assert set(checklist.items.exclude(status="not_started").values_list("measure__code", flat=True)) == {
            "1.1.1"
        }

    def token(self, user: User, checklist: Checklist, items: Any, **values: Any) -> str:
        changes = [[item.pk, item.version, values] for item in items]
        plain = {"user": user.pk, "checklist": checklist.pk, "changes": changes, "reason": ""}
        return signing.dumps(plain, salt=SALT, compress=True)

    def test_anothers_signed_preview_is_refused(
        self, checklist: Checklist, client: Client, viewer: User
    ) -> None:
        other = make_user("other", checklist, Role.ADMINISTRATOR)
        token = self.token(other, checklist, checklist.items.all(), status="done")

        client.post("/checklists/henan/items/bulk/", {"apply": "1", "token": token})

        assert not checklist.items.filter(status="done").exists()

    def test_ones_own_preview_of_another_checklist_is_refused(
        self, checklist: Checklist, administrator: User, elsewhere: Checklist, client: Client
    ) -> None:
        Membership.objects.create(user=administrator, checklist=elsewhere, role=Role.ADMINISTRATOR)
        token = self.token(administrator, elsewhere, elsewhere.items.all(), status="done")

        client.post("/checklists/henan/items/bulk/", {"apply": "1", "token": token})

        assert not Item.objects.filter(status="done").exists()

    def test_even_a_signed_preview_reaches_no_item_of_another_checklist(
        self, checklist: Checklist, administrator: User, elsewhere: Checklist, client: Client
    ) -> None:
        """As if the key had leaked: what is signed is still looked up through the checklist."""
        items = [*elsewhere.items.all()[:1], *checklist.items.all()[:1]]
        token = self.token(administrator, checklist, items, status="done")

        client.post("/checklists/henan/items/bulk/", {"apply": "1", "token": token})

        assert not elsewhere.items.exclude(status="not_started").exists()
        assert checklist.items.filter(status="done").count() == 1

    def test_an_owner_who_is_not_the_checklists_makes_the_preview_too_old(
        self,
        checklist: Checklist,
        administrator: User,
        owner: Owner,
        their_owner: Owner,
        client: Client,
    ) -> None:
        """Another's, by a leaked key; or one that was deleted since: the items must not lose their owner."""
        item = find_item(checklist)
        change(item, by=administrator, owner=owner)
        token = self.token(administrator, checklist, [item], owner=their_owner.pk)

        client.post("/checklists/henan/items/bulk/", {"apply": "1", "token": token})

        assert find_item(checklist).owner == owner

    def test_a_preview_of_a_role_that_was_taken_away_changes_nothing(
        self, checklist: Checklist, administrator: User, client: Client
    ) -> None:
        token = self.token(administrator, checklist, checklist.items.all(), status="done")
        administrator.memberships.update(role=Role.VIEWER)

        answer = client.post("/checklists/henan/items/bulk/", {"apply": "1", "token": token})

        assert answer.status_code == 403
        assert not Item.objects.filter(status="done").exists()

    def test_a_closed_checklist_takes_no_change_by_any_way(
        self, checklist: Checklist, administrator: User, client: Client
    ) -> None:
        token = self.token(administrator, checklist, checklist.items.all(), status="done")
        checklist.turn(ChecklistStatus.CLOSED, at=NOW, by=administrator, reason="年度结束")

        data = {"status": "done", "version": "1", "notes": "", "due": "", "owner": ""}
        assert client.post("/checklists/henan/items/1.1.1/", data).status_code == 403
        bulk = client.post("/checklists/henan/items/bulk/", {"apply": "1", "token": token})
        assert bulk.status_code == 403
        assert not Item.objects.filter(status="done").exists()


class TestAdminForms:
    @pytest.fixture
    def client(self, administrator: User, elsewhere: Checklist, sign_in: SignIn) -> Client:
        User.objects.filter(pk=administrator.pk).update(is_staff=True)
        return sign_in(administrator)

    def test_a_row_of_the_list_with_anothers_key_is_refused(
        self, checklist: Checklist, elsewhere: Checklist, client: Client
    ) -> None:
        data = read_list(client)
        theirs = find_item(elsewhere)
        prefix = row(data, find_item(checklist))
        data |= {f"{prefix}id": str(theirs.pk), f"{prefix}status": Status.DONE, f"{prefix}notes": "forged"}
        before = states()

        assert client.post(LIST, data).status_code in (200, 403)
        assert states() == before

    def test_no_owner_is_made_in_anothers_checklist(self, elsewhere: Checklist, client: Client) -> None:
        client.post("/admin/measures/owner/add/", {"checklist": elsewhere.pk, "name": "forged"})

        assert not Owner.objects.filter(name="forged").exists()

    def test_nobody_makes_themselves_a_member_elsewhere(
        self, administrator: User, elsewhere: Checklist, client: Client
    ) -> None:
        data = {"user": administrator.pk, "checklist": elsewhere.pk, "role": "administrator", "owner": ""}

        client.post("/admin/measures/membership/add/", data)

        assert not Membership.objects.filter(user=administrator, checklist=elsewhere).exists()

    def test_no_editor_acts_for_another_checklists_owner(
        self, checklist: Checklist, viewer: User, their_owner: Owner, client: Client
    ) -> None:
        membership = Membership.objects.get(user=viewer)
        data = {"role": "editor", "owner": str(their_owner.pk)}

        page = client.post(f"/admin/measures/membership/{membership.pk}/change/", data)

        assert page.status_code == 200
        membership.refresh_from_db()
        assert membership.role == Role.VIEWER

    def test_no_checklist_is_put_under_anothers(
        self, checklist: Checklist, elsewhere: Checklist, client: Client
    ) -> None:
        data = {"name": "河南", "status": "open", "parent": elsewhere.pk, "period": ""}

        client.post(f"/admin/measures/checklist/{checklist.pk}/change/", data)

        checklist.refresh_from_db()
        assert checklist.parent is None

    def test_an_action_on_anothers_rows_touches_none(self, their_owner: Owner, client: Client) -> None:
        client.post(
            "/admin/measures/owner/",
            {"action": "delete_selected", "_selected_action": [their_owner.pk], "post": "yes"},
        )

        assert Owner.objects.filter(pk=their_owner.pk).exists()

    def test_filters_and_lookups_of_the_admin_tell_nothing_about_passwords(self, client: Client) -> None:
        for query in ("user__password__startswith=md5", "checklist__memberships__user__password__contains=a"):
            for model in ("membership", "item", "owner"):
                # Refused as not allowed, or led back as no filter at all: never a list that is filtered so.
                assert client.get(f"/admin/measures/{model}/?{query}").status_code in (302, 400)


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
        text = client.get(address, follow=True).content.decode("utf-8", errors="replace")
        seen += len(text) > 500
        for secret in ("别处", "elsewhere", "theirs"):
            assert secret not in text, f"{address} as {name}"
    assert seen > 10, "the pages are there"


def test_the_admins_list_of_items_does_not_tell_that_there_are_other_checklists(
    administrator: User, elsewhere: Checklist, sign_in: SignIn
) -> None:
    User.objects.filter(pk=administrator.pk).update(is_staff=True)
    client = sign_in(User.objects.get(pk=administrator.pk))
    assert "column-checklist" not in client.get(LIST).content.decode()

    Membership.objects.create(user=administrator, checklist=elsewhere, role=Role.VIEWER)

    assert "column-checklist" in client.get(LIST).content.decode()
