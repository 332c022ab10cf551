"""The jobs that a site needs every day, and when each last ran.

Each job is a command of manage.py that may run twice without harm. Its last run is a small file in the data
folder: it can be written while the database is away, and belongs to this machine, as the timer does.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command


@dataclass(frozen=True)
class Job:
    """A command with its arguments, and how long after its last run it is late."""

    name: str
    arguments: tuple[str, ...] = ()
    late_after: timedelta = timedelta(hours=36)


@dataclass(frozen=True)
class LastRun:
    """When a job last ended, and why it failed; `error` is empty if it did not."""

    at: datetime
    error: str = ""


BACKUP = "backup"
JOBS = (
    Job(BACKUP),
    Job("verify_audit"),
    Job("purge_audit"),
    Job("clearsessions"),
    Job("make_periods", ("--due",)),
    Job("clean_evidence"),
    Job("verify_evidence"),
    Job("load_holidays"),
    Job("axes_reset_failure_logs", ("--age", "1")),
)
# By a separate timer, in the morning, where reminders are sent.
REMIND = Job("remind")
LONGEST_ERROR = 500  # characters


def jobs_of_this_site() -> tuple[Job, ...]:
    """Every job that should run here each day."""
    return (*JOBS, REMIND) if settings.SENDS_MAIL or settings.WEBHOOK_URL else JOBS


def file_of(name: str) -> Path:
    return Path(settings.DATA_DIR) / "jobs" / f"{name}.json"


def last_run(name: str) -> LastRun | None:
    """The last run of a job on this machine; None if it never ran, or its record cannot be read."""
    try:
        said = json.loads(file_of(name).read_text(encoding="utf-8"))
        return LastRun(datetime.fromisoformat(said["at"]), str(said["error"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record_run(name: str, *, at: datetime, error: str = "") -> None:
    """Write down that a job has ended."""
    file = file_of(name)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = asdict(LastRun(at, error[:LONGEST_ERROR])) | {"at": at.isoformat()}
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps(said), encoding="utf-8")
    unfinished.replace(file)


def run_job(job: Job, *arguments: str, at: datetime) -> str:
    """Run a job and record it; return why it failed, or nothing."""
    error = ""
    try:
        call_command(job.name, *job.arguments, *arguments)
    except (Exception, SystemExit) as failure:  # one that fails must not keep the others from running
        error = str(failure).strip() or repr(failure)
    record_run(job.name, at=at, error=error)
    return error


def old_backups(folder: Path, keep: int) -> Iterator[Path]:
    """The backups in this folder but the newest `keep`, by the time in their names."""
    yield from sorted(folder.glob("taizhang-????????-??????.zip"), reverse=True)[keep:]
