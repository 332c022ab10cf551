"""Context that every page needs."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from measures.rights.administration import opens_admin
from measures.rights.roles import rights_of
from measures.todo.acting import Acting
from measures.todo.count import count_waiting

THEMES = ("light", "dark")


def appearance(request: HttpRequest) -> dict[str, object]:
    """`theme`: light or dark where the reader chose one, else empty: the system's own."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {"theme": theme if theme in THEMES else ""}


def menu(request: HttpRequest) -> dict[str, object]:
    """`reads_audit`, `makes_accounts`, `opens_admin`: what the user's menu links to.

    `waiting_count` is as `count_waiting`. Only evaluated if a page has a menu.
    """
    acting = cache(lambda: Acting(rights_of(request)))
    return {
        "reads_audit": SimpleLazyObject(lambda: rights_of(request).reads_audit()),
        "makes_accounts": SimpleLazyObject(lambda: acting().makes_accounts),
        "opens_admin": SimpleLazyObject(lambda: opens_admin(rights_of(request))),
        "waiting_count": lambda: count_waiting(acting()),
    }


def release(request: HttpRequest) -> dict[str, str]:
    """`release`: the version of Taizhang that is running, such as 0.1.0."""
    return {"release": settings.VERSION}
