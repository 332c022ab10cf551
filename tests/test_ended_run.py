"""A test run that is ended stops the servers that its tests started, wherever those have hidden."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.serving import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.no_database]

# A server in a session of its own, as gunicorn and PostgreSQL are started, and a test that never ends.
TEST_THAT_HANGS = """
import pathlib, subprocess, sys, time

def test_that_hangs():
    server = [sys.executable, "-m", "http.server", "0", "--bind", "127.0.0.1"]
    started = subprocess.Popen(server, start_new_session=True)
    pathlib.Path(__file__).with_name("pid").write_text(str(started.pid))
    time.sleep(600)
"""


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands over orphans")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_an_ended_run_leaves_no_server_behind(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "test_that_hangs.py").write_text(TEST_THAT_HANGS)
    written = tmp_path / "pid"
    command = [sys.executable, "-m", "tests.run", str(tmp_path), "--dist", "no", "-n", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as run:
        try:
            until = time.monotonic() + 120
            while not (written.exists() and written.read_text()) and time.monotonic() < until:
                assert run.poll() is None
                time.sleep(0.05)
            server = int(written.read_text())
            assert is_running(server)

            run.send_signal(how)

            assert run.wait(timeout=90) == 128 + how
        finally:
            run.kill()
    assert not is_running(server)
