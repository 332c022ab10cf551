"""Saves a second, of 1, 8 and 32 who save at once: `python -m bench.saves [sqlite|postgresql]`.

Each is a process with its own connection, and saves items that nobody else saves, without a pause, on a
database that waits for the disk. In turns as it is, where saves share the ledger, and as it would be if each
had it alone, from its first statement on (measures/database/locks.py).
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench import _databases

WRITERS = tuple(map(int, os.environ.get("WRITERS", "1,8,32").split(",")))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = 4
WAYS = ("alone", "shared")


def main() -> None:
    if sys.argv[1:2] == ["--save"]:
        save(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    for engine in sys.argv[1:] or _databases.ENGINES:
        subprocess.run([sys.executable, "-m", "bench.saves", "--measure", engine], check=True)


def measure(engine: str) -> None:
    _databases.prepare(engine)
    from django.contrib.auth.models import User
    from django.db import connection

    from measures.models import Checklist
    from tests.make import make_catalogue, make_checklist

    for number in range(4):
        make_checklist(f"checklist{number}", str(number), make_catalogue(4, 5, 5, slug=f"catalogue{number}"))
    user = User.objects.create(username="saver")
    user.memberships.create(checklist=Checklist.objects.earliest("pk"), role="administrator")
    connection.close()
    taken: dict[tuple[int, str], list[list[float]]] = defaultdict(list)
    for _round in range(ROUNDS):
        for writers in WRITERS:
            for way in WAYS:
                taken[writers, way].append(saved_at_once(writers, way))
    for (writers, way), rounds in taken.items():
        a_second = statistics.median(len(times) / SECONDS for times in rounds)
        middle, slow = (
            1000 * statistics.median(sorted(times)[int(share * len(times))] for times in rounds)
            for share in (0.5, 0.99)
        )
        print(
            f"{engine}, {writers:2} at once, ledger {way}: {a_second:.0f} saves a second, "
            f"p50 {middle:.0f} ms, p99 {slow:.0f} ms (load {os.getloadavg()[0]:.1f})"
        )


def saved_at_once(writers: int, way: str) -> list[float]:
    """Seconds that each save took, of all who saved together."""
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
    told = []
    for one in started:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in started:
        told += json.loads(one.communicate()[0])
    return told


def save(way: str, number: int, writers: int) -> None:
    """One who saves: says when it is ready, waits for a line, and tells how long each save took."""
    _databases.set_up(os.environ["DATABASE_URL"], Path(os.environ["DATA_DIR"]))
    from measures.database import locks

    if way == "alone":
        locks.begins_here = lambda: False
    saves = saving(number, writers)
    for _warm_up in range(5):
        next(saves)
    print("ready", flush=True)
    sys.stdin.readline()
    until, times = time.monotonic() + SECONDS, []
    while (began := time.monotonic()) < until:
        next(saves)
        times.append(time.monotonic() - began)
    print(json.dumps(times))


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
        item.change(
            {"notes": f"{number} {times}"}, version=item.version, by=user, at=timezone.now(), via=Via.PAGE
        )
        yield


if __name__ == "__main__":
    measure(sys.argv[2]) if sys.argv[1:2] == ["--measure"] else main()
