"""A catalogue is chosen where a checklist is opened."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from measures.models import Catalogue, Checklist
from tests.below_make import BELOW
from tests.make import SignIn
from tests.test_below_sheet import HEAD, apply, send
from tests.test_catalogues import flat, loaded

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db]


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def offered(client: Client, address: str = BELOW) -> list[str]:
    form = client.get(address).context["form"]
    if "catalogue" not in form.fields:
        return []
    return [Catalogue.objects.get(pk=key.value).slug for key, _label in form.fields["catalogue"].choices]


def test_an_office_with_one_catalogue_is_not_asked(client: Client, checklist: Checklist) -> None:
    assert offered(client) == []


def test_drafts_are_not_offered_and_not_taken(client: Client, checklist: Checklist) -> None:
    draft = loaded(flat(), "safety")
    Catalogue.objects.filter(pk=draft.pk).update(is_draft=True)
    loaded(flat(), "other")

    assert offered(client) == offered(client, f"{BELOW}sheet/") == ["other", "test"]
    answer = client.post(f"{BELOW}open/", {"name": "厂区", "slug": "works", "catalogue": draft.pk})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["catalogue"]


def test_a_unit_opens_with_the_chosen_catalogue_and_by_default_with_that_above(
    client: Client, checklist: Checklist
) -> None:
    other = loaded(flat(), "other")

    client.post(f"{BELOW}open/", {"name": "厂区", "slug": "works", "catalogue": other.pk})
    client.post(f"{BELOW}open/", {"name": "郑州", "slug": "zhengzhou"})

    works, city = Checklist.objects.get(slug="works"), Checklist.objects.get(slug="zhengzhou")
    assert (works.catalogue, works.items.count(), works.items.in_order()[0].measure.code) == (
        other,
        22,
        "A-1",
    )
    assert (city.catalogue, city.items.count()) == (checklist.catalogue, 12)


def test_a_sheet_opens_all_with_the_catalogue_that_its_preview_names(
    client: Client, checklist: Checklist
) -> None:
    other = loaded(flat(), "other")

    seen = send(client, HEAD, ["一厂", "one", ""], ["二厂", "two", ""], catalogue=other.pk)
    assert seen.context["measures"] == 22
    assert "Catalogue: other." in seen.content.decode()
    apply(client, seen)

    made = Checklist.objects.filter(parent=checklist)
    assert {(one.slug, one.catalogue.slug, one.items.count()) for one in made} == {
        ("one", "other", 22),
        ("two", "other", 22),
    }


def test_dates_and_owners_of_another_catalogue_are_refused_beside_the_template(
    client: Client, checklist: Checklist
) -> None:
    other = loaded(flat(), "other")
    fields = {"name": "厂区", "slug": "works", "catalogue": other.pk, "template": checklist.pk, "due": "on"}

    answer = client.post(f"{BELOW}open/", fields)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["template"]
    assert not Checklist.objects.filter(slug="works").exists()


def test_a_new_installation_opens_its_first_checklist_with_the_catalogue_that_is_named() -> None:
    other = loaded(flat(), "other")
    draft = loaded(flat(), "draft")
    Catalogue.objects.filter(pk=draft.pk).update(is_draft=True)

    with pytest.raises(CommandError, match="--catalogue"):
        call_command("set_up", catalogue="draft")
    assert not Checklist.objects.exists()
    call_command("set_up", catalogue="other")
    opened = Checklist.objects.get()
    assert (opened.catalogue, opened.slug, opened.name) == (other, "other", other.title_zh_hans)  # type: ignore[attr-defined]


def test_the_first_checklist_is_named_as_the_operator_says() -> None:
    loaded(flat(), "other")

    with pytest.raises(CommandError, match="slug"):
        call_command("set_up", catalogue="other", slug="not an address")
    call_command("set_up", catalogue="other", slug="works", name="厂区")

    assert [(one.slug, one.name) for one in Checklist.objects.all()] == [("works", "厂区")]
