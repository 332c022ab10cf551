"""What is wrong with a site, and what to do: `manage.py doctor`, and a page for superusers.

Each check returns diagnoses. A check that fails itself is a diagnosis as well: the others go on.
"""

import fcntl
import json
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import sqlite_version

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection, models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from measures.database import release, schema
from measures.database.backups import on_postgresql
from measures.database.schema import rights
from measures.models import AuditRecord
from measures.models.audit import verify_chain
from measures.operations.jobs import jobs_of_this_site, last_run

LITTLE_SPACE, NO_SPACE = 0.15, 0.05  # shares of the disk
ENOUGH_SPACE = 20 << 30  # bytes: more than this is never little
CLOCK_DIFFERENCE = timedelta(seconds=5)


class Condition(models.TextChoices):
    """How a thing is: `WARNING` is also for what was not set up yet."""

    OK = "ok", pgettext_lazy("condition", "ok")
    WARNING = "warning", pgettext_lazy("condition", "warning")
    BROKEN = "broken", pgettext_lazy("condition", "broken")


@dataclass(frozen=True)
class Diagnosis:
    """How a thing is, and what to do about it. An empty `about` becomes the name of the check."""

    state: Condition
    said: str
    advice: str = ""
    about: str = ""


type Check = Callable[[datetime], Iterator[Diagnosis]]


def examine(at: datetime) -> list[Diagnosis]:
    """Every diagnosis, in the order of CHECKS, in the current language."""
    return [diagnosis for about, check in CHECKS for diagnosis in results_of(str(about), check, at)]


def results_of(about: str, check: Check, at: datetime) -> list[Diagnosis]:
    try:
        return [replace(one, about=one.about or about) for one in check(at)]
    except (DatabaseError, OSError, on_postgresql.ToolError) as error:
        said = " ".join(str(error).split())
        return [Diagnosis(Condition.BROKEN, said, _("Look at the log; the check could not be made."), about)]


def check_settings(at: datetime) -> Iterator[Diagnosis]:
    found = checks.run_checks(include_deployment_checks=settings.HTTPS)
    serious = [one for one in found if one.level >= checks.WARNING and not one.is_silenced()]
    for one in serious:
        state = Condition.BROKEN if one.level >= checks.ERROR else Condition.WARNING
        yield Diagnosis(state, f"{one.id}: {one.msg}", one.hint or "")
    if not serious and settings.HTTPS:
        yield Diagnosis(Condition.OK, _("as a site for others needs them"))
    elif not serious:
        yield Diagnosis(Condition.OK, _("as a site for this machine alone needs them (HTTPS=0)"))


def check_database(at: datetime) -> Iterator[Diagnosis]:
    connection.ensure_connection()
    version = sqlite_version if connection.vendor == "sqlite" else str(on_postgresql.server_version())
    found = release.match()
    if found.waiting:
        said = _("migrations that are not applied: %(count)s") % {"count": len(found.waiting)}
        yield Diagnosis(Condition.BROKEN, said, _("Run taizhang migrate, and restart the site."))
    elif found.unknown:
        advice = _("Install that release, or restore the backup from before it.")
        yield Diagnosis(Condition.BROKEN, _("a newer release has migrated it"), advice)
    elif why := release.unwritable():
        yield Diagnosis(Condition.BROKEN, why, _("Give the file and its folder to the service’s user."))
    else:
        said = _("%(name)s, of this release") % {"name": f"{connection.vendor} {version}"}
        yield Diagnosis(Condition.OK, said)


def check_tables_and_triggers(at: datetime) -> Iterator[Diagnosis]:
    if not schema.is_of_this_release("default"):
        return
    differing = schema.schema_differences("default")
    for one in differing:
        advice = "docs/operations.md, “What the database must look like”"
        yield Diagnosis(Condition.BROKEN if one.serious else Condition.WARNING, str(one), advice)
    if connection.vendor == "postgresql":
        for text in rights.faults("default"):
            yield Diagnosis(Condition.BROKEN, text)
        for text in rights.excesses("default"):
            yield Diagnosis(Condition.WARNING, text, "docs/security.md, “A role without rights”")
    if not differing:
        yield Diagnosis(Condition.OK, _("as this release makes them"))


def check_audit_trail(at: datetime) -> Iterator[Diagnosis]:
    verdict = verify_chain()
    count = {"count": verdict.count}
    if verdict.broken:
        advice = _(
            "Somebody changed the database. Keep it as it is, and compare it with the last good backup."
        )
        yield Diagnosis(Condition.BROKEN, _("records before the break: %(count)s") % count, advice)
    else:
        yield Diagnosis(Condition.OK, _("intact; records: %(count)s") % count)


def check_clock(at: datetime) -> Iterator[Diagnosis]:
    newest = AuditRecord.objects.order_by("-pk").first()
    if newest and newest.at - at > CLOCK_DIFFERENCE:
        said = _("the newest audit record is later than now: %(when)s") % {"when": minute(newest.at)}
        yield Diagnosis(Condition.BROKEN, said, _("Set the clock of this machine: timedatectl set-ntp true"))
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            difference = abs(cursor.fetchone()[0] - timezone.now())
        if difference > CLOCK_DIFFERENCE:
            seconds = {"seconds": round(difference.total_seconds())}
            said = _("%(seconds)s s apart from the clock of the database server") % seconds
            yield Diagnosis(Condition.BROKEN, said, _("Set both clocks: timedatectl set-ntp true"))
            return
    yield Diagnosis(Condition.OK, _("agrees with the database"))


def check_disk(at: datetime) -> Iterator[Diagnosis]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    free = {"size": f"{usage.free / (1 << 30):.1f}", "folder": settings.DATA_DIR}
    said = _("%(size)s GB free at %(folder)s") % free
    share = usage.free / usage.total
    if share >= LITTLE_SPACE or usage.free >= ENOUGH_SPACE:
        yield Diagnosis(Condition.OK, said)
    else:
        state = Condition.WARNING if share >= NO_SPACE else Condition.BROKEN
        yield Diagnosis(state, said, _("Move old backups elsewhere, or enlarge the disk."))


def check_programs(at: datetime) -> Iterator[Diagnosis]:
    if connection.vendor == "postgresql":
        on_postgresql.refuse_another_version()
        yield Diagnosis(Condition.OK, f"pg_dump {on_postgresql.client_version()}")


def check_jobs(at: datetime) -> Iterator[Diagnosis]:
    for job in jobs_of_this_site():
        about, run = _("job %(name)s") % {"name": job.name}, last_run(job.name)
        when = {"when": minute(run.at) if run else ""}
        if run is None:
            advice = _("Set up the timer: docs/operations.md, “Every day”")
            yield Diagnosis(Condition.WARNING, _("has never run on this machine"), advice, about)
        elif run.error:
            said = _("failed at %(when)s: %(error)s") % {**when, "error": run.error}
            yield Diagnosis(Condition.BROKEN, said, about=about)
        elif at - run.at > job.late_after:
            advice = _("Look at the timer: systemctl list-timers taizhang-jobs.timer")
            yield Diagnosis(Condition.BROKEN, _("is late; last ran at %(when)s") % when, advice, about)
        else:
            yield Diagnosis(Condition.OK, _("ran at %(when)s") % when, about=about)


def minute(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def check_server(at: datetime) -> Iterator[Diagnosis]:
    with (Path(settings.DATA_DIR) / "serving.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            advice = _("Start it: systemctl start taizhang")
            yield Diagnosis(Condition.WARNING, _("does not run"), advice)
            return
    name = next((one for one in settings.ALLOWED_HOSTS if one != "*"), "localhost").lstrip(".")
    asked = urllib.request.Request(settings.HEALTH_ADDRESS, headers={"Host": name})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310 - the address is our own
        running = {"running": json.load(answer)["version"], "installed": settings.VERSION}
    if running["running"] != settings.VERSION:
        said = _("runs release %(running)s; release %(installed)s is installed") % running
        yield Diagnosis(Condition.BROKEN, said, _("Restart it: systemctl restart taizhang"))
    else:
        yield Diagnosis(Condition.OK, _("answers, release %(running)s") % running)


CHECKS: tuple[tuple[str | Promise, Check], ...] = (
    (gettext_lazy("settings"), check_settings),
    (gettext_lazy("database"), check_database),
    (gettext_lazy("tables and triggers"), check_tables_and_triggers),
    (gettext_lazy("audit trail"), check_audit_trail),
    (gettext_lazy("clock"), check_clock),
    (gettext_lazy("disk"), check_disk),
    (gettext_lazy("programs"), check_programs),
    (gettext_lazy("jobs"), check_jobs),
    (gettext_lazy("server"), check_server),
)
