"""Every field in the admin, posted by everybody: what changes is what the table of rights allows.

A form is sent all fields of the model, whether it shows them or not, and the names of its own inputs.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db.models import Model
from django.test import Client

from measures.choices import Role
from measures.models import Checklist, Item, Membership, Owner, SpecialDay
from tests.admin_world import World, allowed, sent
from tests.make import find_item, make_catalogue, make_checklist, make_owner, make_user

pytestmark = pytest.mark.any_engine

Changed = dict[str, set[str]]


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.SECURITY_PROFILE = "asvs"  # the posts of `mlps` are in tests/test_three_administrators.py
    top = make_checklist("china", "中国", make_catalogue(1, 1, 2))
    above = make_checklist("henan", "河南", parent=top)
    here, beside = make_checklist("zz", "郑州", parent=above), make_checklist("ly", "洛阳", parent=above)
    owner = make_owner(here, "一处")
    Item.objects.filter(checklist=here).update(owner=owner)
    people = {
        "nobody": make_user("nobody"),
        "stranger": make_user("stranger", make_checklist("out", "别处"), Role.ADMINISTRATOR),
        "viewer": make_user("viewer", here, Role.VIEWER),
        "editor": make_user("editor", here, Role.EDITOR, owner),
        "auditor": make_user("auditor", here, Role.AUDITOR),
        "administrator": make_user("administrator", here, Role.ADMINISTRATOR),
        "administrator above": make_user("above", above, Role.ADMINISTRATOR),
        "of both": make_user("both", here, Role.ADMINISTRATOR),
        "sees accounts": make_user("sees"),
        "security": make_user("security"),
        "superuser": User.objects.create_superuser("root"),
    }
    Membership.objects.create(user=people["of both"], checklist=above, role=Role.ADMINISTRATOR)
    accounts = {right.codename: right for right in Permission.objects.filter(codename__endswith="_user")}
    people["sees accounts"].user_permissions.set([accounts["view_user"]])
    people["security"].user_permissions.set(
        [accounts[name] for name in ("view_user", "add_user", "change_user")]
    )
    User.objects.update(is_staff=True)
    people = {who: User.objects.get(pk=user.pk) for who, user in people.items()}
    member = make_user("member", here, Role.EDITOR, make_owner(here, "二处"))
    measure = find_item(here).measure
    rows: dict[str, Model] = {
        "catalogue": here.catalogue,
        "pillar": measure.section.pillar,
        "section": measure.section,
        "measure": measure,
        "item": find_item(here),
        "checklist": here,
        "owner": owner,
        "membership": member.memberships.get(),
        "user": member,
        "specialday": SpecialDay.objects.create(day=date(2026, 10, 1), name="国庆节"),
    }
    return World(here, beside, rows, people)


def columns(row: Model) -> dict[str, Any]:
    """Every column of the row as the database has it, and the rows that it is tied to."""
    fresh = type(row)._base_manager.get(pk=row.pk)
    found = {field.attname: getattr(fresh, field.attname) for field in row._meta.concrete_fields}
    return found | {
        many.name: sorted(getattr(fresh, many.name).values_list("pk", flat=True))
        for many in row._meta.many_to_many
    }


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def put_back(row: Model, before: dict[str, Any]) -> None:
    """As it was, past everything that would record it."""
    many = {field.name for field in row._meta.many_to_many}
    plain = {name: value for name, value in before.items() if name not in many}
    type(row)._base_manager.filter(pk=row.pk).update(**plain)
    for name in many:
        getattr(row, name).set(before[name])


@pytest.mark.parametrize("model", [one.opts.model_name for one in admin.site._registry.values()])
def test_a_posted_form_changes_what_the_table_of_rights_allows(model: str, world: World) -> None:
    row, rights, data = world.rows[model], allowed(world)[model], sent(world).get(model, {})
    if not data:  # nobody writes the catalogue
        data = dict.fromkeys((field.name for field in row._meta.fields), "1")
    address = f"/admin/{row._meta.app_label}/{model}/{row.pk}/change/"
    before = columns(row)
    wanted: Changed = {who: {name for name, may in rights.items() if may(who)} for who in world.people}
    got: Changed = {}
    for who, user in world.people.items():
        client = client_of(user)
        # Hidden values of a page, for the forms that compare them.
        hidden = {f"initial-{name}": value for name, value in initial(row).items()}
        client.post(address, hidden | data)
        got[who] = differing(before, columns(row))
        put_back(row, before)

    assert got == wanted


def initial(row: Model) -> dict[str, Any]:
    return {"status": "not_started", "owner": row.owner_id or ""} if isinstance(row, Item) else {}


def test_a_parent_is_emptied_by_a_superuser_alone(world: World) -> None:
    data = sent(world)["checklist"] | {"parent": ""}
    got = set()
    before = columns(world.here)
    for who, user in world.people.items():
        client_of(user).post(f"/admin/measures/checklist/{world.here.pk}/change/", data)
        if Checklist.objects.get(pk=world.here.pk).parent_id is None:
            got.add(who)
            put_back(world.here, before)

    assert got == {"superuser"}


def test_a_root_is_closed_and_moved_by_a_superuser_alone(world: World) -> None:
    root = Checklist.objects.get(slug="china")
    owner = make_user("top", root, Role.ADMINISTRATOR)
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    out = Checklist.objects.get(slug="out")
    data = {"name": "新名", "status": "closed", "parent": out.pk, "reason": "为测试"}

    for user in (owner, world.people["of both"], world.people["superuser"]):
        assert Checklist.objects.get(pk=root.pk).path == "/china/"
        client_of(user).post(f"/admin/measures/checklist/{root.pk}/change/", data)

    now = Checklist.objects.get(pk=root.pk)
    assert (now.path, now.status) == ("/out/china/", "closed")


def test_a_row_of_the_list_of_items_is_written_by_those_who_change_items(world: World) -> None:
    item, rights = world.rows["item"], allowed(world)["item"]
    row = {f"form-0-{name}": value for name, value in {"id": item.pk, **sent(world)["item"]}.items()} | {
        f"initial-form-0-{name}": value for name, value in initial(item).items()
    }
    counts = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "1", "reason": "为测试"}
    before, got = columns(item), {}
    address = f"/admin/measures/item/?checklist__id__exact={world.here.pk}&q=1.1.1"
    for who, user in world.people.items():
        client_of(user).post(address, row | counts)
        got[who] = differing(before, columns(item))
        put_back(item, before)

    assert got == {who: {name for name, may in rights.items() if may(who)} for who in world.people}


def test_no_other_list_is_written_in(world: World) -> None:
    editable = {one.opts.model_name for one in admin.site._registry.values() if one.list_editable}

    assert editable == {"item"}


ADDING: dict[str, Callable[[World], Callable[[str], bool]]] = {
    "checklist": lambda world: lambda who: world.people[who].is_superuser,
    "owner": lambda world: world.manages,
    "membership": lambda world: world.manages,
    "specialday": lambda world: lambda who: world.people[who].is_superuser,
    "user": lambda world: world.has("add_user"),
}


@pytest.mark.parametrize("model", [one.opts.model_name for one in admin.site._registry.values()])
def test_a_row_is_added_by_those_whom_the_table_of_rights_allows(model: str, world: World) -> None:
    row = world.rows[model]
    data = sent(world).get(model, {}) | {"checklist": world.here.pk}
    may = ADDING[model](world) if model in ADDING else lambda who: False
    got, wanted = set(), {who for who in world.people if may(who)}
    for number, (who, user) in enumerate(world.people.items()):
        known = set(type(row)._base_manager.values_list("pk", flat=True))
        own = {"slug": f"new-{number}", "username": f"new-{number}"}
        if model == "owner":
            own["name"] = f"新 {number}"
        client_of(user).post(f"/admin/{row._meta.app_label}/{model}/add/", data | own)
        for made in type(row)._base_manager.exclude(pk__in=known):
            got.add(who)
            check_made(made)
            if model in ("membership", "specialday"):
                made.delete()

    assert got == wanted


def check_made(made: Any) -> None:
    """Nothing was taken from the form that nobody may say of a new row."""
    if isinstance(made, User):
        assert not made.is_superuser
        assert not made.has_usable_password()
        assert not made.user_permissions.exists()
    if isinstance(made, Checklist):
        assert (made.status, made.due_soon_days) == ("open", 14)
    if isinstance(made, Owner):
        assert made.checklist.slug == "zz"


def test_the_walk_leaves_nothing_out(world: World) -> None:
    """Each class of the admin is walked, and each column that people may change is sent another value."""
    names = {one.opts.model_name for one in admin.site._registry.values()}
    assert names == set(world.rows) == set(allowed(world))
    for model, data in sent(world).items():
        for name in allowed(world)[model]:
            # What follows from the others, and a box that is not ticked.
            derived = {
                "version",
                "updated_at",
                "updated_by_id",
                "first_due",
                "silent_since",
                "path",
                "is_active",
            }
            assert name.removesuffix("_id") in data or name in derived, (model, name)
