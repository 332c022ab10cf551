"""What is wrong with a site, and what to do: `manage.py doctor`.

Each check returns diagnoses. A check that fails itself is a diagnosis as well: the others go on.
"""

import fcntl
import json
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from sqlite3 import sqlite_version

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection

from measures.database import release, schema
from measures.database.backups import on_postgresql
from measures.database.schema import rights
from measures.models import AuditRecord
from measures.models.audit import verify_chain
from measures.operations.jobs import JOBS, last_run

LITTLE_SPACE, NO_SPACE = 0.15, 0.05  # shares of the disk
ENOUGH_SPACE = 20 << 30  # bytes: more than this is never little
CLOCK_DIFFERENCE = timedelta(seconds=5)


class Condition(StrEnum):
    """How a thing is: `WARNING` is also for what was not set up yet."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True)
class Diagnosis:
    """What was looked at, how it is, and what to do about it."""

    state: Condition
    about: str
    said: str
    advice: str = ""


type Check = Callable[[datetime], Iterator[Diagnosis]]


def examine(at: datetime) -> list[Diagnosis]:
    """Every diagnosis, in the order of CHECKS."""
    return [diagnosis for check in CHECKS for diagnosis in results_of(check, at)]


def results_of(check: Check, at: datetime) -> list[Diagnosis]:
    about = check.__name__.removeprefix("check_").replace("_", " ")
    try:
        return list(check(at))
    except (DatabaseError, OSError, on_postgresql.ToolError) as error:
        said = " ".join(str(error).split())
        return [Diagnosis(Condition.BROKEN, about, said, "Look at the log; the check could not be made.")]


def check_settings(at: datetime) -> Iterator[Diagnosis]:
    found = checks.run_checks(include_deployment_checks=settings.HTTPS)
    serious = [one for one in found if one.level >= checks.WARNING and not one.is_silenced()]
    for one in serious:
        state = Condition.BROKEN if one.level >= checks.ERROR else Condition.WARNING
        yield Diagnosis(state, "settings", f"{one.id}: {one.msg}", one.hint or "")
    if not serious:
        whom = "others" if settings.HTTPS else "this machine alone (HTTPS=0)"
        yield Diagnosis(Condition.OK, "settings", f"as a site for {whom} needs them")


def check_database(at: datetime) -> Iterator[Diagnosis]:
    connection.ensure_connection()
    version = sqlite_version if connection.vendor == "sqlite" else str(on_postgresql.server_version())
    found = release.match()
    if found.waiting:
        said = f"{len(found.waiting)} migrations are not applied"
        yield Diagnosis(Condition.BROKEN, "database", said, "Run taizhang migrate, and restart the site.")
    elif found.unknown:
        advice = "Install that release, or restore the backup from before it."
        yield Diagnosis(Condition.BROKEN, "database", "a newer release has migrated it", advice)
    elif why := release.unwritable():
        yield Diagnosis(
            Condition.BROKEN, "database", why, "Give the file and its folder to the service's user."
        )
    else:
        yield Diagnosis(Condition.OK, "database", f"{connection.vendor} {version}, of this release")


def check_tables_and_triggers(at: datetime) -> Iterator[Diagnosis]:
    about = "tables and triggers"
    if not schema.is_of_this_release("default"):
        return
    differing = schema.schema_differences("default")
    for one in differing:
        advice = "docs/operations.md, “What the database must look like”"
        yield Diagnosis(Condition.BROKEN if one.serious else Condition.WARNING, about, str(one), advice)
    if connection.vendor == "postgresql":
        for text in rights.faults("default"):
            yield Diagnosis(Condition.BROKEN, about, text)
        for text in rights.excesses("default"):
            yield Diagnosis(Condition.WARNING, about, text, "docs/security.md, “A role without rights”")
    if not differing:
        yield Diagnosis(Condition.OK, about, "as this release makes them")


def check_audit_trail(at: datetime) -> Iterator[Diagnosis]:
    verdict = verify_chain()
    if verdict.broken:
        advice = "Somebody changed the database. Keep it as it is, and compare it with the last good backup."
        yield Diagnosis(Condition.BROKEN, "audit trail", f"broken after {verdict.count} records", advice)
    else:
        yield Diagnosis(Condition.OK, "audit trail", f"{verdict.count} records, intact")


def check_clock(at: datetime) -> Iterator[Diagnosis]:
    newest = AuditRecord.objects.order_by("-pk").first()
    if newest and newest.at - at > CLOCK_DIFFERENCE:
        said = f"the newest record is of {newest.at:%Y-%m-%d %H:%M}, later than now"
        yield Diagnosis(
            Condition.BROKEN, "clock", said, "Set the clock of this machine: timedatectl set-ntp true"
        )
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            difference = abs(cursor.fetchone()[0] - at)
        if difference > CLOCK_DIFFERENCE:
            said = f"{difference.total_seconds():.0f} s apart from the database server's"
            yield Diagnosis(Condition.BROKEN, "clock", said, "Set both clocks: timedatectl set-ntp true")
            return
    yield Diagnosis(Condition.OK, "clock", "agrees with the database")


def check_disk(at: datetime) -> Iterator[Diagnosis]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    said = f"{usage.free / (1 << 30):.1f} GB free at {settings.DATA_DIR}"
    share = usage.free / usage.total
    if share >= LITTLE_SPACE or usage.free >= ENOUGH_SPACE:
        yield Diagnosis(Condition.OK, "disk", said)
    else:
        state = Condition.WARNING if share >= NO_SPACE else Condition.BROKEN
        yield Diagnosis(state, "disk", said, "Make room: move old backups elsewhere, or enlarge the disk.")


def check_programs(at: datetime) -> Iterator[Diagnosis]:
    if connection.vendor == "postgresql":
        on_postgresql.refuse_another_version()
        yield Diagnosis(Condition.OK, "programs", f"pg_dump is version {on_postgresql.client_version()}")


def check_jobs(at: datetime) -> Iterator[Diagnosis]:
    for job in JOBS:
        about, run = f"job {job.name}", last_run(job.name)
        if run is None:
            advice = "Set up the timer: docs/operations.md, “Every day”"
            yield Diagnosis(Condition.WARNING, about, "has never run on this machine", advice)
        elif run.error:
            yield Diagnosis(Condition.BROKEN, about, f"failed on {run.at:%Y-%m-%d %H:%M}: {run.error}")
        elif at - run.at > job.late_after:
            advice = "Look at the timer: systemctl list-timers taizhang-jobs.timer"
            yield Diagnosis(Condition.BROKEN, about, f"last ran on {run.at:%Y-%m-%d %H:%M}", advice)
        else:
            yield Diagnosis(Condition.OK, about, f"ran on {run.at:%Y-%m-%d %H:%M}")


def check_server(at: datetime) -> Iterator[Diagnosis]:
    with (Path(settings.DATA_DIR) / "serving.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            yield Diagnosis(Condition.WARNING, "server", "does not run", "Start it: systemctl start taizhang")
            return
    name = next((one for one in settings.ALLOWED_HOSTS if one != "*"), "localhost").lstrip(".")
    asked = urllib.request.Request(settings.HEALTH_ADDRESS, headers={"Host": name})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310 - the address is our own
        running = json.load(answer)["version"]
    if running != settings.VERSION:
        said = f"runs release {running}; {settings.VERSION} is installed"
        yield Diagnosis(Condition.BROKEN, "server", said, "Restart it: systemctl restart taizhang")
    else:
        yield Diagnosis(Condition.OK, "server", f"answers, release {running}")


CHECKS: tuple[Check, ...] = (
    check_settings,
    check_database,
    check_tables_and_triggers,
    check_audit_trail,
    check_clock,
    check_disk,
    check_programs,
    check_jobs,
    check_server,
)
