"""The catalogue, to read: its wording comes from fixtures and nobody edits it here."""

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from measures.admin.base import LedgerAdmin
from measures.models import Catalogue, Measure, Pillar, Section
from measures.querysets.catalogue import LANGUAGE_SUFFIXES


def language_fields(*fields: str) -> list[str]:
    """title → title_en, title_zh_hans, title_zh_hant."""
    return [f"{field}_{suffix}" for field in fields for suffix in LANGUAGE_SUFFIXES]


class ReadOnlyAdmin[Row: Model](LedgerAdmin[Row]):
    """For staff to look at: lists show the active language, pages show all three."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_staff

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Catalogue)
class CatalogueAdmin(ReadOnlyAdmin[Catalogue]):
    list_display = ["slug", "title", "issuer", "date"]
    search_fields = ["slug", *language_fields("title", "issuer")]
    fields = ["slug", "date", *language_fields("title", "issuer")]


@admin.register(Pillar)
class PillarAdmin(ReadOnlyAdmin[Pillar]):
    list_display = ["code", "title", "catalogue"]
    list_filter = ["catalogue"]
    list_select_related = ["catalogue"]
    search_fields = ["=code", *language_fields("title", "summary")]
    fields = ["catalogue", "code", *language_fields("title", "summary")]


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin[Section]):
    list_display = ["code", "title", "pillar"]
    list_filter = ["pillar__catalogue", "pillar"]
    list_select_related = ["pillar"]
    search_fields = ["^code", *language_fields("title", "summary")]
    fields = ["pillar", "code", *language_fields("title", "summary")]


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin[Measure]):
    list_display = ["coded", "title", "section", "cadence", "source"]
    list_filter = ["section__pillar__catalogue", "section__pillar", "section", "cadence"]
    list_select_related = ["section"]
    search_fields = ["^code", *language_fields("title", "detail")]
    fields = [
        "section",
        "code",
        "position",
        "source",
        "cadence",
        *language_fields("title", "detail"),
        "key_terms",
        "key_terms_zh_hant",
        "key_terms_en",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measure]:
        """The catalogue's: what a unit has added is for those who read its checklist."""
        return super().get_queryset(request).filter(checklist=None)

    @admin.display(description=Measure._meta.get_field("code").verbose_name, ordering="position")
    def coded(self, measure: Measure) -> str:
        """The code, sorted as numbers are."""
        return measure.code
