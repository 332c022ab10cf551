"""Whatever is sent, to any address, by anybody: no 500, no slow answer, no row outside one's rights."""

import time
import traceback
from collections import Counter
from http.cookies import CookieError
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from pytest_django import Settings

from measures.choices import Role, Status
from measures.database.locks import audited_transaction
from measures.models import Batch, Checklist, Item, Membership, Owner, SavedView, Update
from tests.faults.bad_input import Form, FormsOf, Sent, paths, requests, routes
from tests.figures import Say
from tests.make import change, find_item, make_catalogue, make_checklist, make_owner, make_user
from tests.proofs import SEED, share

HOLD = 5.0  # seconds that an answer may take
AT_ONCE = 5  # requests of one example
EXAMPLES = share(5_000)
# Those who get further are asked more often.
OFTEN = ["nobody", *["viewer"] * 2, *["editor"] * 3, *["administrator"] * 5, *["operator"] * 3]
HIDDEN = "别处不可见"

pytestmark = pytest.mark.django_db


class Site:
    """Two checklists; all but the operator belong to the first, and must learn nothing of the other."""

    def __init__(self) -> None:
        catalogue = make_catalogue()
        self.here = make_checklist("henan", "河南", catalogue)
        self.elsewhere = make_checklist("elsewhere", HIDDEN, catalogue)
        owner, hidden = make_owner(self.here), make_owner(self.elsewhere, f"{HIDDEN}处")
        self.people: dict[str, User | None] = {
            "nobody": None,
            "viewer": make_user("viewer", self.here, Role.VIEWER),
            "editor": make_user("editor", self.here, Role.EDITOR, owner),
            "administrator": make_user("administrator", self.here, Role.ADMINISTRATOR),
            "operator": User.objects.create_superuser("operator", password="x"),
        }
        administrator = self.people["administrator"]
        assert administrator
        administrator.is_staff = True
        administrator.save()
        stranger = make_user("stranger", self.elsewhere, Role.ADMINISTRATOR)
        change(find_item(self.here), by=administrator, owner=owner, status=Status.DONE, notes="已办")
        change(find_item(self.elsewhere), by=stranger, owner=hidden, notes=f"{HIDDEN}的进展")
        view = SavedView.objects.create(
            checklist=self.here, user=administrator, name="视图", query="q=1", is_shared=True
        )
        SavedView.objects.create(
            checklist=self.elsewhere, user=stranger, name=f"{HIDDEN}视图", is_shared=True
        )
        self.sessions = {name: self.session(user) for name, user in self.people.items()}
        self.before = self.rows(self.elsewhere)
        self.updates = Update.objects.count()
        # Values for URLs, by the name of their argument.
        keys = [str(pk) for pk in Item.objects.values_list("pk", flat=True)]
        self.real = {
            "slug": ["henan", "elsewhere"],
            "code": ["1.1.1", "1.1.2", "2.2.3"],
            "pk": [str(view.pk), str(view.pk + 1), *keys[:2]],
            "object_id": [keys[0], keys[-1], *(str(pk) for pk in Owner.objects.values_list("pk", flat=True))],
        }

    @staticmethod
    def session(user: User | None) -> str:
        if user is None:
            return ""
        client = Client()
        client.force_login(user)
        return client.cookies["sessionid"].value

    @staticmethod
    def rows(checklist: Checklist) -> list[Any]:
        """All that belongs to a checklist."""
        own = (Item, Owner, Membership, Batch, SavedView)
        rows: list[Any] = [list(model._default_manager.filter(checklist=checklist).values()) for model in own]
        return [*rows, list(Update.objects.filter(item__checklist=checklist).values()), checklist.name]

    def client(self, who: str) -> Client:
        client = Client(raise_request_exception=False)
        if key := self.sessions[who]:
            client.cookies["sessionid"] = key
        return client

    def forms(self) -> list[Form]:
        """Every form on every page that the administrator and the operator can open."""
        found: dict[Any, Form] = {}
        for route in routes():
            address = route
            for name, keys in self.real.items():
                for converter in ("slug:", "str:", "int:", "path:", "uuid:", ""):
                    address = address.replace(f"<{converter}{name}>", keys[0])
            if "<" in address or address.endswith("sign-out/"):
                continue
            for who in ("administrator", "operator"):
                response = self.client(who).get(address)
                if response.status_code == 200 and "html" in response["Content-Type"]:
                    for form in FormsOf(response.content.decode(), address).found:
                        # The forms for language and theme are on every page.
                        kind = (form.method, form.action, *dict(form.fields))
                        found[kind] = form
        assert len(found) > 25
        return list(found.values())


def send(site: Site, sent: Sent) -> Any:
    client = site.client(sent.who)
    for name, value in sent.cookies.items():
        if not (name == "sessionid" and sent.who != "nobody"):
            try:
                client.cookies[name] = value
            except CookieError:
                continue
    return client.generic(
        sent.method, sent.address, sent.body, sent.content_type, headers=sent.headers, follow=False
    )


@pytest.fixture
def site(db: None, settings: Settings) -> Site:
    # What keeps a session alive is undone after each request, and a long run outlasts it.
    settings.SESSION_IDLE_MINUTES = settings.SESSION_HOURS * 60
    return Site()


def what_is_wrong(site: Site, sent: Sent, response: Any, took: float) -> str:
    """In words, the same for the same fault; empty where all is well."""
    if response.status_code >= 500:
        kind, error, trace = response.exc_info or (None, None, None)
        frames = traceback.extract_tb(trace)
        ours = [frame for frame in frames if "/measures/" in frame.filename] or frames
        place = (
            f"{Path(ours[-1].filename).name}:{ours[-1].lineno} to {Path(frames[-1].filename).name}"
            if frames
            else ""
        )
        return f"{response.status_code}: {kind.__name__ if kind else ''} {str(error)[:60]} at {place}"
    if took > HOLD:
        return f"slow: {sent.method} {sent.path[:60]}"
    if sent.who == "operator":
        return ""
    if HIDDEN in b"".join(response).decode(errors="replace"):
        return f"tells of elsewhere: {sent.who} {sent.path[:60]}"
    if sent.method == "POST" and site.rows(site.elsewhere) != site.before:
        return f"changes elsewhere: {sent.who} {sent.path[:60]}"
    if sent.who in ("nobody", "viewer") and Update.objects.count() != site.updates:
        return f"writes without the right: {sent.who} {sent.path[:60]}"
    return ""


def test_no_request_breaks_the_site_or_shows_what_it_should_not(site: Site, say: Say) -> None:
    counted: Counter[int] = Counter()
    wrong: dict[str, Sent] = {}
    slowest = [(0.0, "")]
    strategy = requests(OFTEN, site.forms(), site.real)

    @seeded(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(strategy, min_size=AT_ONCE, max_size=AT_ONCE))
    def try_them(some: list[Sent]) -> None:
        for sent in some:
            with audited_transaction():
                # This thread's own time: others on this machine may keep it waiting.
                began = time.thread_time()
                response = send(site, sent)
                took = time.thread_time() - began
                # Asking the rows of a broken transaction would fail for itself.
                if words := what_is_wrong(site, sent, response, took):
                    wrong.setdefault(words, sent)
                transaction.set_rollback(True)
            counted[response.status_code] += 1
            slowest[0] = max(slowest[0], (took, f"{sent.who} {sent.method} {sent.path[:60]}"))

    try_them()

    total = sum(counted.values())
    say(
        f"{total} requests, slowest {slowest[0][0]:.2f} s ({slowest[0][1]}); {dict(sorted(counted.items()))}",
        requests=total,
    )
    assert not wrong, "\n".join(f"{words}\n    {str(sent)[:1500]}" for words, sent in wrong.items())
    assert total >= EXAMPLES * AT_ONCE


def test_the_addresses_made_up_are_the_sites_own(site: Site) -> None:
    reached: Counter[bool] = Counter()

    @seeded(SEED)
    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(paths(site.real))
    def look(path: str) -> None:
        try:
            resolve(path)
            reached[True] += 1
        except Resolver404:
            reached[False] += 1

    look()
    assert reached[True] > reached[False], "most addresses should lead to a view"
