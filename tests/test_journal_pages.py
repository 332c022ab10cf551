"""A long journal comes in pages."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User

from measures.models import Checklist
from tests.make import SignIn, change, find_item

ADDRESS = "/checklists/henan/items/1.1.1/?journal=all"


@pytest.fixture(autouse=True)
def seven_updates(checklist: Checklist, administrator: User) -> Iterator[None]:
    """The item has seven updates, and a page of the journal three."""
    for number in range(7):
        change(find_item(checklist), by=administrator, notes=f"第{number}次")
    with mock.patch("measures.views.items.journal.JOURNAL_PAGE", 3):
        yield


def notes(answer: Any) -> list[tuple[str, str]]:
    journal = answer.context["journal"]
    return [(entry.differences[0].before, entry.differences[0].after) for entry in journal]


def test_every_update_is_on_one_page_and_knows_the_one_before_it(viewer: User, sign_in: SignIn) -> None:
    client = sign_in(viewer)

    pages = [client.get(f"{ADDRESS}&page={number}") for number in (1, 2, 3)]

    assert [len(notes(page)) for page in pages] == [3, 3, 1]
    expected = [(f"第{number - 1}次" if number else "", f"第{number}次") for number in reversed(range(7))]
    assert [one for page in pages for one in notes(page)] == expected


def test_the_pages_link_to_each_other(viewer: User, sign_in: SignIn) -> None:
    page = sign_in(viewer).get(f"{ADDRESS}&page=2").content.decode()

    assert 'href="?journal=all&amp;page=1"' in page
    assert 'href="?journal=all&amp;page=3"' in page


@pytest.mark.parametrize(("wanted", "first"), [("99", "第0次"), ("x", "第6次"), ("-1", "第0次")])
def test_a_page_that_is_none_leads_to_one_that_is(
    viewer: User, sign_in: SignIn, wanted: str, first: str
) -> None:
    page = sign_in(viewer).get(f"{ADDRESS}&page={wanted}")

    assert page.status_code == 200
    assert notes(page)[0][1] == first
