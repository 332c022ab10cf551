"""Signs in, with a wrong password unless a test says otherwise."""

from typing import Any

from django.test import Client

from measures.choices import Audited
from measures.models import AuditRecord

ENGLISH = {"Accept-Language": "en"}


def try_to_sign_in(
    name: str = "administrator", password: str = "wrong", address: str = "10.0.0.1", agent: str = "a browser"
) -> Any:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    return client.post("/sign-in/", {"username": name, "password": password}, headers=ENGLISH)


def fail(times: int, **where: str) -> list[int]:
    return [try_to_sign_in(**where).status_code for _ in range(times)]


def refusals() -> list[tuple[str, str, str]]:
    """The records of locks: whose name, about what, and until when."""
    locks = AuditRecord.objects.filter(action=Audited.LOCKED_OUT).order_by("pk")
    return list(locks.values_list("by_name", "about", "after"))
