"""A migration of a site that people use: it never makes them queue behind it."""

import subprocess
import time

import psycopg
import pytest

from tests.faults.conftest import ENGINE
from tests.faults.ledger import rows
from tests.figures import Say
from tests.serving import Site

NEWEST = "0010_uses"
APPLIED = f"SELECT count(*) FROM django_migrations WHERE app = 'measures' AND name = '{NEWEST}'"

pytestmark = pytest.mark.skipif(ENGINE != "postgresql", reason="SQLite locks its whole file, for moments")


def test_a_migration_that_gets_no_table_gives_up_soon_and_is_undone(site: Site, say: Say) -> None:
    site.manage("migrate", "measures", "0009_second_factor")
    with psycopg.connect(site.environment["DATABASE_URL"]) as busy:
        # Else a migration that waits, waits for ever.
        busy.execute("SET idle_in_transaction_session_timeout = '30s'")
        # As somebody who has written to it and not ended yet: the new table's key to it has to wait.
        busy.execute("LOCK TABLE auth_user IN ROW EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(subprocess.CalledProcessError):
            site.manage("migrate")
        gave_up = time.monotonic() - began

    say(f"gave up after {gave_up:.1f} s, the start of the command included")
    assert gave_up < 30
    assert rows(site, APPLIED) == [(0,)]
    site.manage("migrate")
    assert rows(site, APPLIED) == [(1,)]
