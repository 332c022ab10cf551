"""Every test on SQLite and then on PostgreSQL, on all cores, with coverage: `python -m tests.run`.

It first fetches what the tests need of the machine. Where that fails it says so, tests what it can, and fails
at the end. Arguments go to pytest.
"""

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.machine import has_postgres, provide

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>


class Measured(NamedTuple):
    """What the run on one engine measures of the code that its tests reach."""

    what: str
    least: int  # per cent
    options: list[str]
    environment: dict[str, str]
    left_out: list[str]


# Before Python 3.14, measuring branches makes a run nearly twice as slow; measuring lines costs little.
BRANCHES = sys.version_info >= (3, 14)
CHEAPLY = {"COVERAGE_CORE": "sysmon"}
# Only what the database itself does differs between the engines, so the second run measures nothing else.
MEASURED = {
    "sqlite": Measured(
        "lines and branches, on SQLite" if BRANCHES else "lines, on SQLite",
        95 if BRANCHES else 97,
        ["--cov", "--cov-report=", *(["--cov-branch"] if BRANCHES else [])],
        CHEAPLY,
        ["--omit=measures/database/backups/on_postgresql.py"],
    ),
    "postgresql": Measured(
        "lines of measures/database, on PostgreSQL",
        85,
        ["--cov=measures/database", "--cov-report=", "--cov-config=/dev/null"],
        CHEAPLY,
        ["--omit=measures/database/backups/on_sqlite.py"],
    ),
}
# The user's environment must not change what is tested.
OURS = [
    "ALLOWED_HOSTS",
    "AUDIT_DAYS",
    "BACKUP_KEY",
    "BACKUP_KEY_FILE",
    "BEHIND_PROXY",
    "BIND_ADDRESS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_POOL_SIZE",
    "DATABASE_REPLICA_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "DEBUG",
    "DEMO_PASSWORD",
    "DJANGO_SUPERUSER_PASSWORD",
    "HSTS_SECONDS",
    "HTTPS",
    "LANGUAGE_CODE",
    "PORT",
    "REMOTE_USER_HEADER",
    "SECRET_KEY",
    "SECRET_KEY_FILE",
    "SECURITY_PROFILE",
    "SESSION_HOURS",
    "SESSION_IDLE_MINUTES",
    "WEB_CONCURRENCY",
]


def say(text: str) -> None:
    sys.stdout.write(f"\n=== {text}\n")
    sys.stdout.flush()


def test(engine: str, folder: Path) -> bool:
    """Run pytest on one engine, with a database for each process. True where everything passed."""
    say(f"Tests on {engine}")
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | {
        "TAIZHANG_TEST_ENGINE": engine,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "COVERAGE_FILE": str(folder / engine),
        **MEASURED[engine].environment,
    }
    # One process more than there are cores, since some tests mostly wait for what they have killed.
    processes = str((os.cpu_count() or 1) + 1)
    command = [sys.executable, "-m", "pytest", "-n", processes, "--dist", "worksteal"]
    command += MEASURED[engine].options
    # Two runs would overwrite each other's notes on what failed last.
    command += ["-p", "no:cacheprovider", "--durations=20", *sys.argv[1:]]
    with subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL) as run:
        try:
            return not run.wait()
        except SystemExit:
            # It stops its own servers and removes its own files when it is interrupted.
            run.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                run.wait(timeout=60)
            raise
        finally:
            end_descendants()


def adopt_descendants() -> None:
    """Become the parent of what a process leaves behind. Linux only: elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_descendants() -> None:
    """Kill every server, browser and process that tests started and did not end. Their children come next."""
    while found := children():
        for child in found:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(child, 0)


def children() -> list[int]:
    """The processes whose parent this one is, or has become."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # "7 (a name) S 1 …": the name may hold anything.
            parent = path.read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(path.parent.name))
    return found


def end(number: int, frame: object) -> None:
    sys.exit(128 + number)


def main() -> int:
    """0 where everything passed, else 1."""
    began = time.monotonic()
    adopt_descendants()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
    missing = provide()
    for what in missing:
        say(f"This run will fail, whatever the tests say: {what} is missing")
    engines = [engine for engine in MEASURED if engine != "postgresql" or has_postgres()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        failed = [f"tests on {engine}" for engine in engines if not test(engine, folder)]
        for engine in engines:
            say(f"Coverage: {MEASURED[engine].what}")
            report = [sys.executable, "-m", "coverage", "report", f"--data-file={folder / engine}"]
            report += [f"--fail-under={MEASURED[engine].least}", *MEASURED[engine].left_out]
            # A choice of tests reaches what it reaches.
            if subprocess.run(report, check=False).returncode and not sys.argv[1:]:
                failed.append(f"coverage of {MEASURED[engine].least} % on {engine}")
    say(f"{time.monotonic() - began:.0f} seconds")
    failed += [f"without {what}" for what in missing]
    say(f"FAILED: {', '.join(failed)}" if failed else "Passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
