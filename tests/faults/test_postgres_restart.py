"""PostgreSQL stops under load and comes back: 503 in plain words, well again at once, nothing lost."""

import random
import threading
import time

import pytest

from tests.faults.conftest import ENGINE, crowd
from tests.faults.ledger import codes, hold_to, versions
from tests.faults.people import LIST, Notebook, keep_saving
from tests.figures import Say
from tests.postgres import Server
from tests.proofs import SOAK
from tests.serving import Site
from tests.threads import at_work

AWAY = [2.0, 5.0, 40.0] if SOAK else [2.0]  # seconds
WELL_WITHIN = 5.0  # seconds after its return

pytestmark = pytest.mark.skipif(ENGINE != "postgresql", reason="PostgreSQL's own")


@pytest.mark.parametrize("away", AWAY)
def test_a_restart_of_postgresql_is_told_in_words_and_got_over(
    site: Site, postgres: Server, away: float, say: Say, chance: random.Random
) -> None:
    site.start()
    people, every = crowd(site), codes(site)
    notebook, stop = Notebook(versions=versions(site)), threading.Event()
    threads = [
        threading.Thread(
            target=keep_saving, args=(person, every[n::4], notebook, stop, random.Random(chance.random()))
        )
        for n, person in enumerate(people[:4])
    ]
    with at_work(threads, stop):
        time.sleep(1.5)
        postgres.stop()
        stopped = time.monotonic()
        meanwhile = people[5].ask("GET", LIST)
        health = site.get("/healthz")[0].status
        time.sleep(max(0.0, away - (time.monotonic() - stopped)))
        before = len(notebook.acknowledged)

        postgres.start()

        back = time.monotonic()
        while people[5].ask("GET", LIST).status != 200 or site.get("/healthz")[0].status != 200:
            assert time.monotonic() - back < 60
            time.sleep(0.1)
        recovered = time.monotonic() - back
        time.sleep(1.5)

    say(
        f"away {away:.0f} s: {notebook.answers[503]} saves got 503, a page after {meanwhile.seconds:.1f} s; "
        f"well again {recovered:.1f} s after its return; {len(notebook.acknowledged)} acknowledged, 0 lost",
        restarts=1,
        seconds_after_restart=recovered,
    )
    assert meanwhile.status == 503
    assert "数据库正忙、已满或正在重启" in meanwhile.body
    assert health == 503
    assert set(notebook.answers) <= {302, 409, 503}, notebook.answers
    assert recovered < WELL_WITHIN
    assert len(notebook.acknowledged) > before, "nobody could save afterwards"
    hold_to(site, notebook)
