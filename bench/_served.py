"""What is asked of the server: our pages, the stock admin's that do the same, and who asks."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from bench import _wrk
from bench._wrk import Headers, Told
from tests.serving import Site, make_site

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from measures.models import Item

SLUG, CODE = "henan", "1.1.1"
LIST = f"/checklists/{SLUG}/items/"
STOCK, STOCK_TO_EDIT = "/peers/admin/measures/item/", "/peers/edit/measures/item/"
STOCK_LIST = f"{STOCK}?checklist__id__exact=1"
# Nobody's secret: what the cookie and the forms of who saves have in common.
TOKEN = secrets.token_hex(16)

# Given a number of connections and of seconds.
type Play = Callable[[int, int], Told]


class Page(NamedTuple):
    """A page of ours, and the stock admin's that does the same or comes nearest."""

    name: str
    peer: str
    ours: Play
    stock: Play


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Site]:
    """The server as it is shipped, on the database that Django is set up for."""
    passed_on = {name: os.environ[name] for name in ("SECRET_KEY", "HTTPS", "DJANGO_SETTINGS_MODULE")}
    # A line for each request, as behind a proxy; and nobody signs in again meanwhile.
    given = {"BEHIND_PROXY": "0", "ACCESS_LOG": "1", "SESSION_IDLE_MINUTES": "240"}
    site = make_site(folder, os.environ["DATABASE_URL"], **passed_on, **given, **settings)
    site.start()
    try:
        yield site
    finally:
        site.stop()


class People:
    """Who administers the checklist, and a superuser: the stock admin knows no roles."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User

        self.administrator = headers_of(User.objects.get(username="administrator"))
        self.operator = headers_of(User.objects.create_superuser("operator"))


def headers_of(user: "User") -> Headers:
    """Those of a signed-in browser."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    cookies = f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return {"Cookie": cookies, "Accept-Language": "zh-CN", "Accept-Encoding": "gzip, br"}


def pages(site: Site, people: People, plan: Path) -> list[Page]:
    """All that are compared; `plan` is a file to write into."""
    from measures.models import Item

    def asked(headers: Headers, address: str) -> Play:
        return lambda at_once, seconds: _wrk.play(site, headers, at_once, seconds, address=address)

    def saved(headers: Headers, lines: Callable[[], Iterator[str]]) -> Play:
        def play(at_once: int, seconds: int) -> Told:
            wait_for_saves()
            plan.write_text("".join(f"{line}\n" for line in lines()))
            return _wrk.play(site, headers, at_once, seconds, plan=plan)

        return play

    def page(name: str, ours: str, peer: str, stock: str) -> Page:
        return Page(name, peer, asked(people.administrator, ours), asked(people.operator, stock))

    item = Item.objects.get(checklist__slug=SLUG, measure__code=CODE)
    saves = saved(people.administrator, our_saves), saved(people.operator, stock_saves)
    return [
        page("list, 50 rows", LIST, "list of the same columns", STOCK_LIST),
        page("item", f"{LIST}{CODE}/", "form, journal inline", f"{STOCK}{item.pk}/change/"),
        page("overview", f"/checklists/{SLUG}/", "list with facets", f"{STOCK_LIST}&_facets=True"),
        page("50 rows to edit", "/admin/measures/item/", "`list_editable`", STOCK_TO_EDIT),
        Page("save", "form without journal", *saves),
    ]


def wait_for_saves() -> None:
    """Until those that wrk no longer waited for have come in: they waited for one another."""
    from django.db.models import Sum

    from measures.models import Item

    before = None
    while (now := Item.objects.aggregate(saved=Sum("version"))["saved"]) != before:
        before = now
        time.sleep(1)


def our_saves() -> Iterator[str]:
    """For each item its address, its version, and its form but for version and notes."""
    for item, form in items_to_save():
        yield f"{item.get_absolute_url()} {item.version} {form}"


def stock_saves() -> Iterator[str]:
    """The same for the stock admin's form, which redirects to itself if it is told to continue."""
    for item, form in items_to_save():
        yield f"{STOCK_TO_EDIT}{item.pk}/change/ {item.version} {form}&_continue=1"


def items_to_save() -> Iterator[tuple["Item", str]]:
    """Items as they are, each with the fields of its form that stay so."""
    from measures.models import Item
    from measures.models.state import COLUMN_FIELDS

    items = Item.objects.filter(checklist__slug=SLUG).with_cooperating()
    for item in items.select_related("measure", "checklist", "owner"):
        kept = {name: getattr(item, name) or "" for name in COLUMN_FIELDS if name != "notes"}
        kept["owner"] = item.owner_id or ""
        kept["cooperating"] = [unit.pk for unit in item.cooperating]
        yield item, urlencode(kept | {"csrfmiddlewaretoken": TOKEN}, doseq=True)
