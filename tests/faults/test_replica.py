"""Reports from a replica that follows by streaming replication: true to it, and nothing else reads there."""

import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.conftest import ENGINE
from tests.faults.ledger import versions
from tests.faults.people import LIST, Person
from tests.postgres import Server
from tests.serving import Site

REPORT = "/checklists/henan/report/"

pytestmark = pytest.mark.skipif(ENGINE != "postgresql", reason="SQLite has no replicas")


@pytest.fixture
def replica(site: Site, postgres: Server) -> Iterator[Server]:
    following = Server(postgres.options, copy_of=postgres)
    site.environment["DATABASE_REPLICA_URL"] = following.address()
    yield following
    following.stop()


def wait_until_it_has_followed(postgres: Server, replica: Server) -> None:
    with psycopg.connect(postgres.address()) as primary, psycopg.connect(replica.address()) as copy:
        (newest,) = primary.execute("SELECT pg_current_wal_lsn()").fetchone() or ("",)
        for _ in range(100):
            behind = copy.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [newest]).fetchone()
            if behind == (True,):
                return
            time.sleep(0.1)
    raise AssertionError("The replica did not follow within ten seconds.")


def test_reports_are_read_from_the_replica_and_everything_else_is_not(
    site: Site, postgres: Server, replica: Server
) -> None:
    site.start()
    person = Person(site, "person0").sign_in()
    person.save("1.1.1", versions(site)["1.1.1"], "副本已经收到")
    wait_until_it_has_followed(postgres, replica)
    assert "副本已经收到" in person.ask("GET", REPORT).body

    with psycopg.connect(replica.address(), autocommit=True) as copy:
        copy.execute("SELECT pg_wal_replay_pause()")
        person.save("1.1.2", versions(site)["1.1.2"], "副本还没有收到")
        report, page = person.ask("GET", REPORT), person.ask("GET", f"{LIST}1.1.2/")
        copy.execute("SELECT pg_wal_replay_resume()")

    assert report.status == page.status == 200
    assert "副本已经收到" in report.body
    assert "副本还没有收到" not in report.body
    assert "副本还没有收到" in page.body
    wait_until_it_has_followed(postgres, replica)
    assert "副本还没有收到" in person.ask("GET", REPORT).body
