"""What `manage.py doctor` finds on a site in order and on a broken one, and the jobs of every day."""

import html
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from measures.database.backups.on_postgresql import ToolError
from measures.database.release import Match
from measures.models.audit import Verdict
from measures.operations import doctor, jobs
from measures.operations.doctor import Condition, examine
from tests.make import make_checklist

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = tmp_path
    # Other tests need it, and a site must not have it.
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    return tmp_path


def said() -> str:
    """What the command prints, ending with its exit status."""
    output = io.StringIO()
    try:
        call_command("doctor", stdout=output)
    except SystemExit as ended:
        return f"{output.getvalue()}exit {ended.code}"
    return f"{output.getvalue()}exit 0"


def diagnoses(about: str) -> list[doctor.Diagnosis]:
    with override("en"):
        return [one for one in examine(timezone.localtime()) if one.about == about]


def states(about: str) -> set[Condition]:
    return {one.state for one in diagnoses(about)}


def test_a_new_site_has_warnings_for_what_is_not_set_up_and_nothing_broken() -> None:
    make_checklist()

    printed = said()

    assert "\nbroken" not in f"\n{printed}", printed
    assert printed.endswith("exit 0")
    assert "warning  job backup: has never run on this machine. Set up the timer" in printed
    assert "warning  server: does not run. Start it" in printed
    assert f"ok       database: {connection.vendor} " in printed
    assert "ok       audit trail: intact; records: 1" in printed


def break_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("measures.database.release.match", lambda: Match(["measures.0999_later"], []))


def break_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("measures.database.release.match", lambda: Match([], ["measures.0999_later"]))


def break_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("measures.database.release.unwritable", lambda: "cannot be written: it is read-only")


def break_trail(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = Verdict(7, "", broken="something")  # type: ignore[arg-type]
    monkeypatch.setattr(doctor, "verify_chain", lambda: verdict)


def break_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    usage = shutil._ntuple_diskusage(100 << 30, 98 << 30, 2 << 30)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)


def break_job(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.record_run("backup", at=timezone.localtime(), error="the disk is full")


def delay_job(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.record_run("backup", at=timezone.localtime() - timedelta(hours=40))


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (break_migrations, "broken   database: migrations that are not applied: 1. Run taizhang migrate"),
        (break_release, "broken   database: a newer release has migrated it. Install that release"),
        (break_writing, "broken   database: cannot be written: it is read-only"),
        (break_trail, "broken   audit trail: records before the break: 7. Somebody changed the database"),
        (break_disk, "broken   disk: 2.0 GB free at "),
        (break_job, "broken   job backup: failed at "),
        (delay_job, "broken   job backup: is late; last ran at "),
    ],
)
def test_what_is_broken_has_its_line_and_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, spoil: Callable[[pytest.MonkeyPatch], None], line: str
) -> None:
    spoil(monkeypatch)

    printed = said()

    assert line in printed
    assert printed.endswith("exit 1")


def test_a_trigger_that_was_dropped_is_found() -> None:
    on = " ON measures_update" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER measures_update_no_change{on}")
    try:
        assert Condition.BROKEN in states("tables and triggers")
    finally:
        from measures.database.schema import guards

        guards.reinstall()
    assert states("tables and triggers") == {Condition.OK}


def test_a_server_of_an_older_release_is_to_be_restarted(
    monkeypatch: pytest.MonkeyPatch, data_folder: Path
) -> None:
    import fcntl

    monkeypatch.setattr("urllib.request.urlopen", lambda *_a, **_k: io.BytesIO(b'{"version": "0.0.1"}'))
    with (data_folder / "serving.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        found = diagnoses("server")

    assert [one.state for one in found] == [Condition.BROKEN]
    assert found[0].said.startswith("runs release 0.0.1; ")
    assert found[0].advice == "Restart it: systemctl restart taizhang"


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Any:
        raise ToolError("pg_dump is not installed")

    monkeypatch.setattr(doctor, "verify_chain", fail)
    printed = said()

    assert "broken   audit trail: pg_dump is not installed" in printed
    assert "job backup" in printed


def test_the_jobs_of_every_day_back_up_and_are_recorded(data_folder: Path) -> None:
    make_checklist()

    call_command("run_jobs")

    assert {path.stem for path in (data_folder / "jobs").iterdir()} == {job.name for job in jobs.JOBS}
    assert all(json.loads(path.read_text())["error"] == "" for path in (data_folder / "jobs").iterdir())
    assert list((data_folder / "backups").glob("taizhang-*.zip"))
    assert states("job backup") == {Condition.OK}


def test_a_job_that_fails_is_recorded_and_keeps_no_other_from_running(
    data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match=r"Failed: backup\."):
        call_command("run_jobs", backup_to=tmp_path / "file")

    assert states("job backup") == {Condition.BROKEN}
    assert states("job clearsessions") == {Condition.OK}
    assert "backup: " in capsys.readouterr().err


def test_old_backups_go_only_after_a_new_one_was_made(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    old = [folder / f"taizhang-2026112{day}-021500.zip" for day in range(5)]
    for path in [*old, folder / "before-restore-20200101-000000.zip", folder / "of-somebody.zip"]:
        path.touch()

    call_command("run_jobs", backup_to=folder, keep=3)

    left = {path.name for path in folder.iterdir()}
    assert {path.name for path in old} & left == {path.name for path in old[-2:]}
    assert len(left) == 5
    assert {"before-restore-20200101-000000.zip", "of-somebody.zip"} <= left


def test_superusers_see_the_same_lines_on_a_page_in_their_language(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    delay_job(monkeypatch)
    client.force_login(User.objects.create_superuser("operator"))

    page = client.get("/doctor/")
    with override("zh-hans"):
        found = examine(timezone.localtime())

    assert "taizhang-jobs.timer" in page.text
    assert "已逾期" in page.text
    for one in found:
        if "GB" not in one.said:
            assert html.escape(one.said) in page.text
        assert html.escape(one.advice) in page.text
    assert "/doctor/" in client.get("/checklists/").text
