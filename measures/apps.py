from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = _("Taizhang")

    def ready(self) -> None:
        from measures import engine_checks  # noqa: F401 - registers itself
