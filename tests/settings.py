"""Settings for tests: the app's own, with a throw-away key, plain HTTP and quick passwords.

On SQLite, or with TAIZHANG_TEST_ENGINE=postgresql on a PostgreSQL that lives as long as the run.
"""

import os
import tempfile

from tests import postgres

os.environ.setdefault("SECRET_KEY", "for tests only, and long enough to pass the checks 0123456789")
os.environ.setdefault("HTTPS", "0")
if os.environ.get("TAIZHANG_TEST_ENGINE") == "postgresql" and not os.environ.get("DATABASE_URL"):
    os.environ["DATABASE_URL"] = postgres.start()

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A tested live server with hashed names serves no static file at all.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
# Tests of the folder ask for one: tests/conftest.py, evidence_folder.
STORAGES["evidence"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}  # noqa: F405
# Static files from where they are written: nothing has been collected.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
ALLOWED_HOSTS = ["*"]
# Tests of the lock-out ask for it.
AXES_ENABLED = False

database = DATABASES["default"]  # noqa: F405
# Django drops and makes test databases, which open connections of a pool would hinder.
database["OPTIONS"].pop("pool", None)
if database["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: in memory, threads share one lock that waits for nobody.
    database["TEST"] = {"NAME": f"{tempfile.gettempdir()}/taizhang-test-{os.getpid()}.sqlite3"}
