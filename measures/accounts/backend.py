"""Who the user of a session is, which every page asks: as Django's own backend, by a prepared query."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db.models import QuerySet

from measures.database.prepared import prepared


class Backend(ModelBackend):
    def get_user(self, user_id: int) -> User | None:
        found = _user(int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


BACKEND = f"{Backend.__module__}.{Backend.__qualname__}"


@prepared
def _user(key: int) -> QuerySet[User]:
    return User.objects.filter(pk=key)
