"""Every long proof in full, on both engines, with all figures at the end: `python -m tests.soak`.

One file of tests after the other, as times are measured. A soak that was ended goes on where it was: what has
passed on the same commit with the same seed is not run again. Arguments go to pytest.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.proofs import SEED
from tests.run import OURS, say

ROOT = Path(__file__).parent.parent
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
NO_TESTS = 5  # pytest's exit code where everything was deselected


def pytest(engine: str, *arguments: str, **more: str) -> tuple[list[str], dict[str, str]]:
    """The command that runs the proofs on an engine, and its environment."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"TAIZHANG_TEST_ENGINE": engine, "SOAK": "1", **more}
    # A failing test need not show the thousands of warnings that its requests earned.
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-m", "fault or proof"]
    command += [f"--hypothesis-seed={SEED}", "--show-capture=no", *arguments]
    return command, environment


def files() -> list[str]:
    """The files of tests that hold a proof, by their paths."""
    command, environment = pytest("sqlite", "--collect-only", *sys.argv[1:])
    said = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    ).stdout
    return sorted({line.partition("::")[0] for line in said.splitlines() if "::" in line})


def kept_in() -> Path:
    """Where this commit's results are kept. What is not committed is tried anew each time."""
    git = ["git", "-C", str(ROOT)]
    changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=False)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    is_clean = changed.returncode == 0 and not changed.stdout
    folder = ROOT / "var" / "soak" / f"{commit.stdout.strip()[:12] if is_clean else 'changed'}-{SEED}"
    if not is_clean:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run(engine: str, path: str, kept: Path) -> bool:
    """Whether all proofs of a file hold on this engine. Their figures go to the file `kept`."""
    if kept.exists():
        say(f"{path} on {engine}: passed before")
        return True
    say(f"{path} on {engine}")
    part = kept.with_suffix(".part")
    command, environment = pytest(engine, path, *sys.argv[1:], SOAK_FIGURES=str(part))
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode not in (0, NO_TESTS):
        return False
    part.rename(kept)
    return True


def read(folder: Path, engine: str) -> tuple[dict[str, float], list[str]]:
    """The figures of all files of one engine, and what their tests said of them."""
    counted: dict[str, float] = {}
    lines: list[str] = []
    for path in sorted(folder.glob(f"{engine}-*.json")):
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        lines += found["lines"]
        for name, value in found["counted"].items():
            before = counted.get(name, 0)
            counted[name] = max(before, value) if name.startswith("seconds") else before + value
    return counted, lines


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
    """0 where every proof holds, else 1."""
    began, failed = time.monotonic(), []
    folder = kept_in()
    for engine in ENGINES:
        for path in files():
            kept = folder / f"{engine}-{path.replace('/', '.')}.json"
            if not run(engine, path, kept):
                failed.append(f"{path} on {engine}")
    figures = {engine: read(folder, engine) for engine in ENGINES}
    for engine, (_, lines) in figures.items():
        say(f"What the proofs on {engine} say, seed {SEED}")
        sys.stdout.write("\n".join(lines) + "\n")
    say("Figures")
    sys.stdout.write("\n".join(table({engine: counted for engine, (counted, _) in figures.items()})) + "\n")
    say(f"{(time.monotonic() - began) / 60:.0f} minutes")
    say(f"FAILED: {', '.join(failed)}" if failed else "Passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
