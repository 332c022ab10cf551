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
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent.parent
NAME = "ledger.example.org"
PROJECT = "taizhang-compose-test"
PASSWORD = f"Aa1!{secrets.token_urlsafe(12)}"
TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
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


class Browser:
    """One user's cookies, and TLS to the proxy."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, str, dict[str, str]]:
        """The status, the page and the headers."""
        connection = http.client.HTTPSConnection("127.0.0.1", 443, timeout=60, context=TRUSTING)
        raw = connection._create_connection(("127.0.0.1", 443), 60)  # type: ignore[attr-defined]
        connection.sock = TRUSTING.wrap_socket(raw, server_hostname=NAME)
        headers = {"Host": NAME, "Referer": f"https://{NAME}/"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, page, dict(answer.headers)

    def send(self, path: str, form: dict[str, str], at: str = "") -> int:
        """The status after sending the form on a page, with its token."""
        _, page, _ = self.ask("GET", at or path)
        [token, *_] = TOKEN.findall(page)
        return self.ask("POST", path, {**form, "csrfmiddlewaretoken": token})[0]


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
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, tracked.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    certificates = folder / "certificates"
    certificates.mkdir()
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}"]
    made += ["-keyout", str(certificates / "site.key"), "-out", str(certificates / "site.pem")]
    subprocess.run(made, check=True, capture_output=True)
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


def sign_in() -> Browser:
    browser = Browser()
    assert browser.send("/sign-in/", {"username": "admin", "password": PASSWORD}) == 302
    status, page, _ = browser.ask("GET", "/checklists/henan/items/")
    assert status == 200
    assert "1.1.1" in page
    return browser


def save(browser: Browser, notes: str) -> None:
    """Write a note on the first item, through its page."""
    path = "/checklists/henan/items/1.1.1/"
    _, page, _ = browser.ask("GET", path)
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    status = browser.send(path, {"version": version, "status": "in_progress", "notes": notes})
    assert status == 302, status
    assert notes in browser.ask("GET", path)[1]


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

    threads = [threading.Thread(target=read, args=(sign_in(),), daemon=True) for _ in range(number)]
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

    browser = sign_in()
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
    browser = sign_in()
    page = browser.ask("GET", "/checklists/henan/items/1.1.1/")[1]
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
    assert "写在恢复之后" in browser.ask("GET", "/checklists/henan/items/1.1.1/")[1]


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
