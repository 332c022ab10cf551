"""Many units and people at once: pasted or from a sheet, previewed, added as one act, and undone."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from measures.choices import Role
from measures.models import Checklist, Enrolment, Invitation, Item, Owner
from measures.sheets.people import PEOPLE_LIMIT
from tests.everybody import rows_of_everything
from tests.invitations import SHEET, apply_list, links_in, send_list, set_first_password
from tests.make import SignIn, change, make_user

pytestmark = pytest.mark.any_engine

THREE = """单位\t姓名\t账号\t角色\t分管领导\t岗位\t电话
干部一处\t张三\tzhangsan\t\t副部长\t综合科\t0371-65900000
干部二处\t李四\tlisi\t填报员\t\t\t
\t王五\twangwu\t查阅员\t\t\t
"""


@pytest.fixture
def client(administrator: User, sign_in: SignIn, settings: Settings) -> Client:
    settings.SECURITY_PROFILE = "asvs"
    return sign_in(administrator)


def test_a_pasted_list_makes_units_accounts_and_roles(client: Client, checklist: Checklist) -> None:
    before = rows_of_everything()
    page = send_list(client, THREE)
    assert page.status_code == 200
    assert rows_of_everything() == before

    slips = client.post(SHEET, {"apply": "1", "token": page.context["token"]})

    assert len(links_in(slips)) == 3
    roles = checklist.memberships.values_list("user__last_name", "role", "owner__name")
    assert set(roles) >= {
        ("张三", "editor", "干部一处"),
        ("李四", "editor", "干部二处"),
        ("王五", "viewer", None),
    }
    unit = checklist.owners.get(name="干部一处")
    assert (unit.leader, unit.contact, unit.phone) == ("副部长", "综合科", "0371-65900000")


def test_rows_without_headings_are_read_in_the_order_of_the_page(
    client: Client, checklist: Checklist
) -> None:
    page = send_list(client, "干部一处，张三，zhangsan\n考核办")

    assert [(row.unit, row.person, row.role) for row in page.context["found"].rows] == [
        ("干部一处", "张三", "editor"),
        ("考核办", "", "editor"),
    ]
    assert send_list(client, "干部一处\t张三\tz s").context["problems"][0].where == "1"


def test_a_sheet_is_read_as_what_is_pasted(client: Client, checklist: Checklist) -> None:
    file = SimpleUploadedFile("人员.csv", THREE.replace("\t", ",").encode("gb18030"))

    page = client.post(SHEET, {"file": file})

    assert len(page.context["found"].invited) == 3


def test_all_that_is_wrong_is_said_at_once_and_what_was_pasted_is_there_again(
    client: Client, checklist: Checklist, viewer: User
) -> None:
    rows = [
        "一处\t甲\t",
        "一处\t乙\tyi yi",
        "\t丙\tbing",
        "一处\t丁\tding\t处长",
        "一处\t戊\twu\t查阅员",
        "一处\t己\tviewer",
        "一处\t庚\tgeng",
        "一处\t辛\tGENG",
        f"{'长' * 101}\t壬\tren",
        "二处\t癸\tgui\t\t\t\t13800000000",
    ]

    page = send_list(client, "\n".join(rows))

    assert page.status_code == 422
    found = [(problem.row, problem.column) for problem in page.context["found"].problems]
    assert {row for row, _column in found} == {1, 2, 3, 4, 5, 6, 8, 9, 10}
    assert "癸" in page.content.decode()
    assert not page.context["token"]


def test_the_preview_does_not_tell_whether_a_name_exists_elsewhere(
    client: Client, checklist: Checklist, stranger: User
) -> None:
    for person in ("某人", ""):
        pages = [send_list(client, f"一处\t{person}\t{name}") for name in ("stranger", "somebody")]
        texts = {page.content.decode().replace("somebody", "stranger") for page in pages}
        assert [page.status_code for page in pages] == [200, 200]
        # The tokens differ from page to page.
        assert len({re.sub(r'value="[^"]{40,}"', "", text) for text in texts}) == 1


def test_names_that_are_taken_or_unknown_are_left_with_the_same_words(
    client: Client, checklist: Checklist, stranger: User
) -> None:
    slips = apply_list(client, "一处\t某人\tstranger\n一处\t\tnobody\n一处\t来人\tlairen")

    assert len(links_in(slips)) == 1
    said = [str(message) for message in slips.context["messages"]]
    assert "stranger" in said[-1]
    assert "nobody" in said[-1]
    assert not checklist.memberships.filter(user=stranger).exists()


def test_an_account_that_exists_is_added_without_a_link(client: Client, checklist: Checklist) -> None:
    user = make_user("liming")

    answer = apply_list(client, "一处\t\tliming")

    assert answer.status_code == 302
    assert checklist.memberships.get(user=user).role == Role.EDITOR


def test_an_undo_takes_back_what_nobody_has_used(
    client: Client, checklist: Checklist, administrator: User, first: Item
) -> None:
    slips = apply_list(client, THREE)
    set_first_password(links_in(slips)[0])
    used = checklist.owners.get(name="干部一处")
    change(first, by=administrator, owner=used)
    enrolment = Enrolment.objects.get()

    client.post(f"{SHEET}{enrolment.pk}/undo/")

    assert list(checklist.owners.all()) == [used]
    assert set(User.objects.exclude(pk=administrator.pk).values_list("username", flat=True)) == {"zhangsan"}
    assert not Invitation.objects.exists()
    assert not Enrolment.objects.exists()


def test_a_list_of_another_checklist_is_not_there(
    client: Client, checklist: Checklist, elsewhere: Checklist, stranger: User, sign_in: SignIn
) -> None:
    apply_list(client, THREE)

    answer = sign_in(stranger).post(f"/checklists/elsewhere/people/sheet/{Enrolment.objects.get().pk}/undo/")

    assert answer.status_code == 404
    assert Invitation.objects.count() == 3


def test_what_changed_since_the_preview_is_shown_again(client: Client, checklist: Checklist) -> None:
    token = send_list(client, THREE).context["token"]
    Owner.objects.create(checklist=checklist, name="干部一处")

    page = client.post(SHEET, {"apply": "1", "token": token})

    assert page.context["token"]
    assert not Invitation.objects.exists()


def test_under_mlps_a_list_waits_for_the_account_manager(
    client: Client, checklist: Checklist, settings: Settings
) -> None:
    settings.SECURITY_PROFILE = "mlps"

    assert apply_list(client, THREE).status_code == 302

    assert Invitation.objects.filter(user=None).count() == 3
    assert checklist.owners.count() == 2
    client.post(f"{SHEET}{Enrolment.objects.get().pk}/undo/")
    assert not checklist.owners.exists()


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "\n".join(f"处\t人\tu{number}" for number in range(PEOPLE_LIMIT + 1)),
        "x" * 100_001,
        "\0",
    ],
    ids=["empty", "too many", "too long", "NUL"],
)
def test_what_cannot_be_read_is_refused_beside_its_field(
    client: Client, checklist: Checklist, pasted: str
) -> None:
    page = send_list(client, pasted)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["pasted"]


def test_a_file_and_pasted_rows_are_not_sent_together(client: Client, checklist: Checklist) -> None:
    file = SimpleUploadedFile("a.csv", THREE.encode())

    page = client.post(SHEET, {"file": file, "pasted": THREE})

    assert list(page.context["form"].errors) == ["file"]
