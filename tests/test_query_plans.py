"""No page that people open all day walks through a big table. docs/performance.md explains the indexes."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from measures.ledger.facts import Facts, facts_by_key, plain_facts_by_key
from measures.models import Checklist, Item
from tests.make import SignIn, change, find_item, make_checklist

type Values = Sequence[int | str] | None
type Sent = tuple[str, Values]

BIG = (
    *("measures_item", "measures_update", "measures_auditrecord"),
    *("measures_entry", "measures_application", "measures_chaser", "measures_chaseditem"),
    *("measures_milestone", "measures_milestonestep", "measures_evidence", "measures_receipt"),
)
HOT = [
    "/",
    "/checklists/henan/",
    "/checklists/henan/items/",
    "/checklists/henan/items/?pillar=2&status=not_started&sort=due",
    "/checklists/henan/items/?below=1",
    "/checklists/henan/items/?below=1&pillar=2&status=not_started&sort=due",
    "/checklists/henan/items/?below=1&section=2.1&due=overdue",
    "/checklists/henan/items/?below=1&sort=due&page=2&per_page=5",
    "/checklists/henan/items/?below=1&q=容错",
    "/checklists/henan/items/?below=1&q=容错纠错 词",
    "/search/?q=容错",
    "/search/?q=容错纠错 词",
    "/checklists/henan/items/?as_of={yesterday}",
    "/checklists/henan/items/1.1.1/",
    "/checklists/henan/report/",
    "/checklists/henan/batches/",
    "/checklists/henan/applications/",
    "/checklists/henan/chasers/",
    "/checklists/henan/chasers/new/?light=red",
    "/checklists/henan/burden/",
    "/checklists/henan/people/",
    "/checklists/henan/periods/",
]


@pytest.fixture
def ledger(checklist: Checklist, administrator: User) -> Checklist:
    """河南 with a unit below it, 山东 beside it, and some history."""
    Checklist.objects.filter(pk=checklist.pk).update(opened_at=timezone.now() - timedelta(days=40))
    make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
    make_checklist("shandong", "山东", checklist.catalogue)
    for code in ("1.1.1", "2.1.1"):
        change(find_item(checklist, code), by=administrator, at=timezone.now(), due=timezone.localdate())
    return checklist


@contextmanager
def sent_meanwhile() -> Iterator[list[Sent]]:
    """What is sent, with the values that go beside its text."""
    found: list[Sent] = []

    def look_at(execute: Callable[..., object], sql: str, values: Values, *how: object) -> object:
        found.append((sql, values))
        return execute(sql, values, *how)

    with connection.execute_wrapper(look_at):
        yield found


def walked(sql: str, values: Values = None) -> list[str]:
    """The big tables through which this statement goes row by row, without an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            steps = [str(row[-1]) for row in cursor.fetchall()]
            found = [step for step in steps if step.startswith("SCAN ")]
        else:
            # The tables of a test are so small that the planner only uses an index if scans are disabled.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {sql}", values)
            found = [row[0] for row in cursor.fetchall() if "Seq Scan" in row[0]]
    return [table for table in BIG for step in found if re.search(rf"\b{table}\b", step)]


@pytest.mark.parametrize("address", HOT)
def test_a_page_walks_through_no_big_table(
    ledger: Checklist, administrator: User, sign_in: SignIn, address: str
) -> None:
    client = sign_in(administrator)
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    with sent_meanwhile() as sent:
        assert client.get(address.format(yesterday=yesterday)).status_code == 200

    told = [(sql, values) for sql, values in sent if sql.startswith("SELECT")]
    assert told
    assert [(sql, tables) for sql, values in told if (tables := walked(sql, values))] == []


def test_a_file_of_a_whole_tree_walks_through_the_items_by_their_key(ledger: Checklist) -> None:
    items = Item.objects.of_units(Checklist.objects.tree(ledger))
    with sent_meanwhile() as sent:
        list(facts_by_key(items, chunk=5))
        list(plain_facts_by_key(items, Facts._fields, chunk=5))

    parts = [(sql, values) for sql, values in sent if "LIMIT 5" in sql]
    assert len(parts) == 12
    assert [sql for sql, values in parts if walked(sql, values)] == []


def test_the_test_knows_a_walk_when_it_sees_one(ledger: Checklist) -> None:
    assert walked("SELECT count(*) FROM measures_item WHERE notes LIKE '%x%'") == ["measures_item"]
