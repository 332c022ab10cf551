"""Every address of the site, walked as everybody. One that is not in the table fails the test."""

from dataclasses import dataclass

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from measures.models import Checklist

SIGN_IN = 302
EVERYONE = {
    "anonymous": 200,
    "stranger": 200,
    "viewer": 200,
    "editor": 200,
    "auditor": 200,
    "administrator": 200,
}
MEMBERS = EVERYONE | {"anonymous": SIGN_IN, "stranger": 404}
SIGNED_IN = EVERYONE | {"anonymous": SIGN_IN}
POSTED = dict.fromkeys(EVERYONE, 405)


@dataclass(frozen=True)
class Expected:
    """What a GET answers to whom, and what an empty POST does (None: the same as GET says is not tried)."""

    get: dict[str, int]
    post: dict[str, int]
    arguments: tuple[str, ...] = ()


REFUSED = MEMBERS | {"stranger": 404, "viewer": 403, "editor": 403, "auditor": 403, "administrator": 422}
# LoginRequiredMiddleware comes before the view's own refusal of the method.
NO_POST = POSTED | {"anonymous": SIGN_IN}
CHANGERS = MEMBERS | {"viewer": 403, "auditor": 403}
ADMINISTRATORS = MEMBERS | {"viewer": 403, "editor": 403, "auditor": 403}
NOBODY = dict.fromkeys(EVERYONE, 404) | {"anonymous": SIGN_IN}
NO_CODE = dict.fromkeys(EVERYONE, 422) | {"anonymous": SIGN_IN}
READERS = ["viewer", "editor", "auditor", "administrator"]
NAMELESS = dict.fromkeys(READERS, 422)
LED_BACK = dict.fromkeys(READERS, 302)
# The pages of a batch that is there are walked in tests/test_bulk.py.
UNKNOWN = "00000000-0000-4000-8000-000000000000"
TABLE = {
    "home": Expected(
        SIGNED_IN | dict.fromkeys(["viewer", "editor", "auditor", "administrator", "stranger"], 302), NO_POST
    ),
    "checklists": Expected(SIGNED_IN, NO_POST),
    "overview": Expected(MEMBERS, NO_POST, ("henan",)),
    "items": Expected(MEMBERS, NO_POST, ("henan",)),
    "item": Expected(MEMBERS, REFUSED, ("henan", "1.1.1")),
    "report": Expected(MEMBERS, NO_POST, ("henan",)),
    "columns": Expected(MEMBERS, NO_POST, ("henan",)),
    "saved-views": Expected(MEMBERS, NO_POST, ("henan",)),
    "save-view": Expected(POSTED | {"anonymous": SIGN_IN}, MEMBERS | NAMELESS, ("henan",)),
    "default-view": Expected(POSTED | {"anonymous": SIGN_IN}, MEMBERS | LED_BACK, ("henan",)),
    "delete-view": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1")),
    "bulk": Expected(POSTED | {"anonymous": SIGN_IN}, CHANGERS, ("henan",)),
    "batches": Expected(MEMBERS, NO_POST, ("henan",)),
    "batch": Expected(NOBODY, NO_POST, ("henan", UNKNOWN)),
    "undo": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", UNKNOWN)),
    "hand-over": Expected(ADMINISTRATORS, REFUSED, ("henan",)),
    "sign-in": Expected(EVERYONE | dict.fromkeys(SIGNED_IN, 302) | {"anonymous": 200}, {}),
    "sign-out": Expected(NO_POST, {}),
    "password": Expected(SIGNED_IN, dict.fromkeys(EVERYONE, 422) | {"anonymous": SIGN_IN}),
    # A link that works is tried in tests/test_users.py.
    "first-password": Expected(dict.fromkeys(EVERYONE, 404), dict.fromkeys(EVERYONE, 404), ("MQ", "0-0")),
    "second-step": Expected(dict.fromkeys(EVERYONE, 302), dict.fromkeys(EVERYONE, 302)),
    "two-factor": Expected(SIGNED_IN, NO_POST),
    # Beginning makes a key: tests/test_two_factor.py does it.
    "begin-two-factor": Expected(NO_POST, {}),
    "two-factor-picture": Expected(NOBODY, NO_POST),
    "confirm-two-factor": Expected(NO_POST, dict.fromkeys(EVERYONE, 302)),
    "recovery-codes": Expected(NO_POST, NO_CODE),
    "end-two-factor": Expected(NO_POST, NO_CODE),
    "sessions": Expected(SIGNED_IN, NO_POST),
    # Ending sessions takes rows away: tests/test_sessions.py does it.
    "end-other-sessions": Expected(NO_POST, {}),
    "end-session": Expected(NO_POST, NOBODY, (UNKNOWN,)),
    "language": Expected(POSTED, dict.fromkeys(EVERYONE, 302)),
    "theme": Expected(POSTED, dict.fromkeys(EVERYONE, 302)),
    "healthz": Expected(EVERYONE, POSTED),
}


def own_addresses() -> set[str]:
    """The names of all addresses but the admin's, which tests/test_admin.py walks."""
    names: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.app_name != "admin":
                    walk(pattern.url_patterns)
            elif pattern.pattern.match("admin/login/") is None:
                names.add(pattern.name or str(pattern.pattern))

    walk(get_resolver().url_patterns)
    return names


def rows_of_everything() -> dict[str, int]:
    counted = (model for model in apps.get_models() if model._meta.app_label in ("measures", "auth"))
    return {model.__name__: model._default_manager.count() for model in counted}


@pytest.fixture
def everybody(
    stranger: User, viewer: User, editor: User, auditor: User, administrator: User
) -> dict[str, User | None]:
    return {
        "anonymous": None,
        "stranger": stranger,
        "viewer": viewer,
        "editor": editor,
        "auditor": auditor,
        "administrator": administrator,
    }


def test_every_address_is_in_the_table() -> None:
    assert own_addresses() == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_address_answers_each_person_as_the_table_says(
    name: str, everybody: dict[str, User | None], checklist: Checklist
) -> None:
    expected = TABLE[name]
    address = reverse(name, args=expected.arguments)
    for who, user in everybody.items():
        client = Client()
        if user:
            client.force_login(user)

        before = rows_of_everything()
        assert client.get(address).status_code == expected.get[who], f"GET {address} as {who}"
        assert rows_of_everything() == before, f"GET {address} wrote"
        if expected.post:
            assert client.post(address).status_code == expected.post[who], f"POST {address} as {who}"
            assert rows_of_everything() == before, f"an empty POST to {address} wrote"


def test_a_stranger_to_the_site_is_led_to_sign_in_and_back(checklist: Checklist) -> None:
    response = Client().get("/checklists/henan/items/?pillar=2")

    assert response.headers["Location"] == "/sign-in/?next=/checklists/henan/items/%3Fpillar%3D2"


def test_a_post_without_a_token_is_refused(checklist: Checklist, administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)

    response = client.post("/checklists/henan/items/1.1.1/", {"status": "done"})

    assert response.status_code == 403
    assert checklist.items.filter(status="done").count() == 0


@pytest.mark.parametrize("address", ["/sign-in/", "/checklists/henan/items/", "/admin/", "/nowhere/"])
def test_no_page_lets_foreign_code_run(address: str, administrator: User) -> None:
    client = Client()
    if address != "/sign-in/":
        client.force_login(administrator)

    policy = client.get(address, follow=True)["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
