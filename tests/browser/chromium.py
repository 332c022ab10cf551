"""The Chromium that the tests drive: this machine's own, or the one that Playwright downloads."""

import shutil
import subprocess
import sys
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "No Chromium to test in. Install one (apt-get install chromium)."
# No sandbox, since a container's root has none to use; the rest keeps the browser quiet and off the network.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# In a separate process: within a test run, Playwright may already be at work.
LAUNCH = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: playwright.chromium.launch(args=['--no-sandbox']).close()"
)


def find_chromium() -> str | None:
    """The path of the machine's own Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@cache
def has_downloaded_chromium() -> bool:
    """Whether Playwright has a Chromium that starts: a bare machine may lack the libraries it needs."""
    command = [sys.executable, "-c", LAUNCH]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def has_chromium() -> bool:
    return bool(find_chromium()) or has_downloaded_chromium()


def download_chromium() -> None:
    """Let Playwright download its Chromium, where it has none. Without a network this changes nothing."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    has_downloaded_chromium.cache_clear()
