"""A country on one PostgreSQL: `python -m bench.country FOLDER [pages] [roll_ups] [acts] [backups]`.

Builds 5.0 million items with 25 million updates in that folder, once (about 20 GB, most of an hour), and
measures what an office, a province and the nation do with them. A backup and its restoring take another 20 GB
while they last.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

from bench import _country, _databases
from bench._figures import rounds, spent

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
PAST = date(2026, 9, 30)
# As a machine with 24 GB would have it. A connection has one process: none of its work goes uncounted.
OPTIONS = (
    "-c listen_addresses= -c shared_buffers=4GB -c work_mem=64MB -c max_wal_size=8GB"
    " -c effective_cache_size=12GB -c max_parallel_workers_per_gather=0"
)
LIST = "/checklists/henan/items/"
FILTERS = "pillar=2&status=in_progress&sort=due"
PAGES = {
    "list of one checklist": f"{LIST}?{FILTERS}",
    "the same, as of a day": f"{LIST}?{FILTERS}&as_of={PAST}",
    "report of one checklist": "/checklists/henan/report/",
    "the same, as of a day ": f"/checklists/henan/report/?as_of={PAST}",
    "to-do page": "/",
    "overview": "/checklists/henan/",
}


def main() -> None:
    if sys.argv[1] == "--build":
        _databases.set_up(sys.argv[3], _databases.KEPT)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        build = _country.build_province if sys.argv[2] == "province" else _country.build_country
        build(now=NOW)
        return
    if sys.argv[1] == "--measure":
        measure(sys.argv[2:])
        return
    folder = Path(sys.argv[1])
    addresses = serve(folder)
    os.environ["BENCH_DATABASES"] = json.dumps({"province": addresses["province"]})
    subprocess.run(
        [sys.executable, "-m", "bench.country", "--measure", *sys.argv[2:]],
        check=True,
        env=os.environ | {"DATABASE_URL": addresses["country"], "DATA_DIR": str(folder / "data-of-app")},
    )


def serve(folder: Path) -> dict[str, str]:
    """Addresses of both databases, on a server that ends with this process; built if they are not there."""
    import psycopg

    from tests.postgres import Server

    server = Server(OPTIONS, kept=folder)
    addresses = {name: server.address(name) for name in ("province", "country")}
    with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
        for name, address in addresses.items():
            done = folder / f"{name}.built"
            if done.exists():
                continue
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            template = "TEMPLATE province" if name == "country" else ""
            connection.execute(f"CREATE DATABASE {name} {template}")
            subprocess.run([sys.executable, "-m", "bench.country", "--build", name, address], check=True)
            done.touch()
    return addresses


def measure(names: list[str]) -> None:
    """Take all figures, or those of these names."""
    _databases.set_up(os.environ["DATABASE_URL"], Path(os.environ["DATA_DIR"]), "bench.settings")
    for take in (pages, roll_ups, acts, backups):
        if not names or take.__name__ in names:
            take()


def tell(what: str, *figures: float) -> None:
    print(f"{what:45}", *(f"{figure:10.2f}" for figure in figures), flush=True)


def pages() -> None:
    """Milliseconds of each page of one checklist, in the country and in one province, and their ratio."""
    from django.contrib.auth.models import User
    from django.test import Client

    from bench.settings import Router
    from measures.choices import Role
    from measures.models import Checklist

    clients = {}
    for using in ("default", "province"):
        Router.using = using
        worker, made = User.objects.get_or_create(username="worker")
        if made:
            worker.memberships.create(checklist=Checklist.objects.get(slug="henan"), role=Role.ADMINISTRATOR)
        clients[using] = Client()
        clients[using].force_login(worker)

    def fetched(using: str, address: str) -> Callable[[], None]:
        def fetch() -> None:
            Router.using = using
            answer = clients[using].get(address)
            assert answer.status_code == 200, (address, answer.status_code)

        return fetch

    for name, address in PAGES.items():
        taken = rounds({using: fetched(using, address) for using in clients}, times=11)
        country, province = (sorted(taken[using])[5] for using in clients)
        tell(name, country, province, country / province)
    Router.using = "default"


def roll_ups() -> None:
    """Seconds of the roll-up of one province and of the nation, today and on a past day."""
    from bench import query_peers
    from measures.lights import start_of_day

    today = NOW.date()
    moment = start_of_day(today.replace(day=1))
    for top in ("p7", _country.NATION):
        for past in (None, PAST):
            taken = rounds({"ours": partial(rolled, top, past)}, times=3)["ours"]
            tell(f"roll-up below {top}, {past or 'today'} (s)", min(taken) / 1000)
    six = rounds({"six": lambda: query_peers.bare(query_peers.SIX_COUNTS, today, moment, moment)}, times=3)
    one = rounds({"one": lambda: query_peers.bare(query_peers.ONE_COUNT)}, times=3)
    tell("GROUP BY of six counts, and of one (s)", min(six["six"]) / 1000, min(one["one"]) / 1000)


def rolled(top: str, past: date | None) -> None:
    """As the page of units below a checklist counts them, on a past day or today."""
    from measures.models import Checklist
    from measures.tree.sums import roll_up
    from measures.tree.today import tree_today
    from measures.views.units.figures import items_on

    checklist, on = Checklist.objects.get(slug=top), past or NOW.date()
    if past is None:
        unit = tree_today(checklist.path, on=on, start=on.replace(day=1))
    else:
        checklists = Checklist.objects.tree(checklist)
        items = items_on(past).filter(checklist__in=checklists.values("pk"))
        (unit,) = roll_up(checklists, items, on=on, start=on.replace(day=1), as_of=past)
    assert unit.whole.items >= _country.CHECKLISTS * _country.MEASURES


def acts() -> None:
    """Seconds to open 2,600 checklists below a province, and to hand a measure down to all of them."""
    from django.contrib.auth.models import User

    from measures.models import Assignment, Checklist, Measure, open_together

    by = User.objects.get(username="administrator")
    top = Checklist.objects.get(slug="p7")
    mark = int(time.time())
    new = [Checklist(slug=f"n{mark}-{i}", name=f"新单位 {i}", parent=top) for i in range(2_600)]
    with clock("opening 2,600 checklists below a province"):
        open_together(new, top=top, at=NOW, by=by)
    measure = Measure.objects.filter(section__pillar__catalogue=top.catalogue_id).first()
    assert measure
    with clock("handing a measure down to 2,600 checklists"):
        Assignment.hand_down(top, measure, new, due=date(2026, 12, 31), text="请落实。", by=by, at=NOW)


def backups() -> None:
    """Seconds to take a backup of the country and to restore it into an empty database."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    folder = Path(settings.DATA_DIR) / "backups"
    with clock("a backup of the country"):
        call_command("backup", folder)
    taken = max(folder.glob("*.zip"))
    tell("its size (GB)", taken.stat().st_size / 1e9)
    tell("memory of the process that took it (MB)", getrusage(RUSAGE_SELF).ru_maxrss / 1024)
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS restored")
        cursor.execute("CREATE DATABASE restored")
    address = os.environ["DATABASE_URL"].rpartition("/")[0] + "/restored"
    there = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
    manage = [sys.executable, str(_databases.ROOT / "manage.py")]
    try:
        subprocess.run([*manage, "migrate", "--verbosity=0"], check=True, env=there)
        with clock("restoring it"):
            subprocess.run([*manage, "restore", str(taken)], check=True, env=there)
    finally:
        taken.unlink()
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE restored")


@contextmanager
def clock(what: str) -> Iterator[None]:
    """Tell seconds by the clock, and those of the processor."""
    began, busy = time.monotonic(), spent()
    yield
    tell(f"{what} (s, s of CPU)", time.monotonic() - began, spent() - busy)


if __name__ == "__main__":
    main()
