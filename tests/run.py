"""Every test on SQLite and then on PostgreSQL, on all cores, with coverage: `python -m tests.run`.

What this machine lacks is said at the end; with CI=true it counts as a failure. Arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.browser.chromium import MISSING, find_chromium
from tests.office import LIBRARIES, find_office
from tests.office import MISSING as NO_OFFICE
from tests.postgres import NoPostgresError, find_binaries

LEAST_COVERAGE = 90  # per cent, on each engine of what is measured there


class Measured(NamedTuple):
    """What the run on one engine measures of the code that its tests reach."""

    what: str
    options: list[str]
    environment: dict[str, str]
    left_out: list[str]


# Measuring branches makes a run nearly twice as slow before Python 3.14. Only what the database itself does
# differs between the engines, so the second run measures nothing else, and lines only, which costs little.
MEASURED = {
    "sqlite": Measured(
        "lines and branches, on SQLite",
        ["--cov", "--cov-branch", "--cov-report="],
        {},
        ["--omit=measures/database/backups/on_postgresql.py"],
    ),
    "postgresql": Measured(
        "lines of measures/database, on PostgreSQL",
        ["--cov=measures/database", "--cov-report=", "--cov-config=/dev/null"],
        {"COVERAGE_CORE": "sysmon"},
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
    """Run pytest on one engine, with a process and a database for each core. True where everything passed."""
    say(f"Tests on {engine}")
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | {
        "TAIZHANG_TEST_ENGINE": engine,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "COVERAGE_FILE": str(folder / engine),
        **MEASURED[engine].environment,
    }
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *MEASURED[engine].options]
    # Two runs would overwrite each other's notes on what failed last.
    command += ["-p", "no:cacheprovider", *sys.argv[1:]]
    return not subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    """0 where everything passed, else 1."""
    began = time.monotonic()
    missing = [] if find_chromium() else [MISSING]
    missing += [NO_OFFICE.format(name, name) for name in LIBRARIES if not find_office(name)]
    engines = list(MEASURED)
    try:
        find_binaries()
    except NoPostgresError as error:
        missing.append(str(error))
        engines.remove("postgresql")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        failed = [f"tests on {engine}" for engine in engines if not test(engine, folder)]
        for engine in engines:
            say(f"Coverage: {MEASURED[engine].what}")
            report = [sys.executable, "-m", "coverage", "report", f"--data-file={folder / engine}"]
            report += [f"--fail-under={LEAST_COVERAGE}", *MEASURED[engine].left_out]
            # A choice of tests reaches what it reaches.
            if subprocess.run(report, check=False).returncode and not sys.argv[1:]:
                failed.append(f"coverage of {LEAST_COVERAGE} % on {engine}")
    say(f"{time.monotonic() - began:.0f} seconds")
    for what in missing:
        say(f"NOT TESTED. {what}")
    if missing and os.environ.get("CI") == "true":
        failed.append("what this machine lacks")
    say(f"FAILED: {', '.join(failed)}" if failed else "Passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
