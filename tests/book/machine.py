"""A fresh Debian 13 that boots with systemd, in namespaces of its own, and without a network.

Only a command that asks for it runs in the network of the machine outside: to install packages.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MIRROR = os.environ.get("MIRROR", "http://deb.debian.org/debian")
PROGRAMS = ("debootstrap", "systemd-nspawn", "nsenter", "unshare", "openssl", "git")
# On a host with the older hierarchy of control groups, systemd needs the newer one.
BOOT = r"""
mount --make-rprivate / && umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup
exec systemd-nspawn --quiet --register=no --keep-unit --private-network --machine=book --console=pipe \
    --directory="$0" --boot
"""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# pip asks the network outside, so it trusts whom the machine outside trusts.
OUTSIDE_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
CERTIFICATES = "/root/outside.pem"


class CommandError(AssertionError):
    """A command of the page failed; the text holds it and its output."""


def what_is_missing() -> str:
    """What keeps this machine from starting another, or nothing."""
    if os.getuid() != 0:
        return "it needs root"
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    return f"not installed: {', '.join(missing)}" if missing else ""


class Machine:
    """The machine whose files are in `root`. BOOK_BASE names a fresh Debian to copy."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host: subprocess.Popen[bytes] | None = None
        self.first_process = 0

    def install(self) -> None:
        """Debian's smallest system that boots."""
        if base := os.environ.get("BOOK_BASE"):
            subprocess.run(["cp", "--archive", base, self.root], check=True)
        else:
            made = ["debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus", "trixie"]
            done = subprocess.run([*made, self.root, MIRROR], check=False, capture_output=True, text=True)
            if done.returncode:
                raise CommandError(f"debootstrap: {done.stdout[-2000:]}{done.stderr}")
        # For what is fetched by the network outside.
        (self.root / "etc" / "resolv.conf").unlink(missing_ok=True)
        shutil.copy("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        shutil.copy(OUTSIDE_CERTIFICATES, self.file(CERTIFICATES))

    def start(self) -> None:
        self.host = subprocess.Popen(
            ["unshare", "--mount", "sh", "-ec", BOOT, self.root],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        children = Path(f"/proc/{self.host.pid}/task/{self.host.pid}/children")
        for _ in range(120):
            if self.host.poll() is not None:
                raise CommandError("systemd-nspawn ended")
            for child in children.read_text().split():
                if "systemd" in Path(f"/proc/{child}/comm").read_text():
                    self.first_process = int(child)
            if self.first_process and self.is_running():
                return
            time.sleep(0.5)
        raise CommandError("systemd did not start")

    def is_running(self) -> bool:
        try:
            return self.run("systemctl is-system-running || true").strip() in ("running", "degraded")
        except CommandError:
            return False

    def stop(self) -> None:
        if self.host and self.host.poll() is None:
            self.run("systemctl poweroff --force --no-block")
            try:
                self.host.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.host.kill()
                self.host.wait()

    def run(self, script: str, *, network: bool = False, exports: dict[str, str] | None = None) -> str:
        """What a script of the shell prints, as root in /root. CommandError if a command in it fails."""
        kinds = ["--mount", "--uts", "--ipc", "--pid", "--cgroup", *([] if network else ["--net"])]
        setting = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", **(exports or {})}
        if network:
            setting |= {"PIP_CERT": CERTIFICATES}
        words = ["nsenter", f"--target={self.first_process}", *kinds, "--root", "--wd"]
        words += ["env", "--ignore-environment", "--chdir=/root"]
        words += [f"{name}={value}" for name, value in setting.items()]
        done = subprocess.run(
            [*words, "sh", "-euc", script],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise CommandError(f"{script}\nended with {done.returncode}:\n{done.stdout[-6000:]}")
        return done.stdout

    def file(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    @contextmanager
    def network(self) -> Iterator[None]:
        """This process is in the machine's network meanwhile: its 127.0.0.1 is ours."""
        with Path("/proc/self/ns/net").open() as outside, self.namespace().open() as inside:
            os.setns(inside.fileno(), os.CLONE_NEWNET)
            try:
                yield
            finally:
                os.setns(outside.fileno(), os.CLONE_NEWNET)

    def namespace(self) -> Path:
        return Path(f"/proc/{self.first_process}/ns/net")
