"""Run a command of manage.py as the service does. deploy/taizhang starts it: `taizhang backup /mnt/backups`.

It reads /etc/taizhang.env (TAIZHANG_ENV: another file) as systemd does, so that a value may contain any
character and no shell reads it. Root becomes the user that owns the data folder, so that no file there ever
belongs to root.
"""

import os
import pwd
import re
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT_FILE = "/etc/taizhang.env"
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)")
KEPT = ("COLUMNS", "HOME", "LANG", "LC_ALL", "LINES", "PATH", "TERM")


def read_environment(text: str) -> dict[str, str]:
    """The variables of a file, as systemd's EnvironmentFile= reads it. ValueError for a bad line."""
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        assigned = ASSIGNMENT.fullmatch(stripped)
        if not assigned:
            raise ValueError(f"line {number}: write NAME=value")
        found[assigned[1]] = unquoted(assigned[2], number)
    return found


def unquoted(value: str, number: int) -> str:
    """The value without the quotes around it. ValueError where systemd would read another value."""
    quote = value[:1]
    if quote not in ("'", '"'):
        if "\\" in value:
            raise ValueError(f"line {number}: put a value with a backslash between single quotes")
        return value
    if len(value) < 2 or value[-1] != quote:
        raise ValueError(f"line {number}: the closing quote is missing")
    inner = value[1:-1]
    return inner if quote == "'" else re.sub(r"\\(.)", r"\1", inner)


def become_owner(folder: Path) -> None:
    """As root, become the user that owns the folder. Otherwise change nothing."""
    if os.getuid() != 0:
        return
    owner = pwd.getpwuid(folder.stat().st_uid)
    if owner.pw_uid == 0:
        raise PermissionError(f"{folder} belongs to root: give it to the user of the service first")
    os.initgroups(owner.pw_name, owner.pw_gid)
    os.setgid(owner.pw_gid)
    os.setuid(owner.pw_uid)
    os.environ["HOME"] = owner.pw_dir


def main(arguments: list[str], project: Path = PROJECT) -> None:
    """Replace this process by manage.py. Exit with one line that says what to do if that is not possible."""
    file = Path(os.environ.get("TAIZHANG_ENV") or ENVIRONMENT_FILE)
    try:
        given = read_environment(file.read_text(encoding="utf-8"))
    except PermissionError:
        sys.exit(f"{file} is not for you to read. Run this as root, or as the user of the service.")
    except (OSError, ValueError) as error:
        sys.exit(f"{file}: {error}")
    folder = Path(given.get("DATA_DIR") or project / "var")
    try:
        become_owner(folder)
    except OSError as error:
        sys.exit(f"DATA_DIR: {error}")
    os.umask(0o077)
    os.chdir(project)
    python = str(project / ".venv" / "bin" / "python")
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.execve(python, [python, "manage.py", *arguments], {**kept, **given})  # noqa: S606 - our own manage.py


if __name__ == "__main__":
    main(sys.argv[1:])
