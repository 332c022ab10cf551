"""No page offers what it would refuse: every link and form that somebody is shown is theirs to use."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from measures.choices import PeriodKind
from measures.models import Checklist, Period, SavedView
from tests.everybody import checklist, everybody
from tests.make import NOW, make_periods
from tests.test_access import TABLE

pytestmark = [pytest.mark.slow, pytest.mark.any_engine]

__all__ = ["checklist", "everybody"]  # fixtures are found by their names

PEOPLE = [
    "stranger",
    "viewer",
    "editor",
    "other editor",
    "auditor",
    "administrator",
    "administrator beside",
    "administrator above",
    "superuser",
]
# What ends the session with which one goes on looking.
ENDS = {"/sign-out/"}


class Offers(HTMLParser):
    """The addresses that a page leads to, and those that its forms and buttons post to."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.posts: set[str] = set()
        self.address = address
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and (href := given.get("href")):
            self.links.add(self.full(href))
        elif tag == "form" and given.get("method") == "post":
            self.posts.add(self.full(given.get("action") or self.address))
        elif tag in ("button", "input") and (target := given.get("formaction")):
            self.posts.add(self.full(target))

    def full(self, target: str) -> str:
        return urljoin(self.address, target).partition("#")[0]


@pytest.fixture
def busy(everybody: dict[str, User | None], checklist: Checklist) -> dict[str, User | None]:
    """With a period and a shared view, so that their pages have something to offer."""
    make_periods(checklist, PeriodKind.BY_HAND, [(NOW.date(), NOW.date())])
    administrator = User.objects.get(username="administrator")
    SavedView.objects.create(
        checklist=checklist, user=administrator, name="shared", query="pillar=1", is_shared=True
    )
    return everybody


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_is_shown_what_they_would_be_refused(
    who: str, busy: dict[str, User | None], checklist: Checklist
) -> None:
    client = Client()
    user = busy[who]
    assert user
    client.force_login(user)
    waiting = {reverse(name, args=expected.arguments) for name, expected in TABLE.items()}
    waiting |= {reverse("period", args=["henan", Period.objects.get().pk])}
    looked: set[str] = set()
    offered: dict[str, str] = {}
    posts: dict[str, str] = {}
    for address in sorted(waiting):
        response = client.get(address)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        offers = Offers(response.content.decode(), address)
        offered |= dict.fromkeys(offers.links, address)
        posts |= dict.fromkeys(offers.posts - ENDS, address)
    by_page = {urlsplit(link).path + ("?format" if "format=" in link else ""): link for link in offered}
    for link in by_page.values():
        looked.add(link)
        assert client.get(link).status_code not in (403, 404), f"{offered[link]} leads {who} to {link}"
    for address, page in posts.items():
        with transaction.atomic():
            status = client.post(address).status_code
            transaction.set_rollback(True)  # one button removes what the next one would send in
        assert status not in (403, 404), f"{page} has {who} post to {address}"
    assert len(looked) > 5
