"""Checklists in the admin: opened, renamed, moved and closed by those who may."""

import json

import pytest
from django.contrib.auth.models import User

from measures.choices import ChecklistStatus, Role
from measures.models import AuditRecord, Checklist, Measure, Membership
from tests.make import NOW, SignIn, make_catalogue, make_checklist, make_user

pytestmark = pytest.mark.usefixtures("english")


class TestChecklists:
    URL = "/admin/measures/checklist/"

    def test_adding_one_opens_it_with_its_items(self, checklist: Checklist, sign_in: SignIn) -> None:
        s = sign_in(User.objects.create_superuser("root"))
        fields = {"slug": "zhengzhou", "name": "郑州", "catalogue": checklist.catalogue_id}

        assert s.post(f"{self.URL}add/", fields | {"parent": checklist.pk}).status_code == 302

        made = Checklist.objects.get(slug="zhengzhou")
        assert made.items.count() == Measure.objects.count() == 12
        assert made.path == "/henan/zhengzhou/"
        assert made.opened_at is not None

    def test_its_administrator_renames_it_but_its_address_and_catalogue_stay(
        self, staff: None, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        page = f"{self.URL}{checklist.pk}/change/"
        new = {"name": "河南省", "period": "2027", "slug": "else", "catalogue": make_catalogue(slug="b").pk}

        assert sign_in(administrator).post(page, new | {"status": "closed"}).status_code == 302

        now = Checklist.objects.get(pk=checklist.pk)
        assert (now.name, now.period, now.status) == ("河南省", "2027", "open")
        assert (now.slug, now.catalogue_id) == ("henan", checklist.catalogue_id)

    def test_a_parent_that_lies_below_is_an_error_beside_the_field(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=make_checklist("middle", "中", parent=checklist))
        s = sign_in(User.objects.create_superuser("root"))

        answer = s.post(
            f"{self.URL}{checklist.pk}/change/",
            {"name": "河南", "status": "open", "parent": below.pk, "reason": "区划调整"},
        )

        assert answer.context["adminform"].errors["parent"] == [
            "This checklist is below the one that you are moving. Choose another parent."
        ]

    def test_its_administrator_neither_moves_nor_closes_nor_reopens_it(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=checklist)
        user = make_user("lower", below, Role.ADMINISTRATOR)
        User.objects.filter(pk=user.pk).update(is_staff=True)
        page = f"{self.URL}{below.pk}/change/"
        elsewhere = make_checklist("elsewhere", "别处")
        client = sign_in(user)

        shown = client.get(page).context["adminform"]
        for parent in ("", elsewhere.pk):
            sent = {"name": "新名", "status": "closed", "parent": parent, "reason": "不想再报"}
            assert client.post(page, sent).status_code == 302

        assert not {"parent", "status", "reason"} & {*shown.form.fields}
        now = Checklist.objects.get(pk=below.pk)
        assert (now.name, now.path, now.status) == ("新名", "/henan/below/", "open")
        below.turn(ChecklistStatus.CLOSED, at=NOW, by=user, reason="机构改革")
        client.post(page, {"name": "新名", "status": "open", "reason": "再开"})
        assert not Checklist.objects.get(pk=below.pk).is_open

    def test_who_administers_the_checklist_above_too_moves_and_closes_it_with_a_reason(
        self, staff: None, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=checklist)
        beside = make_checklist("beside", "旁边", parent=checklist)
        elsewhere = make_checklist("foreign", "外省")
        Membership.objects.create(user=administrator, checklist=below, role=Role.ADMINISTRATOR)
        page, client = f"{self.URL}{below.pk}/change/", sign_in(administrator)
        sent = {"name": "下级", "status": "closed", "parent": beside.pk}

        wrong = {
            "reason": sent,
            "parent": sent | {"parent": elsewhere.pk, "reason": "区划调整"},
            "parent ": sent | {"parent": "", "reason": "区划调整"},
            "reason ": {"name": "下级", "status": "open", "parent": checklist.pk, "reason": "无事"},
        }
        for field, data in wrong.items():
            assert client.post(page, data).context["adminform"].errors.keys() == {field.strip()}, data
        assert Checklist.objects.get(pk=below.pk).path == "/henan/below/"
        assert client.post(page, sent | {"reason": "区划调整"}).status_code == 302

        now = Checklist.objects.get(pk=below.pk)
        assert (now.path, now.status) == ("/henan/beside/below/", "closed")
        turned, moved = AuditRecord.objects.filter(action="checklist_changed").order_by("-pk")
        assert json.loads(moved.after)["reason"] == json.loads(turned.after)["reason"] == "区划调整"
        assert json.loads(moved.after)["path"] == now.path
        assert (json.loads(turned.before)["status"], json.loads(turned.after)["status"]) == ("open", "closed")

    def test_a_superuser_moves_one_to_the_top_and_closes_it_with_a_reason(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        below = make_checklist("below", "下级", parent=checklist)
        client = sign_in(User.objects.create_superuser("root"))
        sent = {"name": "下级", "status": "closed", "parent": ""}

        refused = client.post(f"{self.URL}{below.pk}/change/", sent)
        assert refused.context["adminform"].errors.keys() == {"reason"}
        assert client.post(f"{self.URL}{below.pk}/change/", sent | {"reason": "省直管"}).status_code == 302

        now = Checklist.objects.get(pk=below.pk)
        assert (now.path, now.parent, now.status) == ("/below/", None, "closed")

    def test_a_place_that_would_be_too_deep_is_an_error_beside_the_field(
        self, checklist: Checklist, sign_in: SignIn
    ) -> None:
        client = sign_in(User.objects.create_superuser("root"))
        deep = checklist
        for number in range(19):
            deep = make_checklist(f"{'x' * 47}-{number:02}", "深", parent=deep)
        other = make_checklist(f"{'y' * 50}", "别处")
        fresh = {"slug": "z" * 50, "name": "新", "catalogue": checklist.catalogue_id, "parent": deep.pk}
        moved = {"name": "别处", "status": "open", "parent": deep.pk, "reason": "区划调整"}

        for page, data in (("add/", fresh), (f"{other.pk}/change/", moved)):
            answer = client.post(f"{self.URL}{page}", data)
            assert answer.status_code == 200, page
            assert answer.context["adminform"].errors.keys() == {"parent"}

    def test_nobody_deletes_one_and_only_a_superuser_opens_one(
        self, staff: None, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        s = sign_in(User.objects.create_superuser("root"))

        assert s.post(f"{self.URL}{checklist.pk}/delete/", {"post": "yes"}).status_code == 403
        assert sign_in(administrator).get(f"{self.URL}add/").status_code == 403
