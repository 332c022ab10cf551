"""After an upgrade, every link that names a measure leads to a page, and to the item that it means."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from measures.choices import Role, Via
from measures.editions.upgrading import upgrade
from measures.ledger.plans import carry_out
from measures.models import Assignment, Checklist, EditionMapping, Item, Membership
from measures.models.changes import Change
from tests.make import change, find_item, make_checklist, make_owner, write_entry
from tests.upgrades.drawn import ask, send_chaser, set_milestone

DAY = timedelta(days=1)
TOP = "/checklists/henan/"
HREF = re.compile(r'href="(/checklists/[^"#]*|\?[^"#]*)[^"]*"')
FURTHER = re.compile(r"/(chasers|assignments|batches)/[\w-]+/$")
CODE = re.compile(r"/items/([^/?]+)/")
PAGES = [
    "/",
    TOP,
    f"{TOP}items/",
    f"{TOP}items/?q=1.1.2",
    f"{TOP}units/",
    f"{TOP}assignments/",
    f"{TOP}chasers/",
    f"{TOP}applications/",
    f"{TOP}views/",
    f"{TOP}report/",
    f"{TOP}bulletin/",
    f"{TOP}batches/",
    f"{TOP}periods/",
    f"{TOP}below/",
    f"{TOP}burden/",
    f"{TOP}local/",
    f"{TOP}upgrade/",
    "/search/?q=措施",
    "/checklists/below/assignments/",
    "/checklists/below/items/",
]


@pytest.fixture
def upgraded(worked_on: Checklist, mapping: EditionMapping, administrator: User) -> Checklist:
    """Work of every kind about every item, and the upgrade a day ago. The checklist below is not moved."""
    today = timezone.now()
    opened = today - 40 * DAY
    Checklist.objects.filter(pk=worked_on.pk).update(opened_at=opened, receipts_from=opened)
    worked_on.refresh_from_db()
    below = make_checklist("below", "下面", mapping.old, worked_on)
    unit = make_owner(worked_on, "办公室")
    at = today - 9 * DAY
    for item in list(worked_on.items.select_related("measure").in_order()):
        due = (at - DAY).date()
        change(find_item(worked_on, item.measure.code), by=administrator, at=at, owner=unit, due=due)
        item.refresh_from_db()
        write_entry(item, administrator, at=at)
        for act in (ask, send_chaser, set_milestone):
            act(item, administrator, at)
        said = f"交办 {item.measure.code}"
        Assignment.hand_down(worked_on, item.measure, [below], due=due, text=said, by=administrator, at=at)
    together = [Change(item.pk, item.version, {"leader": "王主任"}) for item in worked_on.items.all()]
    at = today - 2 * DAY
    carry_out(together, checklist=worked_on, by=administrator, at=at, via=Via.BULK, reason="分工")
    upgrade(worked_on, mapping, by=administrator, at=today - DAY)
    worked_on.refresh_from_db()
    return worked_on


def links_on(client: Client, page: str) -> set[str]:
    """The addresses inside the checklists that this page leads to."""
    answer = client.get(page)
    assert answer.status_code in (200, 302), (page, answer.status_code)
    found = {unescape(href) for href in HREF.findall(answer.text)} if answer.status_code == 200 else set()
    return {href if href.startswith("/") else page.partition("?")[0] + href for href in found}


def test_every_link_leads_to_a_page(
    upgraded: Checklist, administrator: User, auditor: User, client: Client
) -> None:
    client.force_login(auditor)
    found = links_on(client, "/audit/")
    below = Checklist.objects.get(slug="below")
    Membership.objects.create(user=administrator, checklist=below, role=Role.ADMINISTRATOR)
    client.force_login(administrator)
    day = (timezone.localdate() - 5 * DAY).isoformat()
    dated = [f"{page}{'&' if '?' in page else '?'}as_of={day}" for page in PAGES if page.startswith(TOP)]
    pages = [*PAGES, *dated, f"{TOP}report/?since={day}", f"{TOP}bulletin/?since={day}"]
    pages += [item.get_absolute_url() for item in Item.objects.everything.filter(checklist=upgraded)]
    found |= {href for page in pages for href in links_on(client, page)}
    further = {href for href in found if FURTHER.search(href)}
    found |= {href for page in further for href in links_on(client, page)}
    asked = {re.sub(r"&?(sort|page|columns|edit|view)=[^&]*", "", href) for href in found}
    about_items = {href for href in asked if CODE.search(href)}

    gone = [href for href in about_items if client.get(href, follow=True).status_code != 200]

    assert not gone
    assert len({CODE.findall(href)[0] for href in about_items}) > 20, "with those of the edition before"
