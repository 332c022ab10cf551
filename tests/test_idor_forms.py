"""Forms that name keys of other checklists reach nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client

from measures.choices import ChecklistStatus, Role
from measures.models import Checklist, Item, Membership, Owner
from measures.views.items.bulk import SALT
from tests.make import NOW, SignIn, change, find_item, make_owner, make_user
from tests.test_idor import states

pytestmark = pytest.mark.slow


@pytest.fixture
def client(administrator: User, elsewhere: Checklist, sign_in: SignIn) -> Client:
    return sign_in(administrator)


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
        plain = {"user": user.pk, "checklist": checklist.pk, "changes": changes, "reason": "", "owner": ""}
        plain |= {"entries": [], "progress": ""}
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
