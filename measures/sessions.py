"""Where sessions are kept: in a table of our own, so that people see theirs and can end them.

A row's expiry says all: so long after the last activity, and never later than so long after the sign-in.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from measures.models import Session

# A session's activity is written down once a minute at most.
TOUCHED_EVERY = timedelta(minutes=1)


def expiry(*, started: datetime, seen: datetime) -> datetime:
    """When a session ends that began and was last used at these moments."""
    idle, whole = timedelta(minutes=settings.SESSION_IDLE_MINUTES), timedelta(hours=settings.SESSION_HOURS)
    return min(seen + idle, started + whole)


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
        self.row = super()._get_session_from_db()  # type: ignore[misc]
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        fresh: Session = super().create_model_instance(data)  # type: ignore[assignment]
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
            # An update only: a session that was ended meanwhile stays ended.
            Session.objects.filter(pk=row.pk).update(seen_at=at, expire_date=ends)
