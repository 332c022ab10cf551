"""What is above and below the content of every page, drawn in code because every page has it.

By a template it took as long as a page of rows.
"""

from html import escape  # Django's own asks of each text whether it is lazy

from django import template
from django.template import Context
from django.template.defaulttags import CsrfTokenNode
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measures.models import Checklist
from measures.models.people import person_name
from measures.templatetags.taizhang import help_address, languages

register = template.Library()

NEXT_LIMIT = 2048


def csrf_field(context: Context) -> str:
    """As `{% csrf_token %}`."""
    return str(CsrfTokenNode().render(context))


def _is_signed_in(context: Context) -> bool:
    return bool(getattr(context.get("user"), "is_authenticated", False))


def _link(name: str, words: str, more: str = "", *place: str) -> str:
    return f'<a href="{reverse(name, args=place)}"{more}>{escape(words)}</a>'


@register.simple_tag(takes_context=True)
def page_top(context: Context) -> SafeString:
    """The bar with the way home, the checklist's pages, search, help and menus."""
    signed_in, home = _is_signed_in(context), reverse("home")
    skip, brand = escape(_("Skip to the content")), escape(_("Taizhang"))
    drawn = [
        f'<a class="skip" href="#content">{skip}</a>\n'
        f'<header class="top"><div class="top-inner">\n<a class="brand" href="{home}">'
        f'<img src="{static("measures/mark.svg")}" alt="" width="24" height="24"><span>{brand}</span></a>\n'
    ]
    if signed_in:
        drawn.append(_todo(context, home))
    if checklist := context.get("checklist"):
        drawn.append(_places(checklist, str(context.get("tab", ""))))
    drawn.append('<div class="tools">\n')
    if signed_in and context.get("tab") != "search":
        drawn.append(_search())
    words = _("Help")
    drawn.append(f'<a class="help-link" href="{help_address(context)}">{escape(words)}</a>\n')
    drawn += [_language_menu(context), _theme_menu(context)]
    if signed_in:
        drawn.append(_own_menu(context))
    drawn.append("</div></div></header>\n")
    return mark_safe("".join(drawn))  # noqa: S308 - every text in it is escaped


def _present(tab: str, name: str) -> str:
    return ' aria-current="page"' if tab == name else ""


def _todo(context: Context, home: str) -> str:
    title = _("Counted: chased or returned items, applications to decide, assignments to answer")
    count = context.get("waiting_count")
    number = count() if callable(count) else count
    words = escape(_("To-do"))
    badge = f' <b class="badge">{number}</b>' if number else ""
    present = _present(str(context.get("tab", "")), "todo")
    return (
        f'<a class="todo-link" href="{home}"{present} title="{escape(title)}">'
        f"<span>{words}</span>{badge}</a>\n"
    )


def _places(checklist: Checklist, tab: str) -> str:
    """The checklist's name and its pages."""
    pages = [("overview", _("Overview"))]
    if getattr(checklist, "has_units", False):
        pages.append(("units", _("Roll-up")))
    pages += [
        ("items", _("Items")),
        ("report", _("Report")),
        ("periods", _("Reporting periods")),
        ("batches", _("Batches")),
        ("below", pgettext("tab", "Below")),
    ]
    slug, label = checklist.slug, escape(_("Checklist"))
    links = "".join([f"<li>{_link(name, words, _present(tab, name), slug)}</li>\n" for name, words in pages])
    return (
        f'<div class="place">{_link("overview", checklist.name, "", slug)}</div>\n'
        f'<nav aria-label="{label}"><ul class="nav">\n{links}</ul></nav>\n'
    )


def _search() -> str:
    address, words = reverse("search"), escape(_("Search everything"))
    title = escape(_("Items, progress entries, units, checklists. Key: /"))
    glass = '<span class="glass" aria-hidden="true"></span>'
    return (
        f'<form class="search" role="search" aria-label="{words}" action="{address}">\n{glass}\n'
        f'<input type="search" name="q" maxlength="100" data-search aria-keyshortcuts="/" '
        f'aria-label="{words}" placeholder="{words}" title="{title}">\n</form>\n'
        f'<a class="search-link" href="{address}" data-search-link aria-label="{words}">{glass}</a>\n'
    )


def _menu(words: str, name: str, context: Context, buttons: str) -> str:
    """A menu whose buttons send a form that comes back to this page."""
    request = context.get("request")
    back = escape(request.get_full_path()[:NEXT_LIMIT]) if request else ""
    return (
        f'<details class="menu">\n<summary>{escape(words)}</summary>\n'
        f'<form class="menu-body" method="post" action="{reverse(name)}">\n'
        f'{csrf_field(context)}<input type="hidden" name="next" value="{back}">\n{buttons}</form></details>\n'
    )


def _button(name: str, value: str, words: str, *, pressed: bool, more: str = "") -> str:
    state = "true" if pressed else "false"
    return f'<button name="{name}" value="{value}"{more} aria-pressed="{state}">{escape(words)}</button>\n'


def _language_menu(context: Context) -> str:
    present = get_language()
    buttons = [
        _button("language", code, name, pressed=code == present, more=f' lang="{code}"')
        for code, name in languages()
    ]
    return _menu(_("Language"), "language", context, "".join(buttons))


def _theme_menu(context: Context) -> str:
    themes = {"": _("As the system"), "light": pgettext("theme", "Light"), "dark": pgettext("theme", "Dark")}
    present = context.get("theme") or ""
    buttons = [_button("theme", key, words, pressed=key == present) for key, words in themes.items()]
    return _menu(_("Theme"), "theme", context, "".join(buttons))


def _own_menu(context: Context) -> str:
    """What is the user's own, and what only some may open."""
    user, staff = context["user"], context.get("makes_accounts") and context["user"].is_staff
    help_words, sign_out = escape(_("Help")), escape(_("Sign out"))
    links = [
        f'<a class="help-in-menu" href="{help_address(context)}">{help_words}</a>',
        _link("checklists", _("My checklists")),
        _link("catalogues", _("Catalogues")),
        _link("audit", _("Audit trail")) if context.get("reads_audit") else "",
        _link("doctor", _("State of the site")) if user.is_superuser else "",
        _link("account-requests", _("Accounts asked for")) if staff else "",
        _link("admin:index", _("Administration")) if context.get("opens_admin") else "",
        _link("reminders", _("My reminders")),
        _link("two-factor", _("Second factor")),
        _link("sessions", _("Where I am signed in")),
        _link("password", _("Change password")),
    ]
    shown = "\n".join([link for link in links if link])
    return (
        f'<details class="menu">\n<summary>{escape(person_name(user))}</summary>\n'
        f'<div class="menu-body">\n{shown}\n<hr>\n'
        f'<form method="post" action="{reverse("sign-out")}">{csrf_field(context)}'
        f"<button>{sign_out}</button></form>\n</div>\n</details>\n"
    )


@register.simple_tag(takes_context=True)
def page_end(context: Context) -> SafeString:
    """The words for what was typed and not saved, for a script, and the foot."""
    words = {
        "back": _("Your session had ended. What you typed is in the form again: check it and save it."),
        "lost": _("This was not saved. Copy it, or open the page on which you typed it."),
        "other": _(
            "This was typed in this tab with another account and was not saved. "
            "It is discarded when the tab is closed."
        ),
        "label": _("What you typed"),
    }
    said = "".join([f' data-{name}="{escape(text)}"' for name, text in words.items()])
    again, discard = escape(_("Open the page again")), escape(_("Discard"))
    brand, motto = escape(_("Taizhang")), escape(_("Taizhang: a ledger for policy measures"))
    release = f"<span>{brand} {escape(str(context.get('release', '')))}</span>\n"
    return mark_safe(  # noqa: S308 - every text in it is escaped
        f'<template data-typed-words{said}>\n<div class="note warning stack" role="alert">\n<p></p>\n'
        f'<div class="actions">\n<a class="button small" href="">{again}</a>\n'
        f'<button class="button small plain" type="button">{discard}</button>\n'
        "</div>\n</div>\n</template>\n"
        '<footer class="foot"><div class="foot-inner">\n'
        f"<span>{motto}</span>\n"
        f"{release if _is_signed_in(context) else ''}</div></footer>\n"
    )
