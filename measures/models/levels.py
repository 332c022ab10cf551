"""What a catalogue calls its levels, and the languages that it has."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import get_language, gettext


def all_languages() -> list[str]:
    return ["zh-hans", "zh-hant", "en"]


def names_of_levels(levels: list[dict[str, str]]) -> list[str]:
    """The names of a catalogue's levels in the active language; the usual words where it names none."""
    if not levels:
        return [gettext("Pillar"), gettext("Section"), gettext("Measure")]
    active = get_language() or ""
    return [names.get(active) or next(iter(names.values()), "") for names in levels]


class Worded(models.Model):
    """A row of a catalogue with texts by language."""

    class Meta:
        abstract = True

    def reword(self, columns: Mapping[str, object]) -> None:
        """Take these values into its text columns, unsaved."""
        for name, value in columns.items():
            self.__dict__[name] = value
