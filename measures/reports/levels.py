"""Headings that name the parts of an article as its catalogue does, or as pillars and sections."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.models.levels import Levels, pillar_word, section_word


def pillar_heading(levels: Levels) -> str:
    return _("By level: %(level)s") % {"level": levels[0]} if levels else _("By pillar")


def section_heading(levels: Levels) -> str:
    return _("By level: %(level)s") % {"level": section_word(levels)} if levels else _("By section")


def figures_title(levels: Levels) -> str:
    if not levels:
        return _("Figures by pillar, section and owner")
    parts = filter(None, (pillar_word(levels), section_word(levels)))
    return _("Figures by %(parts)s and owner") % {"parts": pgettext("between names", ", ").join(parts)}
