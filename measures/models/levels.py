"""What a catalogue calls its levels, and the languages that it has."""

from collections.abc import Mapping, Sequence

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from measures.querysets.catalogue import LANGUAGE_SUFFIXES

# The names of a catalogue's levels, from the top part down to the measure; empty for the usual ones.
type Levels = Sequence[str]


def all_languages() -> list[str]:
    return ["zh-hans", "zh-hant", "en"]


def language_shown(languages: Sequence[str]) -> str:
    """The language of the texts that a reader of the active language sees."""
    active = get_language() or ""
    return active if active in languages else languages[0]


def names_of_levels(levels: list[dict[str, str]]) -> list[str]:
    """The names of a catalogue's levels in the active language; the usual words where it names none."""
    if not levels:
        return [gettext("Pillar"), gettext("Section"), gettext("Measure")]
    active = get_language() or ""
    return [names.get(active) or next(iter(names.values()), "") for names in levels]


def pillar_word(levels: Levels) -> str:
    return levels[0] if levels else gettext("Pillar")


def section_word(levels: Levels) -> str:
    """Return the name of the parts that measures belong to; empty if only the top parts have names."""
    if not levels:
        return gettext("Section")
    return levels[-2] if len(levels) > 2 else ""


def part_word(levels: Levels) -> str:
    """Return what a catalogue calls the parts that measures belong to."""
    return section_word(levels) or pillar_word(levels)


def text_in_every_language(*fields: str, name: str) -> models.CheckConstraint:
    """A constraint that each of these fields has text in all three languages."""
    filled = Q()
    for field in fields:
        for suffix in LANGUAGE_SUFFIXES:
            column = f"{field}_{suffix}"
            filled &= Q(**{f"{column}__isnull": False}) & ~Q(**{column: ""})
    return models.CheckConstraint(
        condition=filled, name=name, violation_error_message=_("Enter this text in all three languages.")
    )


class Worded(models.Model):
    """A row of a catalogue with texts by language."""

    class Meta:
        abstract = True

    def reword(self, columns: Mapping[str, object]) -> None:
        """Take these values into its text columns, unsaved."""
        for name, value in columns.items():
            self.__dict__[name] = value
