"""Secret addresses at which a calendar program reads due dates. The database holds a hash of each."""

import secrets
from datetime import datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.keyed_hash import keyed_hash
from measures.models.audit import audit
from measures.models.saved_views import SavedView


def hash_of_token(token: str) -> str:
    return keyed_hash("calendar address", token)


class CalendarAddress(models.Model):
    """One person's calendar: of what is theirs to do or, with a view, of the items that it shows."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="calendar_addresses", verbose_name=_("user"), db_index=False
    )
    view = models.ForeignKey(
        SavedView,
        models.CASCADE,
        related_name="calendar_addresses",
        verbose_name=_("saved view"),
        null=True,
        blank=True,
    )
    token = models.CharField(_("hash of the secret"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "view"],
                name="calendar_address_of_view_once",
                violation_error_message=_("This view has a calendar address already."),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(view=None),
                name="calendar_address_of_person_once",
                violation_error_message=_("You have a calendar address already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.view or ''}"

    @classmethod
    @audited_transaction()
    def make(cls, user: User, view: SavedView | None, *, at: datetime) -> str:
        """Return the secret of a new address; the one before, for the same, no longer works."""
        token = secrets.token_urlsafe(32)
        cls.objects.filter(user=user, view=view).delete()
        cls.objects.create(user=user, view=view, token=hash_of_token(token), made_at=at)
        cls._audit(user, view, at=at, after={"state": "made"})
        return token

    @audited_transaction()
    def end(self, *, at: datetime) -> None:
        """Delete it: from now on the address leads nowhere."""
        self._audit(self.user, self.view, at=at, after={"state": "ended"})
        self.delete()

    @staticmethod
    def _audit(user: User, view: SavedView | None, *, at: datetime, after: dict[str, object]) -> None:
        checklist = view.checklist if view else None
        about = view or user.get_username()
        audit(Audited.CALENDAR_ADDRESS, by=user, at=at, checklist=checklist, about=about, after=after)
