"""Who the user of a session is, which every page asks: the session's own row names them and was just read."""

from contextvars import ContextVar

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from measures.accounts.sessions import SessionStore
from measures.database.prepared import prepared

# Only while Django asks who the user of this session is.
asked: ContextVar[SessionStore | None] = ContextVar("asked", default=None)


class Authentication(AuthenticationMiddleware):
    """As Django's own, which compares the session's hash with the user's password."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: user_of(request))  # type: ignore[assignment]


def user_of(request: HttpRequest) -> User | AnonymousUser:
    token = asked.set(request.session if isinstance(request.session, SessionStore) else None)
    try:
        return get_user(request)
    finally:
        asked.reset(token)


class Backend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        session = asked.get()
        row = session.row if session else None
        user = row.user if row and row.user_id == int(user_id) else None
        if user is None:
            found = _user(int(user_id))
            user = found[0] if found else None
        return user if user and self.user_can_authenticate(user) else None


BACKEND = f"{Backend.__module__}.{Backend.__qualname__}"


@prepared
def _user(key: int) -> QuerySet[User]:
    return User.objects.filter(pk=key)
