"""Signing in and out, one's own password, language and theme, and the site's health."""

from unittest import mock

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from config import settings as production
from measures.models import Checklist, Membership
from tests.make import PASSWORD, SignIn, make_checklist

ENGLISH = {"Accept-Language": "en"}


def test_a_person_signs_in_and_comes_back_to_where_they_were_going(administrator: User) -> None:
    client = Client()

    response = client.post(
        "/sign-in/", {"username": "administrator", "password": PASSWORD, "next": "/checklists/henan/items/"}
    )

    assert response.headers["Location"] == "/checklists/henan/items/"
    assert client.get("/checklists/henan/items/").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(administrator: User) -> None:
    pages = [
        Client().post("/sign-in/", {"username": name, "password": "wrong"}, headers=ENGLISH)
        for name in ("administrator", "nobody")
    ]

    errors = [page.context["form"].non_field_errors() for page in pages]
    assert errors[0] == errors[1]
    assert errors[0]


def test_signing_in_never_leads_to_another_site(administrator: User) -> None:
    response = Client().post(
        "/sign-in/", {"username": "administrator", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )

    assert response.headers["Location"] == "/"


def test_signing_out_takes_a_post_and_ends_the_session(administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/checklists/").status_code == 302


def test_a_person_changes_their_password(administrator: User, sign_in: SignIn) -> None:
    new = "jin-zhan-bao-gao-26"
    client = sign_in(administrator)

    client.post("/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert Client().login(username="administrator", password=new)


def test_a_weak_password_is_refused_in_the_readers_language(administrator: User, sign_in: SignIn) -> None:
    page = sign_in(administrator).post(
        "/password/",
        {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"},
        headers={"Accept-Language": "zh-CN"},
    )

    assert page.status_code == 422
    assert "密码" in str(page.context["form"].errors["new_password2"])
    assert Client().login(username="administrator", password=PASSWORD)


def test_passwords_are_kept_as_argon2_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS

    assert make_password("secret").startswith("argon2$argon2id$")


def test_the_admins_sign_in_page_is_the_sites_own() -> None:
    assert Client().get("/admin/login/?next=/admin/").headers["Location"] == "/sign-in/?next=/admin/"


def test_whoever_may_not_use_the_admin_is_told_so(viewer: User, sign_in: SignIn) -> None:
    assert sign_in(viewer).get("/admin/", follow=True).status_code == 403


@pytest.mark.parametrize(("theme", "shown"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_a_reader_chooses_a_theme_and_goes_back_to_the_systems(db: None, theme: str, shown: str) -> None:
    client = Client()

    assert client.post("/theme/", {"theme": theme, "next": "/sign-in/"}).headers["Location"] == "/sign-in/"
    assert shown in client.get("/sign-in/").content.decode()

    client.post("/theme/", {"theme": "", "next": "/sign-in/"})
    assert "data-theme" not in client.get("/sign-in/").content.decode()


def test_choosing_a_theme_never_leads_to_another_site(db: None) -> None:
    response = Client().post("/theme/", {"theme": "dark", "next": "//elsewhere.example/"})

    assert response.headers["Location"] == "/"


def test_healthz_says_that_all_is_well(db: None) -> None:
    response = Client().get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"database": "ok", "migrations": "ok", "version": production.VERSION}


def test_healthz_says_that_a_migration_is_missing(db: None) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="measures").latest("applied").delete()

    response = Client().get("/healthz")

    assert response.status_code == 503
    assert response.json()["migrations"] == "1 not applied"


def test_healthz_says_that_the_database_does_not_answer(db: None) -> None:
    with mock.patch("measures.database.release.MigrationExecutor", side_effect=DatabaseError):
        response = Client().get("/healthz")

    assert response.status_code == 503


def test_home_leads_somebody_without_a_role_to_what_they_can_read(
    checklist: Checklist, viewer: User, superuser: User, sign_in: SignIn
) -> None:
    assert sign_in(superuser).get("/").headers["Location"] == "/checklists/henan/"
    make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
    assert sign_in(superuser).get("/").headers["Location"] == "/checklists/"
    assert sign_in(viewer).get("/").status_code == 200

    Membership.objects.all().delete()

    assert sign_in(viewer).get("/", follow=True).redirect_chain == [("/checklists/", 302)]
