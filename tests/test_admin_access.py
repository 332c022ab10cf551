"""Every address of the admin, walked as everybody. One that is not in the table fails the test.

All but two of those who walk have staff status: what they then find is up to their roles. A row that one may
not know of answers as one that is not there: Django leads to the admin's first page, and says so.
"""

from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from measures.choices import Role
from measures.models import Checklist, Membership, Owner, SpecialDay
from tests.everybody import checklist, everybody, owner, viewer
from tests.make import SignIn, find_item, make_user
from tests.test_access import EVERYONE, OUTSIDERS, READERS

pytestmark = [pytest.mark.slow, pytest.mark.any_engine]

__all__ = ["checklist", "everybody", "owner", "viewer"]  # fixtures are found by their names

SIGN_IN, GONE, LED, REFUSED = "sign-in", "gone", "led on", 403
# Every administrator of a checklist opens the items; other roles need staff status to come in.
PLAIN, SHUT_OUT = "administrator without staff", "editor without staff"
PEOPLE = [*EVERYONE, "security", PLAIN, SHUT_OUT]
STAFF = [who for who in PEOPLE if who not in ("anonymous", PLAIN, SHUT_OUT)]
Answers = dict[str, int | str]


def answers(everybody_else: int | str, **groups: list[str]) -> Answers:
    """What each is answered: groups by `ok`, `gone`, `refused`; the rest of the staff as said first."""
    found: Answers = {"anonymous": SIGN_IN, PLAIN: REFUSED, SHUT_OUT: REFUSED}
    found.update(dict.fromkeys(STAFF, everybody_else))
    meaning: Answers = {"ok": 200, "gone": GONE, "refused": REFUSED}
    for group, people in groups.items():
        found |= dict.fromkeys(people, meaning[group])
    return found


def every(staff: int | str, without: int | str) -> Answers:
    """All who may open the admin as one, and the one who may not."""
    return answers(staff) | {PLAIN: staff, SHUT_OUT: without}


ALL, NONE = answers(200), answers(REFUSED)
NO_METHOD = every(405, REFUSED)
OPEN = every(200, REFUSED)
UNKNOWN = [*OUTSIDERS, "security"]  # no role from which they read 河南
MANAGERS = ["administrator", "superuser"]
OTHER_MANAGERS = [*OUTSIDERS, "administrator above"]
READ = answers(GONE, ok=[*READERS, PLAIN])
MANAGE_SOME = answers(REFUSED, ok=[*MANAGERS, *OTHER_MANAGERS])
MANAGE_THIS = answers(REFUSED, ok=MANAGERS, gone=OTHER_MANAGERS)
ACCOUNTS = answers(REFUSED, ok=["superuser", "security"])
SECURITY = answers(REFUSED, ok=["security"])
OPERATOR = answers(REFUSED, ok=["superuser"])
ON = every(LED, REFUSED)

# By the kind of page: what GET and an empty POST answer.
Kinds = dict[str, tuple[Answers, Answers]]
TO_READ: Kinds = {
    "changelist": (ALL, ALL),
    "add": (NONE, NONE),
    "history": (ALL, ALL),
    "delete": (NONE, NONE),
    "change": (ALL, NONE),
}
MANAGED: Kinds = {
    "changelist": (MANAGE_SOME, MANAGE_SOME),
    "add": (MANAGE_SOME, MANAGE_SOME),
    "history": (answers(GONE, ok=MANAGERS), answers(GONE, ok=MANAGERS)),
    "delete": (MANAGE_THIS, MANAGE_THIS),
    "change": (MANAGE_THIS, MANAGE_THIS),
}
TABLE: dict[str, Kinds] = {
    "catalogue": TO_READ,
    "pillar": TO_READ,
    "section": TO_READ,
    "measure": TO_READ,
    "item": TO_READ
    | {
        "changelist": (OPEN, OPEN),
        "history": (READ, READ),
        "change": (READ, answers(REFUSED, ok=["editor", "administrator", PLAIN], gone=UNKNOWN)),
    },
    "checklist": MANAGED | {"add": (OPERATOR, OPERATOR), "delete": (NONE, NONE)},
    "owner": MANAGED,
    "membership": MANAGED,
    "specialday": dict.fromkeys(("changelist", "add", "history", "delete", "change"), (OPERATOR, OPERATOR)),
    # Since somebody manages accounts, the superuser gives posts and no more: an empty form gives none.
    "user": {
        "changelist": (ACCOUNTS, ACCOUNTS),
        "history": (ACCOUNTS, ACCOUNTS),
        "change": (ACCOUNTS, ACCOUNTS | {"superuser": LED}),
        "add": (SECURITY, SECURITY),
        "password_change": (SECURITY, SECURITY),
        "delete": (NONE, NONE),
        "link": (NO_METHOD, SECURITY),
        "no-second-factor": (NO_METHOD, answers(REFUSED) | {"security": LED}),
    },
}
# Buttons on a user's page; their addresses have names of our own.
BUTTONS = ("link", "no-second-factor")
SITE: Kinds = {
    "index": (OPEN, OPEN),
    "login": (answers(REFUSED), answers(REFUSED)),
    "logout": (NO_METHOD, ON),
    # Led to the site's own page, staff or not.
    "password_change": (every(LED, LED), every(LED, LED)),
    "password_change_done": (OPEN, NO_METHOD),
    "autocomplete": (NONE, NO_METHOD),
    "jsi18n": (OPEN, NO_METHOD),
    "app_list": (OPEN, OPEN),
    "view_on_site": (every(404, 404), every(404, 404)),
}
CASES = [(model, kind) for model, kinds in TABLE.items() for kind in kinds] + [("", name) for name in SITE]


def name_of(model: str, kind: str) -> str:
    if kind in BUTTONS:
        return f"{model}-{kind}"
    label = "auth" if model == "user" else "measures"
    return f"{label}_{model}_{kind}" if model else kind


def all_names() -> set[str]:
    """The names of the admin's addresses. Two have none: a row's short form, and what no page answers."""
    names: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif pattern.name or str(pattern.pattern) not in ("<path:object_id>/", "(?P<url>.*)$"):
                names.add(pattern.name or str(pattern.pattern))

    walk(admin.site.urls[0])
    return names


@pytest.fixture(scope="module")
def staff(everybody: dict[str, User | None]) -> dict[str, User | None]:
    security = make_user("security")
    rights = Permission.objects.filter(codename__in=["add_user", "change_user", "view_user"])
    security.user_permissions.set(rights)
    User.objects.update(is_staff=True)
    henan = Checklist.objects.get(slug="henan")
    plain = make_user("plain", henan, Role.ADMINISTRATOR)
    shut_out = make_user("shut out", henan, Role.EDITOR, Owner.objects.get(name="干部一处"))
    return everybody | {"security": security, PLAIN: plain, SHUT_OUT: shut_out}


@pytest.fixture
def keys(checklist: Checklist, owner: Owner, viewer: User) -> dict[str, int]:
    """A row of each model in or around 河南."""
    measure = find_item(checklist).measure
    return {
        "catalogue": checklist.catalogue_id,
        "pillar": measure.section.pillar_id,
        "section": measure.section_id,
        "measure": measure.pk,
        "item": find_item(checklist).pk,
        "checklist": checklist.pk,
        "owner": owner.pk,
        "membership": Membership.objects.get(user=viewer).pk,
        "user": viewer.pk,
        "specialday": SpecialDay.objects.create(day=date(2026, 10, 1), name="国庆节").pk,
    }


def answer(client: Client, method: str, address: str) -> int | str:
    """The status; for a redirect, where it leads in the end."""
    response = getattr(client, method)(address)
    if response.status_code not in (301, 302):
        return int(response.status_code)
    to = response["Location"]
    if to.startswith("/admin/login/"):  # the door: signed in without staff status, one is refused there
        inside = client.get(to)
        return SIGN_IN if inside.status_code == 302 else inside.status_code
    if to.startswith("/sign-in/?next="):
        return SIGN_IN
    if to == "/admin/":
        return GONE if client.get("/admin/").status_code == 200 else REFUSED
    return LED


def test_every_address_is_in_the_table() -> None:
    assert all_names() == {name_of(model, kind) for model, kind in CASES}


@pytest.mark.parametrize(("model", "kind"), CASES)
def test_each_address_answers_each_person_as_the_table_says(
    model: str, kind: str, staff: dict[str, User | None], keys: dict[str, int]
) -> None:
    of_a_row = kind in ("history", "delete", "change") or (model, kind) == ("user", "password_change")
    of_a_row = of_a_row or kind in BUTTONS
    arguments: dict[str, list[object]] = {"app_list": ["measures"], "view_on_site": [1, 1]}
    found = [keys[model]] if of_a_row else arguments.get(kind, [])
    address = reverse(f"admin:{name_of(model, kind)}", args=found)
    expected = (TABLE[model] if model else SITE)[kind]
    for method, said in zip(("get", "post"), expected, strict=True):
        got = {}
        for who, user in staff.items():
            client = Client()
            if user:
                client.force_login(user)
            got[who] = answer(client, method, address)
        assert got == said, f"{method} {address}"


def test_a_row_that_is_anothers_answers_as_one_that_is_not_there(
    staff: dict[str, User | None], keys: dict[str, int], sign_in: SignIn
) -> None:
    assert staff["stranger"]
    client = sign_in(staff["stranger"])
    for model in ("item", "checklist", "owner", "membership"):
        said = []
        for key in (keys[model], 987654):
            page = client.get(f"/admin/measures/{model}/{key}/change/", follow=True)
            words = [str(message).replace(str(key), "…") for message in page.context["messages"]]
            said.append((page.status_code, page.redirect_chain, words))

        assert said[0] == said[1], model
        assert said[0][2], "it says that there is no such row"
