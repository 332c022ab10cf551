"""The app's own settings, with its peers beside it and a database of each size."""

import json
import os
from typing import Any

import dj_database_url

from config.databases import with_engine_options
from config.settings import *  # noqa: F403

# Other sizes than that of DATABASE_URL, by their number of items.
for size, address in json.loads(os.environ.get("BENCH_DATABASES", "{}")).items():
    DATABASES[size] = with_engine_options(dict(dj_database_url.parse(address)))  # noqa: F405
DATABASE_ROUTERS = ["bench.settings.Router"]
ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "import_export"]  # noqa: F405
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
ALLOWED_HOSTS = ["*"]
AXES_ENABLED = False
MIDDLEWARE = [*MIDDLEWARE, "bench.list_peers.plain_inputs"]  # noqa: F405
FORM_RENDERER = "bench.list_peers.Renderer"


class Router:
    """Every query goes to the size that is being measured."""

    using = "default"

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return self.using

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True
