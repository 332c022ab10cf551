"""Backups name the rows of each table by a hash, whatever their order and however many there are."""

import hashlib
import json
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measures.database.backups.contents import Contents, differing_tables, digest
from measures.database.backups.on_postgresql import read_live
from measures.models import Checklist


def test_many_rows_have_the_hash_of_a_backup_that_sorted_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier releases sorted them in memory; their backups are still compared."""
    monkeypatch.setattr("measures.database.backups.contents.KEPT_IN_MEMORY", 64)
    rows = [(str(number), f"已办 {number}") for number in range(5_000)]
    hashes = sorted(hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).digest() for row in rows)
    sha256 = hashlib.sha256(b"".join(hashes)).hexdigest()
    assert digest(iter(rows)) == digest(reversed(rows)) == {"rows": 5_000, "sha256": sha256}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no cursors on a server")
def test_rows_stay_on_the_server_until_they_are_read(checklist: Checklist) -> None:
    """All rows of a country at once took 15 GB."""
    with (
        CaptureQueriesContext(connection) as captured,
        mock.patch.object(connection, "chunked_cursor", wraps=connection.chunked_cursor) as by_blocks,
    ):
        read_live()
    read = [one["sql"] for one in captured if 'FROM "measures_update"' in one["sql"]]
    assert by_blocks.call_count == len(read) == 1


def test_hashes_tell_rows_apart_and_not_their_order() -> None:
    assert digest([("a",), ("b",)]) == digest([("b",), ("a",)])
    assert digest([("a", "b")]) != digest([("ab", "")])
    assert digest([("1",)]) != digest([(None,)])
    a: Contents = {"t": digest([("a",)])}
    assert differing_tables(a, {}) == ["t is missing"]
    assert differing_tables({}, a) == ["t should not be there"]
