"""Saves a second, of 1, 8 and 32 who save at once: `python -m bench.saves [sqlite|postgresql]`.

Each is a process with its own connection, and saves items that nobody else saves, without a pause, on a
database that waits for the disk. In turns straight, by `Item.change`, as if each had the ledger alone from
its first statement on (measures/database/locks.py) and as it is, where saves share it; then over HTTP, on a
server as `make run` starts it. The table that is printed is that of docs/performance.md.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from bench import _databases, _figures

WRITERS = tuple(map(int, os.environ.get("WRITERS", "1,8,32").split(",")))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = 4
ALONE, SHARED, HTTP = "ledger alone", "straight", "over HTTP"
TOKEN = "t" * 32


class Told(NamedTuple):
    """What all who saved together say: seconds of each save, and seconds of the processor for all of them."""

    times: list[float]
    spent: float


def main() -> None:
    if sys.argv[1:2] == ["--save"]:
        save(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    print("| engine | at once | way | saves a second | p50, ms | p99, ms | CPU a save, ms |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for engine in sys.argv[1:] or _databases.ENGINES:
        subprocess.run([sys.executable, "-m", "bench.saves", "--measure", engine], check=True)


def measure(engine: str) -> None:
    _databases.prepare(engine)
    from tests.serving import make_site

    make_ledger()
    folder = Path(os.environ["DATA_DIR"])
    taken: dict[tuple[int, str], list[Told]] = defaultdict(list)
    for _round in range(ROUNDS):
        for writers in WRITERS:
            for way in (ALONE, SHARED):
                taken[writers, way].append(saved_at_once(writers, way))
    site = make_site(folder, os.environ["DATABASE_URL"], HTTPS="0", SECRET_KEY=os.environ["SECRET_KEY"])
    site.manage("collectstatic", "--no-input")
    site.start()
    os.environ["SAVES_PORT"] = str(site.port)
    try:
        for _round in range(ROUNDS):
            for writers in WRITERS:
                taken[writers, HTTP].append(saved_at_once(writers, HTTP))
    finally:
        site.stop()
    for (writers, way), rounds in sorted(taken.items()):
        a_second = statistics.median(len(told.times) / SECONDS for told in rounds)
        middle, slow = (
            1000 * statistics.median(sorted(told.times)[int(share * len(told.times))] for told in rounds)
            for share in (0.5, 0.99)
        )
        spent = statistics.median(1000 * told.spent / len(told.times) for told in rounds)
        processor = "" if way == HTTP else f"{spent:.1f}"
        print(
            f"| {engine} | {writers} | {way} | {a_second:.0f} | {middle:.0f} | {slow:.0f} | {processor} |",
            flush=True,
        )
    print(f"load {os.getloadavg()[0]:.1f}", file=sys.stderr)


def make_ledger() -> None:
    """Four checklists, who administers all of them, and their session."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from measures.models import Checklist
    from tests.make import make_catalogue, make_checklist

    user = User.objects.create(username="saver")
    for number in range(4):
        make_checklist(f"checklist{number}", str(number), make_catalogue(4, 5, 5, slug=f"catalogue{number}"))
    for checklist in Checklist.objects.all():
        user.memberships.create(checklist=checklist, role="administrator")
    client = Client()
    client.force_login(user)
    os.environ["SAVES_SESSION"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    connection.close()


def saved_at_once(writers: int, way: str) -> Told:
    """What so many say who save at the same time."""
    command = [sys.executable, "-m", "bench.saves", "--save", way]
    started = [
        subprocess.Popen(
            [*command, str(number), str(writers)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(writers)
    ]
    for one in started:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    told = [Told(*json.loads(one.communicate()[0])) for one in started]
    return Told([took for one in told for took in one.times], sum(one.spent for one in told))


def save(way: str, number: int, writers: int) -> None:
    """One who saves: says when it is ready, waits for a line, and tells how long each save took."""
    _databases.set_up(os.environ["DATABASE_URL"], Path(os.environ["DATA_DIR"]))
    from measures.database import locks

    if way == ALONE:
        locks.begins_here = lambda: False
    saves = (sending if way == HTTP else saving)(number, writers)
    for _warm_up in range(5):
        next(saves)
    print("ready", flush=True)
    sys.stdin.readline()
    spent, until, times = _figures.spent_here(), time.monotonic() + SECONDS, []
    while (began := time.monotonic()) < until:
        next(saves)
        times.append(time.monotonic() - began)
    print(json.dumps(Told(times, _figures.spent_here() - spent)))


def saving(number: int, writers: int) -> Iterator[None]:
    """Each step saves one of every so many items."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from measures.choices import Via
    from measures.models import Item

    user = User.objects.get(username="saver")
    items = list(Item.objects.order_by("pk"))[number::writers]
    for times in range(1_000_000):
        item = items[times % len(items)]
        item.change({"notes": new_notes()}, version=item.version, by=user, at=timezone.now(), via=Via.PAGE)
        yield


def new_notes() -> str:
    """Such as no item has: nothing is saved if nothing is changed."""
    return f"note {time.monotonic_ns()}"


def sending(number: int, writers: int) -> Iterator[None]:
    """The same by the form of the item's page."""
    from django.db import connection

    from measures.models import Item

    found = Item.objects.select_related("checklist", "measure").order_by("pk")[number::writers]
    items = list(found)
    connection.close()
    cookies = f"sessionid={os.environ['SAVES_SESSION']}; csrftoken={TOKEN}"
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    empty = dict.fromkeys(("owner", "cooperating", "leader", "due", "target", "reason"), "")
    for times in range(1_000_000):
        item = items[times % len(items)]
        sent = {"status": "not_started", "notes": new_notes(), "version": item.version}
        body = urlencode(empty | sent | {"csrfmiddlewaretoken": TOKEN})
        server = HTTPConnection("127.0.0.1", int(os.environ["SAVES_PORT"]))  # as a proxy does
        server.request("POST", item.get_absolute_url(), body, headers)
        answer = server.getresponse()
        answer.read()
        assert answer.status == 302, answer.status
        server.close()
        item.version += 1
        yield


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
