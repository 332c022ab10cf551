"""What `make run` says and does before there is anything to run, with a made-up Python."""

import os
import runpy
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

import pytest

import manage
from config.free_port import problem

pytestmark = [
    pytest.mark.no_database,
    pytest.mark.skipif(not shutil.which("make"), reason="no make"),
]
ROOT = Path(__file__).parent.parent
NEEDED = ["Makefile", "requirements.lock", "config/alone.py", "config/free_port.py"]
# Answers what the Makefile asks of a Python, and makes .venv by linking itself there.
PYTHON = """#!/bin/sh
case "$*" in
  config/alone.py*) shift 2; exec "$@" ;;
  "-m venv"*) mkdir -p .venv/bin; ln -sf "$0" .venv/bin/python ;;
  "-m pip"*) {pip} ;;
  *sys.executable*) echo "{name} is Python {version}" >&2; exit 1 ;;
  *) {fits} ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout of what `make` reads, and nothing else."""
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def write_python(folder: Path, *, version: str = "3.13", fits: bool = True, pip: str = "exit 0") -> Path:
    python = folder / "bin" / "python3"
    python.parent.mkdir(exist_ok=True)
    python.write_text(
        PYTHON.format(name=python, version=version, pip=pip, fits="exit 0" if fits else "exit 1")
    )
    python.chmod(0o755)
    return python


def run_make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `make` where the only Python is the one that write_python wrote."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("sh", "make", "rm", "mkdir", "ln", "ls", "sort", "touch", "awk"):
        found = shutil.which(name)
        assert found
        if not (tools / name).exists():
            (tools / name).symlink_to(found)
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={"PATH": f"{folder / 'bin'}:{tools}", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("written", ["abc", "0", "65536", "-1", "80.5", "８０００"])
def test_a_port_that_is_none_is_refused_with_what_to_write(written: str) -> None:
    assert (
        problem(written) == f"PORT={written}: write a number from 1024 to 65535, such as make run PORT=8001"
    )


def test_a_busy_port_and_a_reserved_one_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        assert "is already in use" in problem(str(busy.getsockname()[1]))

    def refuse(*_arguments: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)
    assert problem("80").startswith("Port 80 is only for root")


def test_an_empty_port_is_the_usual_one(folder: Path) -> None:
    done = run_make(folder, "--print-data-base", "--dry-run", "help", "PORT=")

    assert "PORT := 8000" in done.stdout


def test_a_python_that_is_too_old_is_named_with_where_a_newer_one_comes_from(folder: Path) -> None:
    python = write_python(folder, version="3.11", fits=False)

    done = run_make(folder, ".venv/installed")

    assert done.returncode != 0
    assert f"needs Python 3.12 or newer, with venv; found: {python} is Python 3.11." in done.stderr
    assert "uv python install" in done.stderr


def test_without_any_python_it_says_so(folder: Path) -> None:
    done = run_make(folder, ".venv/installed")

    assert done.returncode != 0
    assert "needs Python 3.12 or newer" in done.stderr


def test_a_venv_whose_python_is_gone_is_made_again(folder: Path) -> None:
    write_python(folder)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to("/usr/bin/python-that-was-upgraded-away")
    (folder / ".venv" / "installed").touch()

    done = run_make(folder, ".venv/installed")

    assert done.returncode == 0, done.stderr
    assert "Making .venv with" in done.stdout
    assert (folder / ".venv" / "installed").exists()
    assert run_make(folder, ".venv/installed").stdout == "make: '.venv/installed' is up to date.\n"


def test_an_installation_without_a_network_names_the_page_to_read(folder: Path) -> None:
    write_python(folder, pip="echo 'ERROR: No matching distribution found' >&2; exit 1")

    done = run_make(folder, ".venv/installed")

    assert done.returncode != 0
    assert "If this machine reaches no package index: docs/operations.md, “Without a network”" in done.stderr
    assert not (folder / ".venv" / "installed").exists()
    assert "## Without a network" in (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_two_at_once_take_turns(tmp_path: Path) -> None:
    log = tmp_path / "log"
    steps = f"open({str(log)!r}, 'a').write('in '); time.sleep(0.3); open({str(log)!r}, 'a').write('out ')"
    command = [sys.executable, "config/alone.py", str(tmp_path / "lock")]
    command += [sys.executable, "-c", f"import time; {steps}"]

    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [one.communicate(timeout=30)[0] for one in running]

    assert log.read_text() == "in out in out in out "
    assert sum("Waiting for another make" in one for one in said) == 2


def test_a_turn_ends_when_its_process_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "config/alone.py", str(tmp_path / "lock"), "sleep", "60"]
    first = subprocess.Popen(command, cwd=ROOT)
    while not (tmp_path / "lock").exists():
        time.sleep(0.02)
    first.kill()
    first.wait()

    done = subprocess.run([*command[:3], "true"], cwd=ROOT, timeout=20, check=False, capture_output=True)

    assert (done.returncode, done.stdout) == (0, b"")


def test_an_interrupted_command_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_arguments: list[str]) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("django.core.management.execute_from_command_line", interrupt)
    monkeypatch.setattr(os, "environ", dict(os.environ))

    with pytest.raises(SystemExit) as ended:
        manage.main()

    assert ended.value.code == 130
    assert capsys.readouterr().err.strip().splitlines() == [
        "Interrupted. Run the same command again: it continues from where it stopped."
    ]


def test_the_address_is_printed_once_the_server_listens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("PRINT_ADDRESS", "1")

    runpy.run_path(str(ROOT / "config" / "gunicorn.py"))["when_ready"](None)

    assert capsys.readouterr().out == "Taizhang is at http://127.0.0.1:8123/. Ctrl-C stops it.\n"
    assert "is at http" not in (ROOT / "Makefile").read_text("utf-8")
