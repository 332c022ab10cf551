"""Builds and starts compose.yaml, uses the site, backs up, restores and upgrades it: `make compose-test`.

It needs a Docker daemon, ports 80 and 443, and the images that compose.yaml names. PYTHON_IMAGE,
POSTGRES_IMAGE and NGINX_IMAGE may name others. Without a daemon it says so and exits with 0;
tests/test_compose.py reads the file's rules anywhere.
"""

import http.client
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.checkout import copy_tracked_files
from tests.over_tls import FIRST_ITEM, NAME, Browser, make_certificate, save, sign_in

PROJECT = "taizhang-compose-test"
PASSWORD = f"Aa1!{secrets.token_urlsafe(12)}"
SERVERS = ("web1", "web2")


class Compose:
    """The services of compose.yaml, in a separate folder and project."""

    def __init__(self, folder: Path) -> None:
        self.command = ["docker", "compose", "--project-name", PROJECT, "--project-directory", str(folder)]

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run([*self.command, *arguments], check=False, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"docker compose {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout


def say(words: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stdout.flush()


def has_daemon() -> bool:
    """Whether Docker's client, its compose and a daemon are there."""
    if not shutil.which("docker"):
        return False
    asked = (["docker", "info"], ["docker", "compose", "version"])
    return all(subprocess.run(one, check=False, capture_output=True).returncode == 0 for one in asked)


def prepare(folder: Path) -> None:
    """The tracked files, a certificate and .env, as docs/operations.md asks for."""
    copy_tracked_files(folder)
    certificates = folder / "certificates"
    certificates.mkdir()
    make_certificate(certificates / "site.key", certificates / "site.pem")
    lines = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_PASSWORD": secrets.token_hex(32),
        "DATABASE_APP_PASSWORD": secrets.token_hex(32),
        "SITE_NAME": NAME,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        **{name: value for name, value in os.environ.items() if name.endswith("_IMAGE")},
    }
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
    (folder / ".env").chmod(0o600)


def wait_until_healthy(compose: Compose, *services: str) -> None:
    for _ in range(240):
        states = [compose("ps", "--all", "--format", "{{.Status}}", one) for one in services]
        if all("(healthy)" in state for state in states):
            return
        time.sleep(0.5)
    raise AssertionError(compose("ps", "--all") + compose("logs", "--tail", "40"))


@contextmanager
def readers(number: int) -> Iterator[Counter[str]]:
    """So many users who read and sign in without a pause; the count of each kind of answer."""
    answers: Counter[str] = Counter()
    stop = threading.Event()

    def read(browser: Browser) -> None:
        while not stop.is_set():
            for method, path in (("GET", "/checklists/henan/"), ("POST", "/theme/")):
                try:
                    sent = None
                    if method == "POST":
                        sent = {
                            "theme": "dark",
                            "csrfmiddlewaretoken": browser.cookies["__Host-csrftoken"],
                        }
                    answers[f"{method} {browser.ask(method, path, sent)[0]}"] += 1
                except (OSError, http.client.HTTPException) as error:
                    answers[f"{method} {error!r}"] += 1

    threads = [threading.Thread(target=read, args=(sign_in(PASSWORD),), daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=70)


def upgrade(compose: Compose) -> None:
    """As docs/operations.md says it: migrate, then one server after the other."""
    compose("build")
    compose("run", "--rm", "migrate")
    for server in SERVERS:
        compose("up", "--detach", "--no-deps", "--force-recreate", "--wait", server)
        wait_until_healthy(compose, server)


def run(compose: Compose) -> None:
    began = time.monotonic()
    compose("build")
    say("built")
    compose("up", "--detach")
    wait_until_healthy(compose, *SERVERS)
    say(f"all services are up {time.monotonic() - began:.0f} s after the start")

    browser = sign_in(PASSWORD)
    save(browser, "写在备份之前")
    say("signed in and saved over TLS")
    written = compose("run", "--rm", "manage", "backup")
    [backup] = re.findall(r"/data/backups/\S+\.zip", written)
    say(f"backed up: {backup}")
    save(browser, "写在备份之后")

    compose("stop", *SERVERS)
    said = compose("run", "--rm", "manage", "restore", backup)
    compose("start", *SERVERS)
    wait_until_healthy(compose, *SERVERS)
    say(f"restored: {said.strip().splitlines()[0]}")
    browser = sign_in(PASSWORD)
    page = browser.ask("GET", FIRST_ITEM)[1]
    assert "写在备份之前" in page
    assert "写在备份之后" not in page
    save(browser, "写在恢复之后")
    assert "intact" in compose("run", "--rm", "manage", "verify_audit")
    say("the restored site has what was saved before the backup, and saves on")

    with readers(4) as answers:
        time.sleep(2)
        upgrade(compose)
        time.sleep(2)
    say(f"upgraded one server after the other: {dict(answers)}")
    assert set(answers) == {"GET 200", "POST 302"}, answers
    assert "写在恢复之后" in browser.ask("GET", FIRST_ITEM)[1]


def main() -> int:
    if not has_daemon():
        say("NOT TESTED: no Docker daemon, or no `docker compose`. tests/test_compose.py reads the rules.")
        return 0
    with tempfile.TemporaryDirectory(prefix="compose-") as name:
        folder = Path(name)
        prepare(folder)
        compose = Compose(folder)
        try:
            run(compose)
        finally:
            subprocess.run([*compose.command, "down", "--volumes", "--timeout", "40"], check=False)
    say("stopped: compose.yaml holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
