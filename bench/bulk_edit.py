"""Many items changed together, against a loop that changes them one by one: `python -m bench.bulk_edit`.

Both write the same 1,000 items and append the same updates, in turn, on each engine; the bound is 0.1.
"""

import statistics
import subprocess
import sys
import time
from datetime import timedelta

from bench import _figures
from bench._databases import ENGINES, prepare

ITEMS, ROUNDS, BOUND = 1_000, 5, 0.1


def measure(engine: str) -> None:
    """Print one line: statements, medians in milliseconds, and the median of the ratios pair by pair."""
    prepare(engine)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from measures.choices import Role, Status, Via
    from measures.models import Change, change_items
    from tests.make import NOW, make_catalogue, make_checklist, make_user

    catalogue = make_catalogue(pillars=4, sections=5, measures=ITEMS // 20)
    checklist = make_checklist("henan", "河南", catalogue)
    user = make_user("administrator", checklist, Role.ADMINISTRATOR)
    ours, loops = [], []

    def together(number: int) -> float:
        """Seconds that it takes."""
        at, items = NOW + timedelta(minutes=number), list(checklist.items.all())
        changes = (Change(item.pk, item.version, {"notes": f"together {number}"}) for item in items)
        began = time.perf_counter()
        change_items(changes, by=user, at=at, via=Via.BULK)
        return time.perf_counter() - began

    # Not while the clock runs: writing statements down takes a third as long as the edit.
    with CaptureQueriesContext(connection) as captured:
        together(ROUNDS)
    for number in range(ROUNDS):
        at = NOW + timedelta(minutes=number)
        ours.append(together(number))
        items = list(checklist.items.all())
        began = time.perf_counter()
        for item in items:
            item.change(
                {"notes": f"alone {number}", "status": Status.IN_PROGRESS},
                version=item.version,
                by=user,
                at=at,
                via=Via.PAGE,
            )
        loops.append(time.perf_counter() - began)
    took, loop = ([1000 * seconds for seconds in one] for one in (ours, loops))
    result = _figures.compared("bulk edit", engine, ITEMS, took, loop, "a loop of saves", BOUND)
    _figures.keep([result])
    ratio = result["ratio"]
    verdict = "within" if ratio <= BOUND else "ABOVE"
    sys.stdout.write(
        f"bulk edit of {ITEMS:,} items, {engine}: {len(captured)} statements, "
        f"{1000 * statistics.median(ours):.0f} ms; one by one {1000 * statistics.median(loops):.0f} ms; "
        f"ratio {ratio:.3f}, {verdict} the bound of {BOUND}\n"
    )


def main() -> None:
    """Run each engine in a separate process: Django is set up for one database only."""
    for engine in ENGINES:
        subprocess.run([sys.executable, "-m", "bench.bulk_edit", engine], check=True)


if __name__ == "__main__":
    measure(sys.argv[1]) if sys.argv[1:] else main()
