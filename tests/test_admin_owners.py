"""Owners and members in the admin: managed by the checklist's own administrators."""

import pytest
from django.contrib.auth.models import User

from measures.choices import Role
from measures.models import Checklist, Item, Membership, Owner
from tests.make import SignIn, change, make_owner, make_user

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.usefixtures("staff")
class TestOwnersAndMembers:
    def test_an_administrator_manages_their_own_checklist_only(
        self, checklist: Checklist, administrator: User, stranger: User, owner: Owner, sign_in: SignIn
    ) -> None:
        elsewhere = Checklist.objects.get(slug="elsewhere")
        a, s = sign_in(administrator), sign_in(stranger)

        assert (
            a.post("/admin/measures/owner/add/", {"checklist": checklist.pk, "name": "新"}).status_code == 302
        )
        refused = a.post("/admin/measures/owner/add/", {"checklist": elsewhere.pk, "name": "新"})
        assert "checklist" in refused.context["adminform"].errors
        assert s.post(f"/admin/measures/owner/{owner.pk}/change/", {"name": "forged"}).status_code == 302
        assert s.get("/admin/measures/checklist/").context["cl"].result_count == 1
        assert not Owner.objects.filter(name="forged").exists()

    def test_an_editor_and_a_viewer_manage_nothing(
        self, editor: User, viewer: User, owner: Owner, sign_in: SignIn
    ) -> None:
        for user in (editor, viewer):
            client = sign_in(user)
            for model in ("checklist", "owner", "membership"):
                assert client.get(f"/admin/measures/{model}/").status_code == 403
            assert client.post(f"/admin/measures/owner/{owner.pk}/change/", {"name": "x"}).status_code == 403

    def test_renaming_an_owner_to_a_name_in_use_is_an_error_and_not_a_crash(
        self, checklist: Checklist, owner: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        taken = make_owner(checklist, "考核办")

        answer = sign_in(administrator).post(
            f"/admin/measures/owner/{owner.pk}/change/", {"name": taken.name}
        )

        assert "This checklist already has an owner with this name." in answer.content.decode()

    def test_an_owner_goes_only_if_nothing_needs_it(
        self, first: Item, owner: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        change(first, by=administrator, owner=owner)
        free = make_owner(first.checklist, "无事")
        a = sign_in(administrator)

        kept = a.post(f"/admin/measures/owner/{owner.pk}/delete/", {"post": "yes"})
        gone = a.post(f"/admin/measures/owner/{free.pk}/delete/", {"post": "yes"})

        assert "Cannot delete owner" in kept.content.decode()
        assert gone.status_code == 302
        assert set(Owner.objects.filter(checklist=first.checklist)) == {owner}

    def test_another_checklists_owner_is_an_error_beside_the_field(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        foreign = make_owner(Checklist.objects.get(slug="elsewhere"), "外单位")
        s = sign_in(User.objects.create_superuser("root"))
        new = {"user": make_user("new").pk, "checklist": checklist.pk, "role": "editor", "owner": foreign.pk}

        answer = s.post("/admin/measures/membership/add/", new)

        assert answer.context["adminform"].errors["owner"] == [
            "This owner belongs to another checklist. Choose one of this checklist."
        ]

    def test_a_known_checklist_offers_its_own_owners(
        self, checklist: Checklist, owner: Owner, editor: User, sign_in: SignIn
    ) -> None:
        make_owner(Checklist.objects.get(slug="elsewhere"), "外单位")
        s = sign_in(User.objects.create_superuser("root"))
        membership = Membership.objects.get(user=editor)
        pages = [
            f"/admin/measures/membership/{membership.pk}/change/",
            f"/admin/measures/membership/add/?checklist={checklist.pk}",
        ]

        for page in pages:
            shown = s.get(page).content.decode()
            assert owner.name in shown
            assert "外单位" not in shown

    def test_a_member_is_given_another_role_and_taken_out(
        self, editor: User, administrator: User, sign_in: SignIn
    ) -> None:
        membership = Membership.objects.get(user=editor)
        a = sign_in(administrator)
        page = f"/admin/measures/membership/{membership.pk}"

        answer = a.post(f"{page}/change/", {"role": "viewer", "owner": membership.owner_id})
        assert "Choose an owner for an editor, and none for other roles." in answer.content.decode()
        assert a.post(f"{page}/change/", {"role": "viewer", "owner": ""}).status_code == 302
        assert Membership.objects.get(user=editor).role == Role.VIEWER
        assert a.post(f"{page}/delete/", {"post": "yes"}).status_code == 302
        assert not Membership.objects.filter(user=editor).exists()


@pytest.mark.usefixtures("staff")
def test_an_owners_leader_and_office_telephone_are_set_in_the_admin_and_shown_on_its_items(
    first: Item, owner: Owner, administrator: User, editor: User, sign_in: SignIn
) -> None:
    change(first, by=administrator, owner=owner)
    a, address = sign_in(administrator), f"/admin/measures/owner/{owner.pk}/change/"
    answering = {"name": owner.name, "leader": "分管副部长", "contact": "综合科", "phone": "65900000转8012"}

    for wrong in ("13800138000", "+86 138-0013-8000", "65900000、13800138000"):
        refused = a.post(address, answering | {"phone": wrong})
        assert "This is the number of a mobile phone. Give that of an office." in refused.content.decode()
    assert "Write a telephone number" in a.post(address, answering | {"phone": "张三"}).content.decode()
    assert a.post(address, answering).status_code == 302

    page = sign_in(editor).get(first.get_absolute_url(), headers={"Accept-Language": "en"}).content.decode()
    for said in ("分管副部长", "综合科", "65900000转8012", "are those of today"):
        assert said in page
    change(first, by=administrator, leader="分管部长")
    page = sign_in(editor).get(first.get_absolute_url(), headers={"Accept-Language": "en"}).content.decode()
    assert "分管副部长" not in page
    assert "set for this item" in page
