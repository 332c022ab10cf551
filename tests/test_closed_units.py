"""Closed and merged units: what counts, today and on the days before."""

import importlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from measures.choices import ChecklistStatus, Status
from measures.database import append_only
from measures.models import Checklist, Turn
from measures.tree.rearranging import Act, Rearrangement
from tests.make import SignIn, change, find_item, make_checklist
from tests.sheets import ENGLISH

YESTERDAY = timezone.localdate() - timedelta(1)
UNITS = "/checklists/henan/units/"


@pytest.fixture
def unit(checklist: Checklist, administrator: User) -> Checklist:
    """A unit below 河南 with one overdue item; both were there long ago."""
    made = make_checklist("kaifeng", "开封", checklist.catalogue, parent=checklist)
    make_checklist("luoyang", "洛阳", checklist.catalogue, parent=checklist)
    opened = timezone.now() - timedelta(9)
    Checklist.objects.update(opened_at=opened)
    due = YESTERDAY - timedelta(1)
    change(find_item(made), by=administrator, at=opened + timedelta(1), status=Status.IN_PROGRESS, due=due)
    return made


@pytest.fixture
def client(unit: Checklist, administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def test_a_name_is_text_in_every_table_and_list(client: Client) -> None:
    Checklist.objects.update(name='<b>"市"</b>&')

    pages = [client.get(address).content.decode() for address in (UNITS, "/checklists/kaifeng/peers/")]

    assert not any('<b>"市' in page for page in pages)
    in_tables = re.compile(r'<th scope="row">(?:<a [^>]+>)?&lt;b&gt;&quot;市&quot;&lt;/b&gt;&amp;<')
    assert [len(in_tables.findall(page)) for page in pages] == [4, 2]
    assert len(re.findall(r"<li><a [^>]+>&lt;b&gt;&quot;市", pages[0])) == 3


def whole(client: Client, query: str = "") -> tuple[int, int]:
    """How many items the roll-up counts, and how many of them are late."""
    tally = client.get(f"{UNITS}?{query}", headers=ENGLISH).context["top"].whole
    return tally.items, tally.late


def found(client: Client, query: str) -> Any:
    response = client.get(f"/checklists/henan/items/?below=1&{query}", headers=ENGLISH)
    return response.context["page"].paginator.count


def test_a_closed_unit_counts_only_where_it_is_asked_for(
    client: Client, unit: Checklist, administrator: User
) -> None:
    assert whole(client) == (36, 1)

    unit.turn(ChecklistStatus.CLOSED, at=timezone.now(), by=administrator, reason="撤销")
    page = client.get(UNITS, headers=ENGLISH).content.decode()

    assert (whole(client), whole(client, "closed=1")) == ((24, 0), (36, 1))
    assert (found(client, "due=overdue"), found(client, "due=overdue&closed=1")) == (0, 1)
    assert whole(client, f"as_of={YESTERDAY}") == (36, 1)
    assert "Closed and merged units do not count" in page
    assert (
        "With closed units"
        in client.get("/checklists/henan/items/?below=1", headers=ENGLISH).content.decode()
    )
    below = client.get("/checklists/henan/below/", headers=ENGLISH)
    assert [one.late for one, _children in below.context["rows"] if one.slug == "kaifeng"] == [0]
    lines = client.get(f"{UNITS}?rows=items&format=csv").getvalue().decode().splitlines()
    assert len(lines) == 1 + 24


def test_a_merged_unit_never_counts_twice_and_again_when_it_is_reopened(
    client: Client, unit: Checklist, administrator: User
) -> None:
    other = Checklist.objects.get(slug="luoyang")
    now = timezone.now()
    Rearrangement(Act.MERGE, unit, other).carry_out(at=now, by=administrator, reason="合并")

    assert (whole(client), whole(client, "closed=1")) == ((24, 0), (24, 0))
    assert whole(client, f"as_of={YESTERDAY}") == (36, 1)
    assert "Merged" in client.get(UNITS, headers=ENGLISH).content.decode()
    assert Turn.objects.get().merged_into == other

    Checklist.objects.get(pk=unit.pk).turn(ChecklistStatus.OPEN, at=now, by=administrator, reason="恢复")

    assert whole(client) == (36, 1)


def test_the_roll_up_of_a_past_day_shows_the_tree_of_that_day(
    client: Client, unit: Checklist, administrator: User
) -> None:
    unit.move(Checklist.objects.get(slug="luoyang"), at=timezone.now(), by=administrator, reason="调整")

    def direct(query: str) -> list[str]:
        return [one.slug for one in client.get(f"{UNITS}?{query}").context["top"].children]

    assert direct("") == ["luoyang"]
    assert sorted(direct(f"as_of={YESTERDAY}")) == ["kaifeng", "luoyang"]


def test_an_upgrade_reads_the_closings_from_the_audit_trail(unit: Checklist, administrator: User) -> None:
    at = timezone.now() - timedelta(3)
    unit.turn(ChecklistStatus.CLOSED, at=at, by=administrator, reason="撤销")
    unit.turn(ChecklistStatus.OPEN, at=at + timedelta(1), by=administrator, reason="恢复")
    Checklist.objects.filter(slug="luoyang").update(status=ChecklistStatus.CLOSED)
    with append_only.unguarded(append_only.TURNS), connection.cursor() as cursor:
        cursor.execute("DELETE FROM measures_turn")

    importlib.import_module("measures.migrations.0024_turns").fill(apps, connection.schema_editor())

    rows = list(Turn.objects.order_by("pk").values_list("checklist__slug", "status"))
    assert rows == [("kaifeng", "closed"), ("kaifeng", "open"), ("luoyang", "closed")]
    assert Turn.objects.order_by("pk")[0].at == at
