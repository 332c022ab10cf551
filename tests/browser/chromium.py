"""Where this machine's Chromium is."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "No Chromium to test in. Install one (apt-get install chromium)."


def find_chromium() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
