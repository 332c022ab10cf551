"""Accounts that checklists ask for, for those who make accounts. One query; none for all others."""

from collections.abc import Iterable

from django.db.models import Count, Window
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from measures.lights import local_day
from measures.models import Invitation
from measures.todo.acting import Acting
from measures.todo.model import SHOWN, ListLink, TodoBlock, TodoLine, Waits


def account_blocks(acting: Acting) -> Iterable[TodoBlock]:
    """The oldest that were asked for first."""
    if not acting.makes_accounts:
        return
    asked = Invitation.objects.asked_for().order_by("pk").annotate(total=Window(Count("pk")))
    rows = asked.values_list("total", "username", "person", "checklist__name", "by_name", "at")
    address = reverse("account-requests")
    lines, waiting = [], 0
    for total, username, name, checklist, by, at in rows[:SHOWN]:
        asked_by = _("asked for by %(name)s") % {"name": by}
        said = date_format(local_day(at))
        lines.append(TodoLine(address, name or username, about=(username, checklist, asked_by), said=said))
        waiting = total
    if waiting:
        title = _("Accounts to make or return")
        yield TodoBlock(Waits.ACCOUNTS, title, waiting, lines, [ListLink(address, title, waiting)])
