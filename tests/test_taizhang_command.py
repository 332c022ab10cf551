"""The command `taizhang`: manage.py with the environment of the service, as its user."""

import json
import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config.command import read_environment

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).parent.parent
# Any Python that another user may run.
PYTHON = "/usr/bin/python3"
SAY = """import os, sys, json
print(json.dumps([sys.argv[1:], os.getuid(), os.umask(0), dict(os.environ), os.getcwd()]))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose manage.py says how it was called."""
    if not Path(PYTHON).exists():
        pytest.skip("no Python of the system")
    folder = tmp_path / "project"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to(PYTHON)
    (folder / "manage.py").write_text(SAY)
    for parent in (folder, *folder.parents):
        if Path(tempfile.gettempdir()) in parent.parents:
            parent.chmod(0o755)
    return folder


def run(project: Path, environment: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with this environment file."""
    file = project / "taizhang.env"
    file.write_text(environment)
    code = "import sys, pathlib; from config.command import main; "
    code += f"main(sys.argv[1:], pathlib.Path({str(project)!r}))"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TAIZHANG_ENV": str(file), "SECRET_KEY": "the caller's"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=postgres://u:a&b$c#d@h/n", "postgres://u:a&b$c#d@h/n"),
        ("A='a & \"b\" $c'", 'a & "b" $c'),
        (r'A="a \"b\" \\"', r'a "b" ' + "\\"),
        ("  A=b  ", "b"),
        ("# comment\n\n; another\nA=b", "b"),
        ("A=", ""),
    ],
)
def test_a_value_is_read_as_systemd_reads_it(line: str, value: str) -> None:
    assert read_environment(line) == {"A": value}


@pytest.mark.parametrize("line", ["export A=b", "A", "A='b", 'A="', r"A=a\b"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2: "):
        read_environment(f"X=1\n{line}")


def test_a_command_runs_with_the_environment_of_the_service_alone(project: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    nobody = pwd.getpwnam("nobody")
    if os.getuid() == 0:
        os.chown(data, nobody.pw_uid, nobody.pw_gid)

    done = run(project, f"DATA_DIR={data}\nDATABASE_URL=postgres://u:a&b$c@h/n\n", "backup", "--to", "a b")

    assert done.returncode == 0, done.stderr
    arguments, user, umask, environment, folder = json.loads(done.stdout)
    assert arguments == ["backup", "--to", "a b"]
    assert user == (nobody.pw_uid if os.getuid() == 0 else os.getuid())
    assert umask == 0o077
    assert environment["DATABASE_URL"] == "postgres://u:a&b$c@h/n"
    assert "SECRET_KEY" not in environment
    assert folder == str(project)


@pytest.mark.skipif(os.getuid() != 0, reason="only root becomes another user")
def test_root_never_writes_into_a_data_folder_as_root(project: Path, tmp_path: Path) -> None:
    done = run(project, f"DATA_DIR={tmp_path}\n", "migrate")

    assert done.returncode == 1
    assert "belongs to root" in done.stderr


def test_a_missing_file_or_folder_is_named(project: Path, tmp_path: Path) -> None:
    done = run(project, f"DATA_DIR={tmp_path}/nowhere\n", "migrate")

    if os.getuid() == 0:
        assert done.returncode == 1
        assert "nowhere" in done.stderr


def test_the_script_finds_the_project_that_it_belongs_to() -> None:
    done = subprocess.run(
        [ROOT / "deploy" / "taizhang", "check"],
        env={"PATH": os.environ["PATH"], "TAIZHANG_ENV": "/nowhere/taizhang.env"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "/nowhere/taizhang.env" in done.stderr
    assert "Traceback" not in done.stderr
