"""Rows of every model that the admin shows, what is posted to change them, and who may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission, User
from django.db.models import Model

from measures.models import Checklist
from measures.rights.roles import Action, Rights
from tests.make import make_catalogue, make_owner

Asked = Callable[[str], bool]
# The page of an item shows its journal below, as forms that nobody fills in.
JOURNAL = {"updates-TOTAL_FORMS": 0, "updates-INITIAL_FORMS": 0}
CATALOGUE = ("catalogue", "pillar", "section", "measure")


@dataclass
class World:
    """中国 over 河南 over 郑州, 河北 beside; a row of each model in 郑州; and people, all of them staff."""

    here: Checklist
    beside: Checklist
    rows: dict[str, Model]
    people: dict[str, User]

    def rights(self, who: str) -> Rights:
        return Rights(self.people[who])

    def tends(self, who: str) -> bool:
        """By the table: from the checklist above, or as a superuser."""
        rights, above = self.rights(who), self.here.parent
        assert above
        return rights.may(Action.TEND_BELOW, above) or self.people[who].is_superuser

    def manages(self, who: str) -> bool:
        return self.rights(who).may(Action.MANAGE, self.here) or self.people[who].is_superuser

    def does(self, action: Action) -> Callable[[str], bool]:
        return lambda who: self.rights(who).may(action, self.here)

    def has(self, right: str) -> Callable[[str], bool]:
        """Users who manage accounts or run the system; superusers' objects are tested separately."""
        return lambda who: self.people[who].is_superuser or self.people[who].has_perm(f"auth.{right}")


def sent(world: World) -> dict[str, dict[str, Any]]:
    """For each model, another value for every field that a person could mean to change."""
    other_owner = make_owner(world.here, "三处")
    other = make_catalogue(1, 1, 1, slug="other")
    right = Permission.objects.get(codename="add_user")
    item = {
        "status": "in_progress",
        "owner": other_owner.pk,
        "due": "2027-01-31",
        "notes": "新",
        "version": 1,
    }
    return {
        "item": item
        | {"reason": "为测试", "checklist": world.beside.pk, "measure": "", "pillar": ""}
        | JOURNAL,
        "checklist": {
            "name": "新名",
            "period": "2027",
            "requires_two_factor": "on",
            "slug": "other",
            "catalogue": other.pk,
            "parent": world.beside.pk,
            "status": "closed",
            "reason": "区划调整",
            "path": "/x/",
            "due_soon_days": 1,
            "silence_days": 1,
            "opened_at_0": "2020-01-01",
            "opened_at_1": "00:00",
        },
        "owner": {"name": "新名", "checklist": world.beside.pk},
        "specialday": {"day": "2026-10-10", "is_worked": "on", "name": "调休"},
        "membership": {
            "role": "viewer",
            "owner": "",
            "user": world.people["nobody"].pk,
            "checklist": world.beside.pk,
        },
        "user": {
            "username": "other",
            "first_name": "新",
            "last_name": "人",
            "email": "a@example.org",
            "is_staff": "on",
            "is_superuser": "on",
            "user_permissions": [right.pk],
            "groups": [],
            "password": "md5$x$x",
            "password1": "Zai-ban-shi-xiang-26",
            "password2": "Zai-ban-shi-xiang-26",
            "last_login_0": "2020-01-01",
            "last_login_1": "00:00",
            "date_joined_0": "2020-01-01",
            "date_joined_1": "00:00",
        },
    }


def allowed(world: World) -> dict[str, dict[str, Asked]]:
    """By model and column: who changes it there. What is not named, nobody does."""
    change, accounts = world.does(Action.CHANGE_ANY_ITEM), world.has("change_user")

    def changes(who: str) -> bool:
        return change(who) or world.does(Action.CHANGE_OWN_ITEMS)(who)

    def tends(who: str) -> bool:
        # The form is for those who manage the checklist; the others have the page of the one above.
        return world.manages(who) and world.tends(who)

    def operates(who: str) -> bool:
        return world.people[who].is_superuser

    manages: Asked = world.manages
    names = ("username", "first_name", "last_name", "email", "is_active", "is_staff")
    state = ("status", "due", "notes", "version", "updated_at", "updated_by_id", "first_due", "silent_since")
    return {
        "item": dict.fromkeys(state, changes) | {"owner_id": world.does(Action.HAND_OVER)},
        "checklist": dict.fromkeys(("name", "period", "requires_two_factor"), manages)
        | dict.fromkeys(("parent_id", "path", "status"), tends),
        "owner": {"name": manages},
        "membership": dict.fromkeys(("role", "owner_id"), manages),
        "specialday": dict.fromkeys(("day", "is_worked", "name"), operates),
        "user": dict.fromkeys(names, accounts)
        | dict.fromkeys(("is_superuser", "user_permissions"), operates),
        **{name: {} for name in CATALOGUE},
    }
