"""A server as `make run` starts it, in a separate folder: start it, send requests, kill it, restart it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECRET_KEY = "of a test, and longer than fifty characters, as the checks ask"


@dataclass
class Site:
    """A server of ours and the environment in which its commands run."""

    port: int
    folder: Path
    environment: dict[str, str]
    server: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def manage(self, *command: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT,
            env=self.environment,
            check=True,
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
        with (self.folder / "log").open("a") as output:
            self.server = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        for _ in range(600):
            try:
                self.get("/healthz")
                return
            except (OSError, http.client.HTTPException):
                assert self.server.poll() is None, self.log()
                time.sleep(0.1)
        raise AssertionError(f"The server did not answer within a minute.\n{self.log()}")

    @property
    def is_running(self) -> bool:
        return self.server is not None and self.server.poll() is None

    def stop(self) -> None:
        """As an operator does: what it is doing is finished first."""
        if self.server and self.is_running:
            self.server.terminate()
            self.server.wait(timeout=40)

    def kill(self) -> None:
        """kill -9, of the master and its workers at once."""
        assert self.server
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(timeout=10)

    def log(self) -> str:
        written = self.folder / "log"
        return written.read_text(errors="replace") if written.exists() else ""

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, str]:
        """The answer, and its text where it isn't compressed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                "GET", path, headers={name.replace("_", "-"): v for name, v in headers.items()}
            )
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        return response, "" if response.getheader("Content-Encoding") else body.decode()


def make_site(folder: Path, database: str, **environment: str) -> Site:
    """A site on a free port, not started; settings of production, as behind a proxy."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "SECRET_KEY": SECRET_KEY,
        "BEHIND_PROXY": "1",
    }
    return Site(port, folder, given | environment)


@contextmanager
def served(folder: Path, database: str, *, ready: bool) -> Iterator[Site]:
    """A running site; `ready` with its tables and its static files, else with neither."""
    site = make_site(folder, database)
    if ready:
        site.manage("migrate")
        site.manage("collectstatic", "--no-input")
    try:
        site.start()
        yield site
    finally:
        site.stop()
