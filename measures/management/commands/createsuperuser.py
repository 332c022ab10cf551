"""Django's createsuperuser, with a record in the audit trail."""

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.utils import timezone

from measures.choices import Audited
from measures.models import audit
from measures.models.audit import in_plain


class Command(createsuperuser.Command):
    # Not atomic: it may wait for input, and on SQLite nobody else could write in the meantime.
    def handle(self, *args: object, **options: object) -> None:
        newest = User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        super().handle(*args, **options)
        for made in User.objects.filter(pk__gt=newest):
            audit(Audited.USER_CHANGED, at=timezone.now(), about=made, after=in_plain(made))
