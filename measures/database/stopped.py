"""Hold the site stopped while a command replaces or copies the whole database."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from measures.database.backups import on_postgresql


class SiteRunningError(Exception):
    """The site is running, here or on another machine."""

    def __init__(self) -> None:
        super().__init__("The site is running, and would go on writing into what is replaced. Stop it first.")


@contextmanager
def stopped_site() -> Iterator[None]:
    """Keep the site from starting. Raises SiteRunningError if it runs already."""
    Path(settings.DATA_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
    # The server holds this lock while it runs (config/gunicorn.py), and waits for it when it starts.
    with (Path(settings.DATA_DIR) / "serving.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SiteRunningError from error
        if connection.vendor == "postgresql" and on_postgresql.is_in_use():
            raise SiteRunningError
        yield
