"""What an article asks for: one edition, its pillars, sections and measures.

Texts are stored in three languages (measures/translation.py): `title` reads the active language's column. A
catalogue in fewer languages has its text in the columns of the others too, so that every query reads one
column; `Catalogue.languages` says which are real.

Whatever a catalogue calls its parts, the top ones are rows of Pillar, and those that measures belong to rows
of Section. One with a single level has a section without a title in each pillar; one with more than two has
sections in between, each the `parent` of the next.
"""

import json

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from measures.choices import Cadence
from measures.models.levels import (
    Worded,
    all_languages,
    language_shown,
    names_of_levels,
    text_in_every_language,
)
from measures.models.local_codes import LOCAL_CODE, is_local, marked
from measures.querysets.catalogue import MeasureManager, NaturalKeyManager, SectionManager

# Every scheme of codes that fits into an address: 1.2.3, A-3, 一.2, 第三条.
CODE_FORM = r"^[^\W_][\w.\-·()（）]*$"


class ReadableJSON(json.JSONEncoder):
    """JSON that keeps Chinese characters as they are, so that a search in the database finds them."""

    def encode(self, o: object) -> str:
        self.ensure_ascii = False
        return super().encode(o)


class Catalogue(Worded):
    """One edition of an article broken into pillars, sections and measures."""

    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    date = models.DateField(_("date of this edition"))
    # Names by language, from the top part down to the measure. Empty: pillar, section and measure.
    levels = models.JSONField(_("names of its levels"), default=list, blank=True, encoder=ReadableJSON)
    languages = models.JSONField(_("languages of its texts"), default=all_languages)
    is_draft = models.BooleanField(
        _("draft"),
        default=False,
        db_default=False,
        help_text=_("No checklist can be opened from a draft."),
    )
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="later",
        verbose_name=_("previous edition"),
        null=True,
        blank=True,
        editable=False,
    )

    objects = NaturalKeyManager("slug")

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")
        ordering = ["slug"]
        constraints = [
            text_in_every_language("title", name="catalogue_has_title"),
            models.CheckConstraint(condition=~Q(previous=models.F("pk")), name="catalogue_follows_another"),
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def depth(self) -> int:
        """How many levels of parts it has above its measures."""
        return len(self.levels) - 1 if self.levels else 2

    @property
    def level_names(self) -> list[str]:
        """The names of its levels in the active language, from the top part down to the measure."""
        return names_of_levels(self.levels)

    @property
    def own_level_names(self) -> list[str]:
        """The same; none where it calls its levels pillar, section and measure."""
        return self.level_names if self.levels else []

    @property
    def shown_language(self) -> str:
        """The language of the texts that a reader of the active language sees."""
        return language_shown(self.languages)

    @property
    def is_in_other_language(self) -> bool:
        """Whether it lacks the active language, so that readers see another."""
        return get_language() not in self.languages


class Pillar(Worded):
    """One of the article's parts at the top."""

    catalogue = models.ForeignKey(
        Catalogue, models.PROTECT, related_name="pillars", verbose_name=_("catalogue")
    )
    code = models.CharField(_("code"), max_length=24, validators=[RegexValidator(CODE_FORM)])
    position = models.IntegerField(
        _("position"),
        default=0,
        db_default=0,
        help_text=_("Place in the catalogue. Codes decide where it is the same."),
    )
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)

    objects = NaturalKeyManager("catalogue__slug", "code")

    class Meta:
        verbose_name = _("pillar")
        verbose_name_plural = _("pillars")
        ordering = ["catalogue", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["catalogue", "code"],
                name="pillar_code_once_in_catalogue",
                violation_error_message=_("This catalogue already has a pillar with this code."),
            ),
            text_in_every_language("title", name="pillar_has_title"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def natural_key(self) -> tuple[str, str]:
        return (self.catalogue.slug, self.code)

    natural_key.dependencies = ["measures.catalogue"]  # type: ignore[attr-defined]


class Section(Worded):
    """One of a pillar's parts."""

    pillar = models.ForeignKey(Pillar, models.PROTECT, related_name="sections", verbose_name=_("pillar"))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="parts",
        verbose_name=_("parent"),
        null=True,
        blank=True,
        help_text=_("The section that this one is part of, in a catalogue with more than two levels."),
    )
    code = models.CharField(_("code"), max_length=24, validators=[RegexValidator(CODE_FORM)])
    position = models.IntegerField(
        _("position"),
        default=0,
        db_default=0,
        help_text=_("Place in the catalogue. Codes decide where it is the same."),
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)

    objects = SectionManager("pillar__catalogue__slug", "code")

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["pillar__position", "pillar", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["pillar", "code"],
                name="section_code_once_in_pillar",
                violation_error_message=_("This pillar already has a section with this code."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    def natural_key(self) -> tuple[str, str]:
        return (self.pillar.catalogue.slug, self.code)

    natural_key.dependencies = ["measures.pillar"]  # type: ignore[attr-defined]


class Measure(Worded):
    """One concrete thing that the article asks for.

    One with a checklist is that unit's own, added below the catalogue's (measures/models/local_codes.py), and
    the unit may correct it for a while (measures/models/local_measures.py).
    """

    section = models.ForeignKey(Section, models.PROTECT, related_name="measures", verbose_name=_("section"))
    code = models.CharField(_("code"), max_length=24, validators=[RegexValidator(CODE_FORM)])
    # A fraction for a unit's own measures, which come after the last of their section.
    position = models.FloatField(
        _("position"), help_text=_("Place in the whole catalogue, from 1, because codes do not sort as text.")
    )
    checklist = models.ForeignKey(
        "measures.Checklist",
        models.PROTECT,
        related_name="local_measures",
        verbose_name=_("checklist"),
        null=True,
        blank=True,
        editable=False,
    )
    added_at = models.DateTimeField(_("added"), null=True, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    detail = models.TextField(_("detail"), blank=True)
    source = models.CharField(
        _("source"),
        max_length=24,
        blank=True,
        help_text=_("Pillar, section and sentence of the article, such as 2.1.3."),
    )
    # Three plain columns: the first holds the article's own words, whichever language the reader has.
    key_terms = models.JSONField(_("key terms"), default=list, encoder=ReadableJSON)
    key_terms_zh_hant = models.JSONField(
        _("key terms in traditional characters"), default=list, encoder=ReadableJSON
    )
    key_terms_en = models.JSONField(_("key terms in English"), default=list, encoder=ReadableJSON)
    cadence = models.CharField(_("cadence"), max_length=16, choices=Cadence)
    needs_evidence = models.BooleanField(
        _("needs evidence"),
        default=False,
        db_default=False,
        help_text=_("Its result is a document. Checklists may ask for it before an item is closed."),
    )

    objects = MeasureManager("section__pillar__catalogue__slug", "code")

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["section__pillar__catalogue", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "code"],
                condition=Q(checklist=None),
                name="measure_code_once_in_section",
                violation_error_message=_("This section already has a measure with this code."),
            ),
            models.UniqueConstraint(
                fields=["checklist", "section", "code"],
                condition=Q(checklist__isnull=False),
                name="local_measure_code_once_in_checklist",
                violation_error_message=_("This checklist already has a measure with this code."),
            ),
            models.CheckConstraint(
                condition=(Q(checklist=None, added_at=None) & ~Q(code__regex=LOCAL_CODE))
                | Q(checklist__isnull=False, added_at__isnull=False, code__regex=LOCAL_CODE),
                name="measure_code_tells_whose",
                violation_error_message=_("Numbers from 901 are reserved for local measures."),
            ),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values),
                name="measure_cadence_known",
                violation_error_message=_("Choose one of the listed cadences."),
            ),
            text_in_every_language("title", name="measure_has_title"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def key_terms_in(self, language: str | None) -> list[str]:
        """The article's own terms, in a reader's language."""
        terms: list[str] = {"en": self.key_terms_en, "zh-hant": self.key_terms_zh_hant}.get(
            language or "", self.key_terms
        )
        return terms

    @property
    def is_local(self) -> bool:
        return is_local(self.code)

    @property
    def marked_title(self) -> str:
        return marked(self.code, self.title)

    def natural_key(self) -> tuple[str, ...]:
        key = (self.section.pillar.catalogue.slug, self.code)
        return (*key, self.checklist.slug) if self.checklist else key

    natural_key.dependencies = ["measures.section"]  # type: ignore[attr-defined]
