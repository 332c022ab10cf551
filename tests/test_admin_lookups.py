"""What an address of the admin may ask about rows: what its filters and its search box ask, and no more."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import FieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import models
from django.test import RequestFactory
from django_otp.plugins.otp_totp.models import TOTPDevice

from measures.admin.base import LedgerAdmin
from measures.choices import Role
from measures.models import Checklist, Membership, Owner, Session
from tests.make import SignIn, make_user

pytestmark = pytest.mark.slow

ENDINGS = ("", "__exact", "__gte", "__in", "__startswith", "__isnull", "__regex")
ADMINS = list(admin.site._registry.values())
EACH = pytest.mark.parametrize("model_admin", ADMINS, ids=[one.opts.model_name for one in ADMINS])
# What the pages themselves send and read, beside what finds rows.
OF_THE_PAGES = ("q", "o", "p", "all", "e", "_facets", "_popup", "_to_field", "_source_model")


def request() -> Any:
    made = RequestFactory().get("/")
    made.user = AnonymousUser()
    return made


def paths(model: type[models.Model], deep: int) -> Iterator[tuple[str, bool]]:
    """Each field of the model, and of the models that it leads to either way; and whether it leads on."""
    for field in model._meta.get_fields(include_hidden=True):
        leads_to = field.related_model if field.is_relation else None
        yield field.name, bool(leads_to)
        if deep > 1 and isinstance(leads_to, type):
            yield from ((f"{field.name}__{rest}", more) for rest, more in paths(leads_to, deep - 1))
            yield f"{field.name}__pk", False


def sent_by_pages(model_admin: Any) -> set[str]:
    """What Django's own filters say that they expect, and what its search box asks."""
    sent = set()
    for listed in model_admin.get_list_filter(request()):
        path, kind = listed if isinstance(listed, tuple) else (listed, FieldListFilter.create)
        field = get_fields_from_path(model_admin.model, path)[-1]
        shown = kind(field, request(), {}, model_admin.model, model_admin, field_path=path)
        sent |= {path, *shown.expected_parameters()}
    for name in model_admin.search_fields:
        ending = {"^": "istartswith", "=": "iexact"}.get(name[0], "icontains")
        sent.add(f"{name.lstrip('^=')}__{ending}")
    return sent


def test_every_class_of_the_admin_is_one_of_ours() -> None:
    assert len(ADMINS) == 10
    assert [one for one in ADMINS if not isinstance(one, LedgerAdmin)] == []
    assert all(type(one).lookup_allowed is LedgerAdmin.lookup_allowed for one in ADMINS)


@EACH
@pytest.mark.django_db
def test_the_filters_find_what_they_send(model_admin: Any) -> None:
    for name in sent_by_pages(model_admin):
        assert model_admin.lookup_allowed(name, "1", request()), name


@EACH
@pytest.mark.django_db
def test_no_other_field_is_asked_about_three_relations_deep(model_admin: Any) -> None:
    sent = sent_by_pages(model_admin)
    # Of a field that is filtered by, its own value and whether there is one tell what the list shows.
    known = {f"{name}{ending}" for name in sent for ending in ("", "__exact", "__isnull")}
    tried = {
        f"{path}{ending}" for path, _leads_on in paths(model_admin.model, 3) for ending in ENDINGS
    } - known

    leads_on = any(field.is_relation for field in model_admin.model._meta.get_fields())
    assert len(tried) > (700 if leads_on else 20)
    assert [name for name in tried if model_admin.lookup_allowed(name, "1", request())] == []


def least_staff(checklist: Checklist) -> dict[str, User]:
    """By the name of a model, who may open its list and has no other right."""
    sees = make_user("sees")
    sees.user_permissions.set(Permission.objects.filter(codename="view_user"))
    manages = make_user("manages", checklist, Role.ADMINISTRATOR)
    plain = make_user("plain")
    User.objects.update(is_staff=True)
    managed = {"checklist": manages, "owner": manages, "membership": manages}
    read = dict.fromkeys(["catalogue", "pillar", "section", "measure", "item"], plain)
    return {"user": sees, "specialday": User.objects.create_superuser("operator"), **managed, **read}


@EACH
def test_a_request_about_any_other_field_is_a_400_for_who_may_just_open_the_list(
    model_admin: Any, checklist: Checklist, sign_in: SignIn
) -> None:
    client = sign_in(least_staff(checklist)[model_admin.opts.model_name])
    address = f"/admin/{model_admin.opts.app_label}/{model_admin.opts.model_name}/"
    sent = sent_by_pages(model_admin)
    names = ["nothing", "pk", "pk__in", "id__gte", "_changelist_filters"]
    for field in model_admin.model._meta.get_fields(include_hidden=True):
        key = field.related_model._meta.pk.name if field.is_relation and field.related_model else None
        names.append(f"{field.name}__{key}__gte" if key else f"{field.name}__gte")

    assert client.get(address).status_code == 200
    got = {name: client.get(address, {name: "1"}).status_code for name in names if name not in sent}

    assert len(got) > 6
    assert set(got.values()) == {400}, got


@EACH
def test_the_links_of_a_list_and_the_parameters_of_its_pages_go_on_working(
    model_admin: Any, checklist: Checklist, sign_in: SignIn
) -> None:
    Membership.objects.create(user=make_user("second"), checklist=checklist, role=Role.VIEWER)
    client = sign_in(User.objects.create_superuser("root"))
    address = f"/admin/{model_admin.opts.app_label}/{model_admin.opts.model_name}/"
    changes = client.get(address).context["cl"]

    asked = [list(spec.choices(changes))[1]["query_string"] for spec in changes.filter_specs]
    asked += [f"?{name}={'id' if name == '_to_field' else 1}" for name in OF_THE_PAGES]
    asked += [f"?{name}=1" for name in sent_by_pages(model_admin) if name.endswith("isnull")]

    assert asked
    for query in asked:
        assert client.get(f"{address}{query}").status_code == 200, query


def test_a_page_of_one_row_leads_back_to_the_list_as_it_was_filtered(
    checklist: Checklist, owner: Owner, administrator: User, sign_in: SignIn
) -> None:
    User.objects.update(is_staff=True)
    client = sign_in(administrator)
    kept = f"_changelist_filters=checklist__id__exact%3D{checklist.pk}"

    answer = client.post(f"/admin/measures/owner/{owner.pk}/change/?{kept}", {"name": "新名"})

    assert answer.headers["Location"] == f"/admin/measures/owner/?checklist__id__exact={checklist.pk}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_who_may_see_accounts_learns_nothing_of_anybodys_session_or_second_factor(
    checklist: Checklist, sign_in: SignIn
) -> None:
    root = User.objects.create_superuser("root")
    TOTPDevice.objects.create(user=root, confirmed=True)
    sign_in(root)
    client = sign_in(least_staff(checklist)["user"])
    [session] = Session.objects.filter(user=root)

    for asked in (
        {"username__exact": "root", "sessions__session_key__gte": session.pk},
        {"sessions__session_key": session.pk},
        {"sessions__isnull": "0"},
        {"totpdevice__id__gte": "1"},
        {"recovery_codes__isnull": "1"},
        {"memberships__id__gte": "1"},
        {"logentry__id__gte": "1"},
        {"password__startswith": "argon2"},
    ):
        page = client.get("/admin/auth/user/", asked, headers={"Accept-Language": "en"})

        assert page.status_code == 400, asked
        assert "This request cannot be understood" in page.content.decode()
