"""Load by wrk on a server of this machine, and what wrk tells of it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.serving import Site

SCRIPT = Path(__file__).with_name("_wrk.lua")
# A peer may need long for 64 at once.
PATIENCE = 60  # seconds
# So many short spans in turn, because a server may be waiting for the disk.
QUIET = 2

type Headers = dict[str, str]


class Told(NamedTuple):
    """How many answers came in a second, and after how many milliseconds 99 of 100 were there."""

    a_second: float
    p99: float


def must_be_there() -> None:
    if not shutil.which("wrk"):
        sys.exit("wrk is not installed. On Debian and Ubuntu: apt-get install wrk")


def play(
    site: Site, headers: Headers, at_once: int, seconds: int, *, address: str = "", plan: Path | None = None
) -> Told:
    """Ask for a page, or save the items of a plan, without a pause over so many connections.

    Ends this process where an answer is not the page, or not a redirect to the saved item.
    """
    given = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    told_of = ["--", str(plan)] if plan else []
    numbers = ["-t1", f"-c{at_once}", f"-d{seconds}s", "--timeout", f"{PATIENCE}s", "--latency"]
    done = subprocess.run(
        ["wrk", *numbers, "-s", SCRIPT, *given, f"http://127.0.0.1:{site.port}{address}", *told_of],
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 2 * PATIENCE,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    if told["bad"] or told["conflicts"] or told["cut"]:
        sys.exit(f"{address or 'save'}, {at_once} at once: {told}\n{site.log()[-2000:]}")
    settle(site)
    if not told["good"]:  # a slow page on a busy machine
        return play(site, headers, at_once, 2 * seconds, address=address, plan=plan)
    return Told(told["good"] / told["seconds"], told["p99"])


def settle(site: Site) -> None:
    """Wait until the server has answered what wrk was no longer waiting for."""
    until, quiet, before = time.monotonic() + PATIENCE, 0, spent(site)
    while quiet < QUIET and time.monotonic() < until:
        time.sleep(0.3)
        now = spent(site)
        quiet = quiet + 1 if now - before < 0.1 else 0
        before = now


def spent(site: Site) -> float:
    """Seconds of its workers on the processor."""
    assert site.server
    master = site.server.pid
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    told = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in workers]
    return sum(int(one[11]) + int(one[12]) for one in told) / os.sysconf("SC_CLK_TCK")
