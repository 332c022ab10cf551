"""The three administrators are three: a check says where one account holds what belongs to several."""

import io

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command

from measures.choices import Role
from measures.models import Checklist, Membership
from measures.rights.posts import Post, makes_accounts, post_of_account
from measures.rights.separation import separation_problems
from tests.make import SignIn, make_checklist, make_owner, make_user

pytestmark = pytest.mark.usefixtures("english")


def problems() -> list[tuple[str, str]]:
    return [(problem.username, problem.text) for problem in separation_problems()]


def accused() -> set[str]:
    return {problem.username for problem in separation_problems()}


def make_security(name: str = "security") -> User:
    user = make_user(name)
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=["add_user", "change_user"]))
    return user


@pytest.fixture
def separate(checklist: Checklist, auditor: User, administrator: User) -> None:
    """An operator, a security administrator, an auditor and one who works: four people."""
    User.objects.create_superuser("operator")
    make_security()


def test_four_people_with_a_post_each_are_in_order(separate: None) -> None:
    assert problems() == []


def test_the_first_admin_of_a_fresh_installation_is_told_all(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("set_up", stdout=io.StringIO())

    assert [name for name, _text in problems()] == ["admin", "", ""]
    texts = " ".join(text for _name, text in problems())
    assert "it administers the system, changes items" in texts
    assert "Only superusers manage accounts" in texts
    assert "There is no auditor" in texts


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.EDITOR, Role.AUDITOR])
def test_an_operator_who_works_or_audits(separate: None, checklist: Checklist, role: Role) -> None:
    owner = make_owner(checklist) if role == Role.EDITOR else None
    operator = User.objects.get(username="operator")
    Membership.objects.create(user=operator, checklist=checklist, role=role, owner=owner)

    assert accused() == {"operator"}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_a_security_administrator_who_works_or_audits(
    separate: None, checklist: Checklist, role: Role
) -> None:
    Membership.objects.create(user=User.objects.get(username="security"), checklist=checklist, role=role)

    assert accused() == {"security"}


def test_an_auditor_who_works_in_the_tree_that_they_audit(
    separate: None, checklist: Checklist, auditor: User
) -> None:
    below = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
    Membership.objects.create(user=auditor, checklist=below, role=Role.ADMINISTRATOR)

    assert accused() == {"auditor"}


def test_an_auditor_may_work_in_another_tree(separate: None, checklist: Checklist, auditor: User) -> None:
    other = make_checklist("other", "别处", checklist.catalogue)
    Membership.objects.create(user=auditor, checklist=other, role=Role.ADMINISTRATOR)

    assert problems() == []


def test_an_account_that_is_disabled_holds_nothing(separate: None) -> None:
    User.objects.filter(username__in=["security", "auditor"]).update(is_active=False)

    assert len(problems()) == 2


def test_a_disabled_account_has_no_post(db: None) -> None:
    user = make_security()
    assert post_of_account(user) == Post.SECURITY
    assert makes_accounts(user)
    user.is_active = False
    assert post_of_account(user) is None
    assert not makes_accounts(user)


def test_the_operator_may_look_without_a_role_as_a_viewer(separate: None, checklist: Checklist) -> None:
    operator = User.objects.get(username="operator")
    Membership.objects.create(user=operator, checklist=checklist, role=Role.VIEWER)

    assert problems() == []


def test_the_system_check_warns_when_it_is_asked_for_the_database(checklist: Checklist) -> None:
    said = io.StringIO()
    call_command("check", databases=["default"], stderr=said)
    assert "measures.W001" in said.getvalue()
    assert said.getvalue().isascii()  # commands speak English, whatever the language of the site

    quiet = io.StringIO()
    call_command("check", stderr=quiet)
    assert "measures.W001" not in quiet.getvalue()


def test_the_admins_first_page_shows_it_to_a_superuser_alone(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    operator = User.objects.create_superuser("operator")
    User.objects.filter(pk=administrator.pk).update(is_staff=True)

    assert (
        "There is no auditor"
        in sign_in(operator).get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    )
    assert (
        "There is no auditor"
        not in sign_in(administrator).get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    )
