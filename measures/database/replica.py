"""Reports read from a copy of the database, where DATABASE_REPLICA_URL names one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models import Model

_reading: ContextVar[bool] = ContextVar("reading_from_replica", default=False)


@contextmanager
def from_replica() -> Iterator[None]:
    """Read from the replica, if there is one, in queries inside this block. It may lag by seconds."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


class ReplicaRouter:
    """Used only if there is a replica: see config/settings.py."""

    def db_for_read(self, model: type[Model], **hints: object) -> str:
        return "replica" if _reading.get() else "default"

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        return "default"

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        return True  # both hold the same rows

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == "default"
