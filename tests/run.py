"""Every test on SQLite and on PostgreSQL, side by side, with one coverage figure: `python -m tests.run`.

What this machine lacks is said at the end; with CI=true it counts as a failure. Arguments go to pytest.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.browser.chromium import MISSING, find_chromium
from tests.office import LIBRARIES, find_office
from tests.office import MISSING as NO_OFFICE
from tests.postgres import NoPostgresError, find_binaries

LEAST_COVERAGE = 85  # per cent of lines and branches, over both engines
# The settings of whoever runs the tests must not change what is tested.
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
COVERAGE = [sys.executable, "-m", "coverage"]


def say(text: str) -> None:
    sys.stdout.write(f"\n=== {text}\n")
    sys.stdout.flush()


def start(engine: str, folder: Path, output: Path | None) -> subprocess.Popen[bytes]:
    """Start pytest on one engine; to the terminal, or to a file that is shown later."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS} | {
        "TAIZHANG_TEST_ENGINE": engine,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [*COVERAGE, "run", f"--data-file={folder / engine}.coverage", "-m", "pytest", *sys.argv[1:]]
    # Two runs would overwrite each other's notes on what failed last.
    command += ["-p", "no:cacheprovider"]
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output.open("wb") if output else None,
        stderr=subprocess.STDOUT if output else None,
    )


def main() -> int:
    """0 where everything passed, else 1."""
    began = time.monotonic()
    missing = [] if find_chromium() else [MISSING]
    missing += [NO_OFFICE.format(name, name) for name in LIBRARIES if not find_office(name)]
    engines = ["sqlite", "postgresql"]
    try:
        find_binaries()
    except NoPostgresError as error:
        missing.append(str(error))
        engines.remove("postgresql")
    failed = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        later = {engine: folder / engine for engine in engines[1:]}
        say(f"Tests on {' and, at the same time, on '.join(engines)}")
        runs = {engine: start(engine, folder, later.get(engine)) for engine in engines}
        for engine, run in runs.items():
            code = run.wait()
            if engine in later:
                say(f"Tests on {engine}")
                with later[engine].open("rb") as output:
                    shutil.copyfileobj(output, sys.stdout.buffer)
            if code:
                failed.append(f"tests on {engine}")
        say("Coverage")
        data = f"--data-file={folder / 'all'}"
        subprocess.run([*COVERAGE, "combine", "-q", data, *folder.glob("*.coverage")], check=False)
        report = [*COVERAGE, "report", data, f"--fail-under={LEAST_COVERAGE}"]
        # A choice of tests reaches what it reaches.
        if subprocess.run(report, check=False).returncode and not sys.argv[1:]:
            failed.append(f"coverage of {LEAST_COVERAGE} %")
    say(f"{time.monotonic() - began:.0f} seconds")
    for what in missing:
        say(f"NOT TESTED. {what}")
    if missing and os.environ.get("CI") == "true":
        failed.append("what this machine lacks")
    say(f"FAILED: {', '.join(failed)}" if failed else "Passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
