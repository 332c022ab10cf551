"""How figures are taken and kept: time of the processor, in turns, so that a busy machine disturbs little."""

import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results.json"
HEADINGS = ("figure", "engine", "rows", "ours", "other", "what", "ratio", "spread", "bound", "")


def spent() -> float:
    """Seconds that this process has spent on the processor, and the database's server for it."""
    return time.process_time() + sum(map(_seconds_of, _server_processes()))


def spent_here() -> float:
    """The same of this process and of the one that serves its own connection."""
    from django.db import connection

    if connection.vendor != "postgresql" or connection.connection is None:
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return time.process_time() + _seconds_of(str(cursor.fetchone()[0]))


def _server_processes() -> list[str]:
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    if not _postmaster:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            status = Path(f"/proc/{cursor.fetchone()[0]}/status").read_text()
        _postmaster.append(status.partition("PPid:")[2].split()[0])
    return Path(f"/proc/{_postmaster[0]}/task/{_postmaster[0]}/children").read_text().split()


_postmaster: list[str] = []


def _seconds_of(process: str) -> float:
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0  # it has ended meanwhile


def rounds(
    works: Mapping[str, Callable[[], object]], *, times: int = 15, warm_up: bool = True
) -> dict[str, list[float]]:
    """Milliseconds of each of these, in turns; the first turn warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(0 if warm_up else 1, times + 1):
        for name, work in works.items():
            began = spent()
            work()
            if number:
                taken[name].append(1000 * (spent() - began))
    return taken


def compared(  # noqa: PLR0917 - the columns of the table
    figure: str, engine: str, rows: int, ours: list[float], other: list[float], what: str, bound: float
) -> dict[str, Any]:
    """One line of the table: medians, and the median of the ratios round by round with its quartiles."""
    ratios = [one / another for one, another in zip(ours, other, strict=True)]
    quartiles = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return {
        "figure": figure,
        "engine": engine,
        "rows": rows,
        "ours": round(statistics.median(ours), 2),
        "other": round(statistics.median(other), 2),
        "what": what,
        "ratio": round(statistics.median(ratios), 3),
        "spread": [round(quartiles[0], 3), round(quartiles[2], 3)],
        "bound": bound,
    }


def keep(results: list[dict[str, Any]], path: Path = RESULTS) -> None:
    """Write the results, and keep those of the other engine and of other figures."""
    kept = json.loads(path.read_text()) if path.exists() else []
    fresh = {(one["figure"], one["engine"], one["what"]) for one in results}
    kept = [one for one in kept if (one["figure"], one["engine"], one["what"]) not in fresh]
    lines = sorted([*kept, *results], key=lambda one: (one["engine"], one["figure"], one["what"]))
    path.write_text("[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in lines) + "\n]\n")


def within(result: Mapping[str, Any]) -> bool:
    return bool(result["ratio"] <= result["bound"])


def table(results: list[dict[str, Any]]) -> str:
    """The results as lines of equal columns."""
    lines = [HEADINGS]
    for one in results:
        spread = "–".join(f"{value:.2f}" for value in one["spread"])
        verdict = "" if within(one) else "ABOVE"
        figures = (f"{one['ours']:,}", f"{one['other']:,}", one["what"], f"{one['ratio']:.3f}", spread)
        lines.append((one["figure"], one["engine"], f"{one['rows']:,}", *figures, str(one["bound"]), verdict))
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADINGS))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines) + "\n"
