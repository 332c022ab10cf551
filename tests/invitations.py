"""People who are invited, as tests make them."""

import re
from typing import Any, Protocol

from django.contrib.auth.models import User
from django.test import Client

from measures.choices import Role
from measures.models import Checklist, Invitation, Owner
from tests.make import NOW

PASSWORD_SET = "Zai-ban-shi-xiang-26"
SHEET = "/checklists/henan/people/sheet/"


class HasPage(Protocol):
    """What has an administrator's client."""

    page: Client
    checklist: Checklist


def make_invitation(
    checklist: Checklist, by: User, name: str = "xinren", role: Role = Role.VIEWER, owner: Owner | None = None
) -> tuple[Invitation, str]:
    """An invitation with an account, and its token."""
    made = Invitation(checklist=checklist, username=name, person="新人", role=role, owner=owner)
    made.prepare(by=by, at=NOW)
    return made, made.approve(by=by, at=NOW)


def links_in(page: Any) -> list[str]:
    """The paths of the one-time links that a page shows."""
    return re.findall(r"http://testserver(/account/invitation/[^<\s]+)", page.content.decode())


def set_first_password(path: str, new: str = PASSWORD_SET) -> Any:
    return Client().post(path, {"new_password1": new, "new_password2": new})


def send_list(client: Client, pasted: str) -> Any:
    """The preview of a list that is pasted."""
    return client.post(SHEET, {"pasted": pasted})


def apply_list(client: Client, pasted: str) -> Any:
    """The page after the list's preview."""
    token = send_list(client, pasted).context["token"]
    return client.post(SHEET, {"apply": "1", "token": token})


def invite_and_end(world: HasPage) -> None:
    sent = {"invite-person": "甲", "invite-account": "jia", "invite-role": "viewer", "invite-unit": ""}
    world.page.post("/checklists/henan/people/invitations/", sent)
    apply_list(world.page, "一处\t乙\tyi")
    for enrolment in world.checklist.enrolments.all():
        world.page.post(f"{SHEET}{enrolment.pk}/undo/")
