"""Builds the image and runs its command as compose.yaml does: read-only, with its tmpfs. `make image-test`.

It needs a Docker daemon and the image that PYTHON_IMAGE or the Dockerfile names. Without a daemon it says so
and exits with 0; tests/test_compose.py reads the same rules anywhere.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from tests.checkout import ROOT, copy_tracked_files
from tests.compose.__main__ import has_daemon, say

NAME = "taizhang-image-test"
HOST = "ledger.example.org"
ASK = f"""
import urllib.error, urllib.request as ask
try:
    asked = ask.Request("http://127.0.0.1:8000/healthz", headers={{"Host": "{HOST}"}})
    print(ask.urlopen(asked).read().decode())
except urllib.error.HTTPError as error:  # its database has no tables
    print(error.read().decode())
"""


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], check=False, capture_output=True, text=True)


def options(service: dict[str, Any]) -> list[str]:
    """What `docker run` needs for what compose.yaml says about a service's files and rights."""
    said = ["--read-only"] if service.get("read_only") else []
    for name, key in (("--tmpfs", "tmpfs"), ("--security-opt", "security_opt"), ("--cap-drop", "cap_drop")):
        said += [word for value in service.get(key, []) for word in (name, value)]
    return said


def build() -> None:
    with tempfile.TemporaryDirectory(prefix="image-") as name:
        copy_tracked_files(Path(name))
        base = os.environ.get("PYTHON_IMAGE")
        given = ["--build-arg", f"PYTHON_IMAGE={base}"] if base else []
        built = docker("build", "--quiet", *given, "--tag", NAME, name)
    assert built.returncode == 0, built.stdout + built.stderr


def answer() -> str:
    """What /healthz of the running container says, once it says anything."""
    for _ in range(120):
        asked = docker("exec", NAME, "python", "-c", ASK)
        if asked.returncode == 0:
            return asked.stdout
        time.sleep(0.5)
    raise AssertionError(docker("logs", NAME).stdout + docker("logs", NAME).stderr)


def main() -> int:
    if not has_daemon():
        say("NOT TESTED: no Docker daemon. tests/test_compose.py reads the rules.")
        return 0
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["web1"]
    setting = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "sqlite:////data/db.sqlite3",
        "ALLOWED_HOSTS": HOST,
        "DATA_DIR": service["environment"]["DATA_DIR"],
    }
    given = [word for name, value in setting.items() for word in ("--env", f"{name}={value}")]
    build()
    try:
        started = docker("run", "--detach", "--name", NAME, *options(service), *given, NAME)
        assert started.returncode == 0, started.stderr
        said = answer()
        assert '"version"' in said, said
        say(f"the image serves, read-only: {said.strip()}")
    finally:
        docker("rm", "--force", "--volumes", NAME)
    return 0


if __name__ == "__main__":
    sys.exit(main())
