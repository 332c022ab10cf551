"""Reads a site's database past the site, and holds it to what people were told."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import psycopg
from django.db.backends.sqlite3._functions import register

from tests.faults.people import Notebook
from tests.serving import Site

STATE = "status, owner_id, due, notes"
BATCHES = (
    "SELECT b.id, b.via, count(*) FROM measures_batch b JOIN measures_update u ON u.batch_id = b.id "
    "GROUP BY b.id, b.via"
)


def rows(site: Site, query: str) -> list[tuple[Any, ...]]:
    """What the query finds, on either engine."""
    address = site.environment["DATABASE_URL"]
    if address.startswith("sqlite"):
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as database, database:
            register(database)  # the constraints that integrity_check tries use REGEXP
            return database.execute(query).fetchall()
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchall()


def is_written_to(site: Site) -> bool:
    """Whether somebody is in the midst of a transaction that writes."""
    address = site.environment["DATABASE_URL"]
    if not address.startswith("sqlite"):
        return rows(site, "SELECT 1 FROM pg_stat_activity WHERE backend_xid IS NOT NULL") != []
    with closing(sqlite3.connect(address.removeprefix("sqlite:///"), timeout=0)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        database.rollback()
        return False


def codes(site: Site) -> list[str]:
    found = rows(site, "SELECT code FROM measures_measure ORDER BY position")
    return [code for (code,) in found]


def versions(site: Site) -> dict[str, int]:
    """The version of each item by its code."""
    query = "SELECT m.code, i.version FROM measures_item i JOIN measures_measure m ON m.id = i.measure_id"
    return dict(rows(site, query))


def hold_to(site: Site, notebook: Notebook, whole: Mapping[str, int] | None = None) -> None:
    """Items equal the replay of their updates; nothing acknowledged is missing; each batch is whole.

    `whole` says how many updates a batch of each way has: {"bulk": 12}.
    """
    if site.environment["DATABASE_URL"].startswith("sqlite"):
        assert rows(site, "PRAGMA integrity_check") == [("ok",)]
        assert rows(site, "PRAGMA foreign_key_check") == []
    newest: dict[int, tuple[Any, ...]] = {}
    counted: Counter[int] = Counter()
    written: dict[str, set[str]] = defaultdict(set)
    query = (
        "SELECT u.item_id, m.code, u.status, u.owner_id, u.due, u.notes FROM measures_update u "
        "JOIN measures_item i ON i.id = u.item_id JOIN measures_measure m ON m.id = i.measure_id "
        "ORDER BY u.id"
    )
    for item, code, *state in rows(site, query):
        newest[item] = tuple(state)
        counted[item] += 1
        written[code].update(str(state[-1]).split("\n"))
    for item, version, *state in rows(site, f"SELECT id, version, {STATE} FROM measures_item"):
        assert version == 1 + counted[item], f"item {item}: version {version}, {counted[item]} updates"
        assert tuple(state) == newest.get(item, ("not_started", None, None, "")), (
            f"item {item} is not its newest update"
        )
    missing = [(code, words) for code, words in notebook.acknowledged if words not in written[code]]
    assert not missing, f"acknowledged, and not there: {missing[:5]}"
    lost = [one for one, times in notebook.made_on.items() if times > 1]
    assert not lost, f"two saves of one version acknowledged, so the first is lost: {lost[:5]}"
    sizes = rows(site, BATCHES)
    for way, size in whole.items() if whole else ():
        assert {count for _batch, via, count in sizes if via == way} <= {size}, f"half a batch: {sizes}"
    assert len(rows(site, "SELECT id FROM measures_batch")) == len(sizes), "a batch without updates"
    everything = set().union(*written.values()) if written else set()
    assert not set(notebook.batches) - everything, "an acknowledged batch is not there"
