"""The site's settings, on a disk with room for as many pages as the file `pages` in the data folder says."""

from typing import Any

from django.db.backends.signals import connection_created

from config.settings import *  # noqa: F403
from config.settings import DATA_DIR


def limit(connection: Any, **kwargs: Any) -> None:
    # Each connection has a separate limit, so the file is read for each, and none is kept.
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count={int((DATA_DIR / 'pages').read_text())}")


DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
connection_created.connect(limit)
