"""Where sessions are kept: in a table of our own, so that people see theirs and can end them.

The cookie holds the key of a session and the table only a hash of it, so the table opens no session.
A row's expiry says all: so long after the last activity, and never later than so long after the sign-in.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from measures.database.prepared import prepared
from measures.keyed_hash import keyed_hash
from measures.models import Session
from measures.models.managing import keep_rights, rights_of_staff

# A session's activity is written down once a minute at most.
TOUCHED_EVERY = timedelta(minutes=1)


def expiry(*, started: datetime, seen: datetime) -> datetime:
    """When a session ends that began and was last used at these moments."""
    idle, whole = timedelta(minutes=settings.SESSION_IDLE_MINUTES), timedelta(hours=settings.SESSION_HOURS)
    return min(seen + idle, started + whole)


def stored_key(session_key: str) -> str:
    """The primary key of the row of a session, from the key that its cookie holds."""
    return keyed_hash("session", session_key)[:40]  # as long as Django's column; 160 bits


def present_key(request: HttpRequest) -> str:
    """The primary key of the row of the session at hand."""
    return stored_key(request.session.session_key or "")


class SessionStore(DatabaseStore):
    """Django's own store in the database, with whose session it is, since when and from where.

    The middleware says from where: a store doesn't know its request.
    """

    row: Session | None = None
    address = ""
    browser = ""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row of a session that has not ended. Django's own looks for the key as the cookie holds it."""
        found = _session(stored_key(self.session_key or ""), timezone.now())
        self.row = found[0] if found else None
        if self.row and self.row.user and self.row.user.is_staff:
            keep_rights(self.row.user, (self.row.managing or "").split())
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of this key; without one, of this session. It may be gone already."""
        if ended := session_key or self.session_key:
            super().delete(stored_key(ended))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row for these data, as `save` writes it."""
        fresh: Session = super().create_model_instance(data)  # type: ignore[assignment]
        fresh.pk = stored_key(fresh.pk)
        fresh.seen_at = fresh.started_at = timezone.now()
        fresh.address, fresh.browser = self.address, self.browser
        if self.row and self.row.pk == fresh.pk:
            fresh.public_id, fresh.started_at = self.row.public_id, self.row.started_at
        fresh.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        fresh.expire_date = expiry(started=fresh.started_at, seen=fresh.seen_at)
        self.row = fresh
        return fresh

    def touch(self, *, at: datetime) -> None:
        """Write down that the session was used, unless that was done within the last minute."""
        row = self.row
        if row and row.user_id and at - row.seen_at >= TOUCHED_EVERY:
            ends = expiry(started=row.started_at, seen=at)
            # An update only: a session that was ended in the meantime stays ended.
            Session.objects.filter(pk=row.pk).update(seen_at=at, expire_date=ends)


@prepared
def _session(key: str, at: datetime) -> QuerySet[Session]:
    found = Session.objects.filter(pk=key, expire_date__gt=at)
    return found.annotate(**{"managing": rights_of_staff("user")})
