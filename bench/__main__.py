"""`python -m bench`: every measurement, each in a process of its own, so that peaks of memory stay apart."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    names = sorted(
        path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if not path.stem.endswith("_peers")
    )
    commands = ([sys.executable, "-m", f"bench.{name}"] for name in names)
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
