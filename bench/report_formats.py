"""Seconds, peak memory and size of every format at 100 and 1,000 items, against its bare writer.

The report has five updates an item. Each file is written once in a separate process, because typst remembers
what it has set before; the seconds (of the processor) are the best of five such processes.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable

PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
LIMIT, MOST_MEGABYTES = 3.0, 300
SIZES = {100: 8, 1000: 83}  # items: measures in each of 12 sections, and a few over
FORMATS = ("docx", "pdf", "xlsx", "csv", "csv-updates", "json")


def main() -> int:
    if len(sys.argv) > 1:
        return measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    print(f"{'format':<12}{'items':>6}{'seconds':>9}{'bare':>8}{'ratio':>7}{'peak MB':>9}{'bytes':>11}")
    failed = 0
    for code in FORMATS:
        for size in SIZES:
            ours, bare = (_run(code, who, size) for who in ("ours", "bare"))
            ratio = ours[0] / bare[0]
            over = ratio > LIMIT or ours[1] > MOST_MEGABYTES
            failed += over
            print(
                f"{code:<12}{size:>6}{ours[0]:>9.3f}{bare[0]:>8.3f}{ratio:>7.2f}{ours[1]:>9.0f}{ours[2]:>11,.0f}"
                + ("  over" if over else "")
            )
    return 1 if failed else 0


def _run(code: str, who: str, size: int) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "bench.report_formats", code, who, str(size)]
    runs = []
    for _round in range(5):
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, megabytes, length = (float(number) for number in said.split())
        runs.append((seconds, megabytes, length))
    return min(runs)


def measure(code: str, who: str, size: int) -> int:
    """Print seconds, peak megabytes of the process, and bytes of the file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.utils import translation

    from tests.reports_make import make_report

    report = make_report(measures=SIZES[size], updates=5)
    write = _writer(code, who)
    with translation.override(report.language):
        start = seconds_spent()
        length = len(write(report))
        seconds = seconds_spent() - start
    print(seconds, megabytes(), length)
    return 0


def seconds_spent() -> float:
    """Of the processor, by this process and those that it started: what else runs does not count."""
    spent = [resource.getrusage(who) for who in PROCESSES]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def megabytes() -> float:
    """The largest that this process, or the one that typst runs in, has been."""
    return max(resource.getrusage(who).ru_maxrss for who in PROCESSES) / 1024


def _writer(code: str, who: str) -> Callable[..., bytes]:
    from bench import report_peers as peers
    from measures.reports import FORMATS as OURS
    from measures.reports.write_csv import write_updates_csv

    if who == "ours":
        return write_updates_csv if code == "csv-updates" else OURS[code].write
    return {
        "docx": peers.bare_docx,
        "pdf": peers.bare_pdf,
        "xlsx": peers.bare_xlsx,
        "csv": peers.bare_csv,
        "csv-updates": peers.bare_updates_csv,
        "json": peers.bare_json,
    }[code]


if __name__ == "__main__":
    sys.exit(main())
