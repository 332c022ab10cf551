from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db import connections
from django.db.models.signals import pre_migrate
from django.utils.translation import gettext_lazy as _


class AdministrationConfig(admin_apps.AdminConfig):
    default = False
    default_site = "measures.rights.administration.Administration"


class MeasuresConfig(AppConfig):
    default = True
    name = "measures"
    verbose_name = _("Taizhang")

    def ready(self) -> None:
        # Importing them registers them.
        from measures.audit import sign_ins  # noqa: F401
        from measures.database import checks as checks_of_the_engine  # noqa: F401
        from measures.rights import checks as checks_of_rights  # noqa: F401

        pre_migrate.connect(wait_for_no_lock_for_long, sender=self)


def wait_for_no_lock_for_long(using: str, **kwargs: object) -> None:
    """A migration that cannot have a table within five seconds fails, and is undone.

    While it waited, everybody who came after it would wait behind it, readers too.
    """
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
