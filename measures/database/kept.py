"""A connection to SQLite is kept for the next request of its thread. Opening one reads the whole schema.

On PostgreSQL a pool keeps connections (config/databases.py).
"""

import os
from collections.abc import Callable
from threading import local

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

AT_ONCE = 0.0  # by the monotonic clock: Django closes it when the answer has been sent


class OpenedFile(local):
    """Which file the connection of this thread is of."""

    file: tuple[int, int] | None = None


opened = OpenedFile()


def keep_connection(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: closes it where keeping it could do harm.

    That is where another file has been put in the place of the database, and after what may have left a query
    unfinished, which would keep everybody from writing: an error, or an answer that was streamed.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if connection.vendor != "sqlite":
            return get_response(request)
        present = file_now()
        if opened.file not in (None, present):
            connection.close()
        opened.file = present
        response = get_response(request)
        if response.streaming or response.status_code >= 500 or connection.errors_occurred:
            connection.close_at = AT_ONCE
        return response

    return answer


def file_now() -> tuple[int, int] | None:
    """Device and number of the file at the database's path; None if there is none."""
    try:
        found = os.stat(str(connection.settings_dict["NAME"]))
    except OSError:
        return None
    return found.st_dev, found.st_ino
