"""The shared pieces that need more than an include: chips, bars, links that keep the address's state."""

import re
from collections.abc import Iterable
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
    return format_html(
        '<span class="lamp {}" title="{}"><span class="hidden-visually">{}</span>{}</span>',
        lit.light,
        lit.light.label,
        f"{lit.light.label} " if lit.reason else lit.light.label,
        lit.reason,
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
    parts, start = [], 0.0
    there = [one for one in counts.statuses if one.count]
    for one in there:
        width = 100 * one.count / one.total
        parts.append(f'<rect class="{one.status}" x="{start:.3f}" y="0" width="{width:.3f}" height="10"/>')
        start += width
    words = escape(_(", ").join(f"{one.status.label} {one.count}" for one in there) or _("no items"))
    return mark_safe(  # noqa: S308 - every text in it is escaped
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{words}">{"".join(parts)}</svg>'
    )


@register.simple_tag
def counted_row(counts: Counts, kind: str, list_address: str, row_class: str) -> SafeString:
    """A row of the overview: a pillar or section, as `kind` says. Each figure leads to what it counts."""
    code, faint = escape(counts.code), (" nought", "")  # zeros are drawn faintly
    address = f"{list_address}?{kind}={code}"
    statuses = "".join(
        [
            f'<td class="number spare{faint[one.count > 0]}">'
            f'<a href="{address}&amp;status={one.status}">{one.count}</a></td>'
            for one in counts.statuses
        ]
    )
    late = ' class="late"' if counts.overdue else ""
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<tr class="{row_class}">'
        f'<th scope="row"><a href="{address}">{code} {escape(counts.title)}</a></th>'
        f'<td class="bar-cell">{bar(counts)}</td>'
        f'<td class="number"><a href="{address}">{counts.total}</a></td>{statuses}'
        f'<td class="number{faint[counts.overdue > 0]}">'
        f'<a{late} href="{address}&amp;due=overdue">{counts.overdue}</a></td></tr>\n'
    )
