"""`python -m bench`: every measurement but those in OTHERS, each in a separate process.

So peaks of memory stay apart.

`python -m bench check` measures nothing: it fails if a stored result exceeds its bound.
"""

import json
import subprocess
import sys
from pathlib import Path

from bench import _figures

# What no measurement is, and what is asked for by itself.
OTHERS = ("country", "load", "saves", "settings", "throughput", "urls")


def main() -> int:
    if sys.argv[1:] == ["check"]:
        return check()
    commands = ([sys.executable, "-m", f"bench.{name}"] for name in measurements())
    return max(subprocess.run(command, check=False).returncode for command in commands)


def measurements() -> list[str]:
    """The modules that measure and need not be told anything."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    return [name for name in names if not name.endswith("_peers") and name not in OTHERS]


def check() -> int:
    """Return 1 if a figure of the last run exceeds its bound, and print it; else 0."""
    if not _figures.RESULTS.exists():
        sys.stderr.write("There are no results yet. Run make bench first.\n")
        return 1
    results = json.loads(_figures.RESULTS.read_text())
    above = [one for one in results if not _figures.within(one)]
    sys.stdout.write(_figures.table(above) if above else f"{len(results)} figures within their bounds.\n")
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
