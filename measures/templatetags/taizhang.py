"""The shared pieces that need more than an include: chips, bars, links that keep the address's state."""

import re
from collections.abc import Iterable, Mapping
from html import escape

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from measures.choices import Status
from measures.help.parts import PART_OF
from measures.ledger.columns import label
from measures.lights import Lit
from measures.models import Catalogue
from measures.models.levels import part_word
from measures.models.people import person_name
from measures.progress import Counts, percent

register = template.Library()
register.filter("person_name", person_name)
register.filter("percent", percent)

# Each in its own script, so that a reader who is lost in one language finds their own.
LANGUAGE_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


@register.simple_tag(takes_context=True)
def help_address(context: Context) -> str:
    """Return the address of the help that belongs to this page; strangers only get that for signing in."""
    if not getattr(context.get("user"), "is_authenticated", False):
        return reverse("sign-in-help")
    match = getattr(context.get("request"), "resolver_match", None)
    part = PART_OF.get(match.url_name or "") if match else None
    return reverse("help-part", args=[part.slug]) if part else reverse("help")


@register.filter
def parts_called(catalogue: Catalogue) -> str:
    """Return what the catalogue calls the parts that measures belong to."""
    return part_word(catalogue.own_level_names)


@register.simple_tag
def hand_out_by(catalogue: Catalogue) -> str:
    """Return the title of the page that hands items out part by part, as the catalogue calls them."""
    if not catalogue.own_level_names:
        return _("Hand out by section")
    return _("Hand out by level: %(level)s") % {"level": parts_called(catalogue)}


@register.inclusion_tag("help/picture.html")
def help_picture(name: str, caption: str) -> dict[str, str]:
    """A picture of a page in the help, as `make pictures` takes it."""
    return {"file": f"measures/help/{name}.png", "caption": caption}


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Code and own name of each language of the site."""
    return [(code, LANGUAGE_NAMES[code]) for code, _name in settings.LANGUAGES]


@register.simple_tag
def status_chip(status: str) -> SafeString:
    """A status as a sign, a colour and a word."""
    return format_html('<span class="chip {}">{}</span>', status, Status(status).label)


@register.simple_tag
def light_chip(lit: Lit) -> SafeString:
    """A light as a shape and a colour, with its reason in words; else its name for a screen reader."""
    name, reason = escape(label(lit.light)), escape(lit.reason)
    heard = f"{name} " if reason else name
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<span class="lamp {lit.light.value}" title="{name}">'
        f'<span class="hidden-visually">{heard}</span>{reason}</span>'
    )


@register.filter
def marks(text: str, words: Iterable[str]) -> SafeString:
    """The text with each of these words marked, wherever it occurs."""
    any_of = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    # With a group, every second part is one of the words.
    parts = re.split(f"({any_of})", text, flags=re.IGNORECASE)
    forms = ("{}", "<mark>{}</mark>")
    return format_html_join("", "{}", ((format_html(forms[n % 2], part),) for n, part in enumerate(parts)))


@register.simple_tag
def bar(counts: Counts) -> SafeString:
    """A stacked bar of a group's statuses; a screen reader hears the counts."""
    labels = {status: escape(str(status.label)) for status in Status}
    return mark_safe(bar_of(counts, labels))  # noqa: S308 - every text in it is escaped


def bar_of(counts: Counts, labels: Mapping[Status, str]) -> str:
    """The same, with the names of the statuses as HTML."""
    parts, start, total = [], 0.0, counts.total
    there = [(status, count) for status in Status if (count := counts.by_status[status])]
    for status, count in there:
        width = 100 * count / total
        parts.append(f'<rect class="{status.value}" x="{start:.3f}" y="0" width="{width:.3f}" height="10"/>')
        start += width
    words = escape(_(", ")).join([f"{labels[status]} {count}" for status, count in there])
    words = words or escape(_("no items"))
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{words}">{"".join(parts)}</svg>'
    )
