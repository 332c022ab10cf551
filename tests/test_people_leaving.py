"""Somebody leaves: what they had is handed over, and their roles in and below the checklist end."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from measures.choices import Audited, Role
from measures.models import AuditRecord, Checklist, Membership, Owner, SavedView, Session
from tests.make import PASSWORD, SignIn, make_checklist

pytestmark = pytest.mark.any_engine


@pytest.fixture
def client(administrator: User, sign_in: SignIn, settings: Settings) -> Client:
    settings.SECURITY_PROFILE = "asvs"
    return sign_in(administrator)


def page_of(user: User) -> str:
    member = Membership.objects.get(user=user, checklist__slug="henan")
    return f"/checklists/henan/people/members/{member.pk}/left/"


def test_roles_end_here_and_below_and_nowhere_else(
    client: Client, checklist: Checklist, elsewhere: Checklist, editor: User, sign_in: SignIn
) -> None:
    below = make_checklist("zhoukou", "周口", parent=checklist)
    Membership.objects.create(user=editor, checklist=below, role=Role.VIEWER)
    Membership.objects.create(user=editor, checklist=elsewhere, role=Role.VIEWER)
    page = client.get(page_of(editor)).content.decode()
    assert "周口" in page
    assert "别处" not in page

    client.post(page_of(editor), {"disables": "on"})

    assert [one.checklist for one in editor.memberships.all()] == [elsewhere]
    editor.refresh_from_db()
    assert editor.is_active


def test_shared_views_go_to_another_member_and_private_ones_do_not(
    client: Client, checklist: Checklist, editor: User, viewer: User
) -> None:
    for name, shared in (("共享", True), ("自用", False)):
        SavedView.objects.create(checklist=checklist, user=editor, name=name, is_shared=shared)

    client.post(page_of(editor), {"to": viewer.pk})

    assert SavedView.objects.get(name="共享").user == viewer
    assert SavedView.objects.get(name="自用").user == editor


def test_an_account_without_any_role_left_is_disabled_where_that_is_asked(
    client: Client, editor: User, sign_in: SignIn
) -> None:
    sign_in(editor)

    client.post(page_of(editor), {"disables": "on"})

    assert not Client().login(username="editor", password=PASSWORD)
    assert not Session.objects.filter(user=editor).exists()
    assert AuditRecord.objects.filter(action=Audited.USER_CHANGED, about="editor").exists()


def test_under_mlps_disabling_is_the_account_managers(
    client: Client, editor: User, settings: Settings
) -> None:
    settings.SECURITY_PROFILE = "mlps"

    client.post(page_of(editor), {"disables": "on"})

    editor.refresh_from_db()
    assert editor.is_active
    assert not editor.memberships.exists()


def test_views_are_handed_to_members_alone(
    client: Client, checklist: Checklist, editor: User, stranger: User
) -> None:
    answer = client.post(page_of(editor), {"to": stranger.pk})

    assert answer.status_code == 422
    assert editor.memberships.exists()


def test_only_administrators_let_somebody_go_and_never_themselves(
    client: Client,
    administrator: User,
    editor: User,
    viewer: User,
    stranger: User,
    owner: Owner,
    sign_in: SignIn,
) -> None:
    for user, status in ((viewer, 403), (editor, 403), (stranger, 404)):
        for method in ("get", "post"):
            assert getattr(sign_in(user), method)(page_of(editor)).status_code == status
    assert client.post(page_of(administrator)).status_code == 403
    assert administrator.memberships.exists()
