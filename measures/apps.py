from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = _("Taizhang")

    def ready(self) -> None:
        from measures import checks, engine_checks, sign_ins  # noqa: F401 - importing them registers them
