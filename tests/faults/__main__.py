"""Every fault test for long, on both engines, and all their figures at the end: `python -m tests.faults`.

One engine after the other, as times are measured. Arguments go to pytest.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.run import OURS, say

ENGINES = ["sqlite", "postgresql"]
FIGURES = {
    "kills": "kills of the server survived",
    "loads_killed": "kills of a load of the catalogue survived",
    "writes_a_second": "writes a second acknowledged",
    "seconds_p99": "seconds, within which 99 % of the writes were answered",
    "conflicts": "conflicts shown",
    "requests": "requests fuzzed",
    "files_sent": "bombs and broken files sent in",
    "fetches": "fetches by the writers of reports",
    "full_disks": "full disks got over",
    "restarts": "restarts of PostgreSQL under load got over",
    "backups": "backups under load put back",
    "seconds_after_kill": "seconds to recover: from a start after a kill to the first answer, at most",
    "seconds_after_restart": "seconds to recover: from PostgreSQL's return to the first answer, at most",
    "seconds_sessions": "seconds to clear a month of sessions",
}


def run(engine: str, kept: Path) -> int:
    """The exit code of all tests on this engine; their figures go to the file."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | {
        "TAIZHANG_TEST_ENGINE": engine,
        "FAULTS": "long",
        "FAULTS_FIGURES": str(kept),
    }
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "fault", "tests/faults"]
    # A failing test need not show the thousands of warnings that its requests earned.
    return subprocess.run(
        [*command, "--show-capture=no", *sys.argv[1:]], env=environment, check=False
    ).returncode


def table(figures: dict[str, dict[str, float]]) -> list[str]:
    """One line a figure, one column an engine; a dash for what an engine does not have."""
    lines = [f"{'':75}" + "".join(f"{engine:>12}" for engine in figures)]
    for name, words in FIGURES.items():
        values = [found.get(name) for found in figures.values()]
        # Seconds and rates are measured, the rest is counted.
        measured = name.startswith("seconds") or name == "writes_a_second"
        shown = ["–" if value is None else f"{value:,.{2 if measured else 0}f}" for value in values]
        lines.append(f"{words:75}" + "".join(f"{value:>12}" for value in shown))
    return lines


def main() -> int:
    """0 where every test passed, else 1."""
    began, failed = time.monotonic(), []
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for engine in ENGINES:
            say(f"Faults on {engine}")
            kept = Path(folder) / engine
            if run(engine, kept):
                failed.append(engine)
            figures[engine] = json.loads(kept.read_text()) if kept.exists() else {}
    say("Figures")
    sys.stdout.write("\n".join(table(figures)) + "\n")
    say(f"{(time.monotonic() - began) / 60:.0f} minutes")
    say(f"FAILED on {' and '.join(failed)}" if failed else "Passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
