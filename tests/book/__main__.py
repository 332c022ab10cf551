"""Follows docs/operations.md, from the installation to the end of a site: `make book-test`.

It needs root, debootstrap, systemd-container, and the networks of Debian's packages and of pip. Where one of
them is missing it says so and exits with 0; tests/test_book.py reads the page anywhere.
"""

import http.client
import json
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from tests.book.machine import CommandError, Machine, what_is_missing
from tests.book.page import FOLLOWED, Block, blocks, fill
from tests.checkout import copy_tracked_files
from tests.over_tls import FIRST_ITEM, NAME, Browser, make_certificate, save, sign_in

REPOSITORY = "/srv/taizhang.git"
ENVIRONMENT = Path("/etc/taizhang.env")
# What a shell, a URL and a file of settings each treat in their own way.
DATABASE_PASSWORD = 'p&w $d#x%"y'
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/opt/taizhang/wheels"}
RELEASES = ("0.1.0", "0.1.1")


def say(words: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stdout.flush()


class Book:
    """A reader with one machine, who does what the page says."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.password = f"Aa1!{secrets.token_urlsafe(12)}"
        self.values = {
            "<this repository>": REPOSITORY,
            "PASSWORD '…'": f"PASSWORD '{DATABASE_PASSWORD}'",
            "taizhang:password@": f"taizhang:{quote(DATABASE_PASSWORD, safe='&$')}@",
        }

    def follow(self, block: Block) -> str:
        """Run or write one block, and return what was printed."""
        if "taizhang-20261124-021500.zip" in block.text:
            self.values["taizhang-20261124-021500.zip"] = self.newest_backup().name
        text = fill(block.text, self.values)
        if block.file:
            self.machine.file(block.file).parent.mkdir(parents=True, exist_ok=True)
            with self.machine.file(block.file).open("w", encoding="utf-8") as file:
                file.write(text)
            return ""
        if block.language == "sql":
            quoted = text.replace("'", "'\\''")
            return self.machine.run(
                f"printf %s '{quoted}' | runuser -u postgres -- psql --quiet -v ON_ERROR_STOP=1"
            )
        if block.needs_network:
            return self.machine.run(text, network=True)
        try:
            return self.machine.run(text, exports=OFFLINE)
        except CommandError as error:
            error.add_note(self.machine.run("journalctl --unit 'taizhang*' --no-pager | tail -40"))
            raise

    def newest_backup(self) -> Path:
        return max(self.machine.file("/mnt/backups").glob("taizhang-*.zip"))

    def note(self) -> str:
        """The page of the first item, which holds its notes."""
        with self.machine.network():
            return sign_in(self.password).ask("GET", FIRST_ITEM)[1]

    def write(self, notes: str) -> None:
        with self.machine.network():
            save(sign_in(self.password), notes)

    def doctor(self) -> str:
        """What `taizhang doctor` prints; CommandError if anything is broken."""
        return self.machine.run("taizhang doctor")

    def release(self) -> str:
        """The version that /healthz names."""
        said = self.machine.run(f"curl --fail --silent --header 'Host: {NAME}' http://127.0.0.1:8000/healthz")
        return str(json.loads(said)["version"])

    def wait_until_it_answers(self) -> None:
        for _ in range(60):
            if "ok" in self.machine.run(
                f"curl --silent --header 'Host: {NAME}' http://127.0.0.1:8000/healthz || true"
            ):
                return
            time.sleep(0.5)
        raise AssertionError(self.machine.run("journalctl --unit taizhang --no-pager | tail -40"))


def keep_secret(book: Book, printed: str) -> None:
    book.values["SECRET_KEY=…"] = f"SECRET_KEY={printed.strip()}"


def look_at_environment(book: Book, _printed: str) -> None:
    owner = book.machine.run(f"stat --format '%U %G %a' {ENVIRONMENT}").split()
    assert owner == ["root", "taizhang", "640"], owner


def put_certificate(book: Book, _printed: str) -> None:
    folder = book.machine.file("/etc/ssl")
    make_certificate(folder / f"{NAME}.key", folder / f"{NAME}.pem")


def wait_for_start(book: Book, _printed: str) -> None:
    book.wait_until_it_answers()
    assert "exposure level" in book.machine.run("systemd-analyze security taizhang --no-pager | tail -1")


def use(book: Book, printed: str) -> None:
    """Sign in with the password that was shown, change it, save, and try what the proxy is for."""
    shown = re.findall(r"Password: (\S+)", printed)[0]
    with book.machine.network():
        browser = Browser()
        assert browser.send("/sign-in/", {"username": "admin", "password": shown}) == 302
        changed = {"old_password": shown, "new_password1": book.password, "new_password2": book.password}
        assert browser.send("/password/", changed) == 302
        save(sign_in(book.password), "按手册安装")
        plain = http.client.HTTPConnection("127.0.0.1", 80, timeout=20)
        plain.request("GET", "/sign-in/", headers={"Host": NAME})
        assert plain.getresponse().getheader("Location") == f"https://{NAME}/sign-in/"
        large = browser.ask("POST", "/checklists/henan/import/", {"sheet": "x" * (5 << 20)})
        assert "X-Request-ID" in large[2], large[0]  # nginx passes it on
        assert "郑州" in sign_in(book.password).ask("GET", "/checklists/")[1]
    assert "broken" not in book.doctor()
    owned = book.machine.run("find /var/lib/taizhang -not -user taizhang")
    assert owned == "", owned
    assert book.machine.run("journalctl --unit taizhang --output cat | grep -c 'INFO taizhang.access'")
    say(f"in use over TLS, release {book.release()}; {systemd(book)}")


def systemd(book: Book) -> str:
    return book.machine.run("systemctl --version").splitlines()[0]


def set_database(book: Book, _printed: str) -> None:
    """As the page says in words: write the new address into the settings, and start the site."""
    file = book.machine.file(str(ENVIRONMENT))
    url = f"postgres://taizhang:{quote(DATABASE_PASSWORD, safe='&$')}@localhost/taizhang"
    file.write_text(re.sub(r"(?m)^DATABASE_URL=.*$", lambda _: f"DATABASE_URL={url}", file.read_text()))
    book.machine.run("systemctl start taizhang")
    book.wait_until_it_answers()
    assert "ok       database: postgresql" in book.doctor()
    assert "按手册安装" in book.note()
    say("moved to PostgreSQL, with a password of all kinds of characters")
    book.machine.run("taizhang backup /mnt/backups")
    book.write("写在备份之后")


def look_at_restored(book: Book, _printed: str) -> None:
    book.wait_until_it_answers()
    page = book.note()
    assert "按手册安装" in page
    assert "写在备份之后" not in page
    say("restored a backup")


def run_jobs(book: Book, _printed: str) -> None:
    assert "taizhang-jobs.timer" in book.machine.run("systemctl list-timers --no-pager")
    before = book.newest_backup()
    time.sleep(1)
    book.machine.run("systemctl start taizhang-jobs")
    assert book.newest_backup() != before
    said = book.doctor()
    jobs = [line for line in said.splitlines() if " job " in line]
    assert jobs
    assert [line for line in jobs if not line.startswith("ok")] == []
    say(f"the timer's service did {len(jobs)} jobs")
    publish(book, RELEASES[1])
    book.write("写在升级之前")


def look_at_upgrade(book: Book, printed: str) -> None:
    assert '"ok"' in printed or " ok" in printed, printed
    assert book.release() == RELEASES[1]
    book.write("写在升级之后")
    say(f"upgraded to {RELEASES[1]}, with packages from a folder: this machine has no network")


def look_at_return(book: Book, _printed: str) -> None:
    book.wait_until_it_answers()
    assert book.release() == RELEASES[0]
    assert "写在升级之前" in book.note()
    say(f"went back to {RELEASES[0]}")


def look_at_rest(book: Book, _printed: str) -> None:
    left = book.machine.run("find / -xdev \\( -nouser -o -name '*taizhang*' \\) -not -path '/proc/*' | sort")
    known = ("/mnt/backups", REPOSITORY, "/tmp/", "/var/lib/systemd/")
    assert [path for path in left.splitlines() if not path.startswith(known)] == [], left
    say("uninstalled: the backups are left, and nothing else")


# What the reader does after a block, by its section and number: looks whether it worked, and what the page
# says in words.
AFTER: dict[tuple[str, int], Callable[[Book, str], None]] = {
    ("A server", 2): look_at_environment,
    ("A server", 3): keep_secret,
    ("A server", 6): put_certificate,
    ("A server", 7): wait_for_start,
    ("A server", 8): use,
    ("From one to the other", 1): set_database,
    ("Backup", 1): look_at_restored,
    ("Every day", 1): run_jobs,
    ("Upgrade", 1): look_at_upgrade,
    ("Upgrade", 2): look_at_return,
    ("Uninstall", 2): look_at_rest,
}


def git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=Book", "-c", "user.email=book@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", "-C", folder, *named, *arguments], check=True, capture_output=True)


def publish(book: Book, version: str) -> None:
    """Put the tracked files as they are here into the machine's repository, as this release."""
    bare = book.machine.file(REPOSITORY)
    with tempfile.TemporaryDirectory(prefix="book-") as name:
        folder = Path(name)
        if bare.exists():
            git(folder, "clone", str(bare), ".")
        else:
            git(folder, "init")
        copy_tracked_files(folder)
        project = folder / "pyproject.toml"
        project.write_text(re.sub(r'(?m)^version = "[^"]+"', f'version = "{version}"', project.read_text()))
        git(folder, "add", "--all", "--force")
        git(folder, "commit", "--message", f"Release {version}")
        git(folder, "tag", f"v{version}")
        if bare.exists():
            git(folder, "push", "--tags", str(bare), "main")
        else:
            git(folder, "clone", "--bare", ".", str(bare))


def run(book: Book) -> None:
    followed = 0
    for section in FOLLOWED:
        for block in (one for one in blocks() if one.section == section):
            printed = book.follow(block)
            followed += 1
            if look := AFTER.get((section, block.number)):
                look(book, printed)
        say(f"followed “{section}”")
    say(f"every one of {followed} blocks of docs/operations.md did what the page says")


def main() -> int:
    if missing := what_is_missing():
        say(f"NOT TESTED: {missing}. tests/test_book.py reads the page.")
        return 0
    with tempfile.TemporaryDirectory(prefix="taizhang-book-", dir="/var/tmp") as name:
        machine = Machine(Path(name) / "root")
        try:
            machine.install()
            machine.start()
            say("a fresh Debian 13 has started")
            book = Book(machine)
            publish(book, RELEASES[0])
            run(book)
        finally:
            machine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
