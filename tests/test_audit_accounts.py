"""What the audit trail says of sign-ins, and of accounts and checklists managed in the admin."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from measures.choices import Audited, Via
from measures.models import AuditRecord, Checklist, Membership, Owner
from tests.audit_read import actions, newest, read
from tests.make import PASSWORD, SignIn, make_user


class TestSignIn:
    def test_a_sign_in_and_a_sign_out_are_recorded(self, administrator: User) -> None:
        client = Client(REMOTE_ADDR="10.9.8.7")
        before = newest().pk

        client.post("/sign-in/", {"username": "administrator", "password": PASSWORD})
        client.post("/sign-out/")

        assert actions(before) == [Audited.SIGNED_IN, Audited.SIGNED_OUT]
        assert (newest().by_name, newest().address) == ("administrator", "10.9.8.7")

    @pytest.mark.parametrize("name", ["administrator", "nobody"])
    def test_a_failure_keeps_the_name_as_typed_and_never_the_password(
        self, administrator: User, name: str
    ) -> None:
        Client().post("/sign-in/", {"username": f" {name} ", "password": "wrong-secret"})

        record = newest()
        assert (record.action, record.by_name) == (Audited.SIGN_IN_FAILED, name)
        assert record.by_id == (administrator.pk if name == "administrator" else None)
        assert not AuditRecord.objects.filter(after__contains="wrong-secret").exists()
        assert "wrong-secret" not in str(AuditRecord.objects.values().last())

    def test_a_failure_costs_the_same_whether_or_not_there_is_such_a_name(
        self, administrator: User, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        asked = []
        for name in ("administrator", "nobody"):
            with django_assert_max_num_queries(20) as caught:
                Client().post("/sign-in/", {"username": name, "password": "wrong"})
            asked.append(len(caught))

        assert asked[0] == asked[1]

    def test_what_is_typed_forges_no_second_line(self, db: None) -> None:
        typed = "admin\n2026-11-24 signed in\u202e"

        Client().post("/sign-in/", {"username": typed, "password": "x"})

        assert newest().by_name == "admin\ufffd2026-11-24 signed in\ufffd"

    def test_a_change_of_ones_password_is_recorded_without_it(
        self, administrator: User, sign_in: SignIn
    ) -> None:
        new = "jin-zhan-bao-gao-26"

        sign_in(administrator).post(
            "/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        )

        assert newest().action == Audited.PASSWORD_CHANGED
        assert new not in str(AuditRecord.objects.values())


class TestAdmin:
    @pytest.fixture
    def client(self, superuser: User, sign_in: SignIn) -> Client:
        return sign_in(superuser)

    def test_an_owner_made_changed_and_deleted(self, checklist: Checklist, client: Client) -> None:
        before = newest().pk
        client.post("/admin/measures/owner/add/", {"checklist": checklist.pk, "name": "干部二处"})
        made = Owner.objects.get(name="干部二处")
        client.post(f"/admin/measures/owner/{made.pk}/change/", {"name": "干部三处"})
        client.post(f"/admin/measures/owner/{made.pk}/delete/", {"post": "yes"})

        found = list(AuditRecord.objects.filter(pk__gt=before).order_by("pk"))
        assert [record.action for record in found] == [Audited.OWNER_CHANGED] * 3
        assert [(read(r.before).get("name"), read(r.after).get("name")) for r in found] == [
            (None, "干部二处"),
            ("干部二处", "干部三处"),
            ("干部三处", None),
        ]
        assert {(r.checklist_slug, r.by_role, r.via) for r in found} == {("henan", "operator", Via.ADMIN)}

    def test_owners_deleted_together_leave_a_record_each(self, checklist: Checklist, client: Client) -> None:
        made = [Owner.objects.create(checklist=checklist, name=name) for name in "甲乙"]
        before = newest().pk

        client.post(
            "/admin/measures/owner/",
            {"action": "delete_selected", "_selected_action": [one.pk for one in made], "post": "yes"},
        )

        assert actions(before) == [Audited.OWNER_CHANGED] * 2
        assert not Owner.objects.exists()

    def test_a_membership_says_which_role_became_which(
        self, checklist: Checklist, viewer: User, client: Client
    ) -> None:
        membership = Membership.objects.get(user=viewer)

        client.post(f"/admin/measures/membership/{membership.pk}/change/", {"role": "auditor", "owner": ""})

        record = newest()
        assert record.action == Audited.MEMBERSHIP_CHANGED
        assert (read(record.before), read(record.after)) == ({"role": "viewer"}, {"role": "auditor"})
        assert "viewer" in record.about

    def test_a_checklist_opened_and_closed(self, checklist: Checklist, client: Client) -> None:
        before = newest().pk
        data = {"name": "开封", "slug": "kaifeng", "catalogue": checklist.catalogue_id, "status": "open"}
        client.post("/admin/measures/checklist/add/", data | {"parent": "", "period": ""})
        made = Checklist.objects.get(slug="kaifeng")
        closing = {"name": "开封", "status": "closed", "reason": "并入郑州"}
        client.post(f"/admin/measures/checklist/{made.pk}/change/", closing)

        assert actions(before) == [Audited.CHECKLIST_OPENED, Audited.CHECKLIST_CHANGED]
        assert (read(newest().before), read(newest().after)) == (
            {"status": "open"},
            {"status": "closed", "reason": "并入郑州"},
        )

    def test_accounts_are_recorded_and_their_passwords_are_not(self, viewer: User, client: Client) -> None:
        before = newest().pk
        secret = "a-new-secret-of-2026"
        client.post(
            "/admin/auth/user/add/",
            {"username": "li", "password1": secret, "password2": secret, "usable_password": "true"},
        )
        made = User.objects.get(username="li")
        client.post(
            f"/admin/auth/user/{made.pk}/change/",
            {"username": "li", "last_name": "李", "is_staff": "on", "date_joined_0": "2026-11-24",
             "date_joined_1": "09:30:00"},
        )  # fmt: skip
        client.post(f"/admin/auth/user/{made.pk}/password/", {"password1": secret, "password2": secret,
                    "usable_password": "true", "set-password": "1"})  # fmt: skip

        assert actions(before) == [Audited.USER_CHANGED, Audited.USER_CHANGED, Audited.PASSWORD_CHANGED]
        changed = AuditRecord.objects.get(pk=newest().pk - 1)
        assert read(changed.after)["last_name"] == "李"
        assert read(changed.after)["is_staff"] is True
        assert read(changed.after)["is_active"] is False
        assert secret not in str(list(AuditRecord.objects.values()))
        assert "md5" not in str(list(AuditRecord.objects.values()))

    def test_an_account_is_disabled_never_deleted(self, viewer: User, client: Client) -> None:
        assert client.post(f"/admin/auth/user/{viewer.pk}/delete/", {"post": "yes"}).status_code == 403
        assert User.objects.filter(pk=viewer.pk).exists()


class TestSecurityAdministrator:
    @pytest.fixture
    def client(self, checklist: Checklist, sign_in: SignIn) -> Client:
        user = make_user("security")
        user.is_staff = True
        user.save()
        rights = Permission.objects.filter(codename__in=["add_user", "change_user", "view_user"])
        user.user_permissions.set(rights)
        return sign_in(user)

    def test_makes_no_superuser_and_hands_out_no_rights(self, viewer: User, client: Client) -> None:
        wanted = {
            "username": "viewer",
            "is_active": "on",
            "is_superuser": "on",
            "user_permissions": [str(pk) for pk in Permission.objects.values_list("pk", flat=True)[:3]],
            "date_joined_0": "2026-11-24",
            "date_joined_1": "09:30:00",
        }

        assert client.post(f"/admin/auth/user/{viewer.pk}/change/", wanted).status_code == 302

        viewer.refresh_from_db()
        assert not viewer.is_superuser
        assert not viewer.user_permissions.exists()

    def test_touches_no_superuser(self, superuser: User, client: Client) -> None:
        page = f"/admin/auth/user/{superuser.pk}/"
        data = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true", "set-password": "1"}

        assert client.post(f"{page}change/", {"username": "x"}).status_code == 403
        assert client.post(f"{page}password/", data).status_code == 403

    def test_reads_no_audit_trail_and_makes_no_member(self, client: Client) -> None:
        assert client.get("/audit/").status_code == 403
        assert client.get("/audit/?format=csv").status_code == 403
        assert client.get("/admin/measures/membership/add/").status_code == 403
