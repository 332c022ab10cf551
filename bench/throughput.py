"""Requests a second over HTTP, beside the stock admin: `python -m bench.throughput [sqlite|postgresql]`.

The server is started as `make run` starts it, over a new demo, with the stock admin beside our pages. wrk
asks for one page without a pause, over 8 and over 64 connections; for ours and the stock admin's in turns.
`python -m bench.throughput settings [sqlite|postgresql]` compares numbers of workers and threads. ROUNDS=1
SECONDS=2 asks for less.
"""

import os
import secrets
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean

from bench import _databases, _figures, _served, _wrk

AT_ONCE = (8, 64)
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "1")), int(os.environ.get("SECONDS", "8"))
WARM_UP = 2, 3  # connections and seconds for each page
WORKERS, THREADS = (1, 2, 3, 4), (1, 2, 4, 8)
ITEMS = 122  # in the checklist of the demo
BOUND = 0.5  # of the time that the stock admin has for a request
SIDES = ("ours", "stock")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main() -> None:
    _wrk.must_be_there()
    what = "settings" if sys.argv[1:2] == ["settings"] else "pages"
    engines = [given for given in sys.argv[1:] if given != what]
    for engine in engines or _databases.ENGINES:
        subprocess.run([sys.executable, "-m", "bench.throughput", "--measure", what, engine], check=True)


def measure(what: str, engine: str) -> None:
    folder = _databases.prepare(engine, "bench.settings")
    from django.core.management import call_command
    from django.db import connection

    os.environ["DEMO_PASSWORD"] = secrets.token_urlsafe(16)
    with (folder / "told").open("w") as told:
        call_command("demo", stdout=told)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")  # as the server does by itself within a minute
    people = _served.People()
    compare = compare_settings if what == "settings" else compare_pages
    compare(engine, folder, people)
    connection.close()


def compare_pages(engine: str, folder: Path, people: _served.People) -> None:
    """Print all pages in a table, and keep the figures."""
    taken: dict[tuple[str, int, str], list[_wrk.Told]] = defaultdict(list)
    with _served.serving(folder) as site:
        pages = _served.pages(site, people, folder / "plan")
        for page in pages:
            for play in (page.ours, page.stock):
                play(*WARM_UP)
        for _round in range(ROUNDS):
            for page in pages:
                for at_once in AT_ONCE:
                    for side, play in zip(SIDES, (page.ours, page.stock), strict=True):
                        taken[page.name, at_once, side].append(play(at_once, SECONDS))
    heading = ("connections", "a second", "p99, ms", "stock admin", "a second", "p99, ms", "×")
    lines = [f"| {' | '.join((NAMES[engine], *heading))} |", "|---" * 8 + "|"]
    results = []
    for page in pages:
        for at_once in AT_ONCE:
            ours, stock = (taken[page.name, at_once, side] for side in SIDES)
            times = mean(one.a_second for one in ours) / mean(one.a_second for one in stock)
            shown = (page.name, at_once, *cells(ours), page.peer, *cells(stock), f"{times:.1f}")
            lines.append(f"| {' | '.join(map(str, shown))} |")
            took, stocks = ([1000 / one.a_second for one in side] for side in (ours, stock))
            figure = f"over HTTP, {page.name}, {at_once} at once"
            results.append(_figures.compared(figure, engine, ITEMS, took, stocks, "stock admin", BOUND))
    _figures.keep(results)
    print("\n".join([*lines, "", f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}"]), flush=True)


def compare_settings(engine: str, folder: Path, people: _served.People) -> None:
    """Print what the list and saves reach with so many workers and threads."""
    print(
        f"| {NAMES[engine]}: workers × threads | list, 8 | list, 64 | save, 8 | save, 64 |",
        "|---" * 5 + "|",
        sep="\n",
    )
    for workers in WORKERS:
        for threads in THREADS:
            given = {"WEB_CONCURRENCY": str(workers), "GUNICORN_CMD_ARGS": f"--threads={threads}"}
            with _served.serving(folder, **given) as site:
                shown, *_others, saved = _served.pages(site, people, folder / "plan")
                shown.ours(max(AT_ONCE), SECONDS)
                told = [page.ours(at_once, SECONDS) for page in (shown, saved) for at_once in AT_ONCE]
            found = " | ".join(" / ".join(cells([one])) for one in told)
            print(f"| {workers} × {threads} | {found} |", flush=True)


def cells(told: list[_wrk.Told]) -> tuple[str, str]:
    """Requests a second, on average over the rounds, and the highest p99."""
    return f"{mean(one.a_second for one in told):.0f}", f"{max(one.p99 for one in told):,.0f}"


if __name__ == "__main__":
    measure(*sys.argv[2:]) if sys.argv[1:2] == ["--measure"] else main()
