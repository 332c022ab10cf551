"""Cells → values: statuses, owners, texts, versions and reasons."""

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from measures.choices import Status
from measures.models import Owner
from measures.models.entries import ENTRY_LIMIT
from measures.models.people import in_key_order
from measures.models.state import StateField
from measures.sheets.words import (
    EMPTY,
    NotUnderstood,
    as_words,
    known_statuses,
    on_one_line,
    plain,
    trimmed,
    words_for_nobody,
)
from measures.texts import REASON_LIMIT

BETWEEN = re.compile(r"[、，,；;\r\n]")  # units in one cell


class NoSuchOwner(NotUnderstood):
    """A name that no owner has."""


def status_of(cell: object) -> Status:
    if found := known_statuses().get(plain(cell)):
        return found
    raise NotUnderstood(
        _("Unknown status. Write one of: %(labels)s.")
        % {"labels": _(", ").join(str(status.label) for status in Status)}
    )


def owner_of(cell: object, owners: Collection[Owner], keys: Mapping[str, int]) -> Owner | None:
    """The owner of this name, or None for nobody. An exact name goes before one that only looks the same.

    A name of the export's own list means the owner that had it then, whatever it is called now.
    """
    if as_words(cell) in keys:
        wanted = keys[as_words(cell)]
        if known := next((owner for owner in owners if owner.pk == wanted), None):
            return known
    for spelling in (as_words, lambda name: as_words(name).strip(), plain):
        name = spelling(cell)
        alike = [owner for owner in owners if spelling(owner.name) == name]
        if len(alike) == 1:
            return alike[0]
    if not alike and plain(cell) in words_for_nobody():
        return None
    raise NoSuchOwner(_("Unknown owner. An administrator of the checklist can add owners."))


def units_of_cell(cell: object, owners: Collection[Owner], keys: Mapping[str, int]) -> tuple[Owner, ...]:
    """The units that a cell names, joined by 、 or the like, or one on each line."""
    units, unknown = [], []
    for name in filter(None, map(str.strip, BETWEEN.split(as_words(cell)))):
        try:
            unit = owner_of(name, owners, keys)
        except NoSuchOwner:
            unknown.append(name)
        else:
            units += [unit] if unit else []
    if unknown:
        raise NotUnderstood(
            _("Unknown units: %(names)s. An administrator of the checklist can add owners.")
            % {"names": _(", ").join(unknown)[:200]}
        )
    return in_key_order(units)


def text_of(cell: object, one: StateField) -> str:
    """Return the text of this field; on one line unless it is a long text."""
    text = trimmed(as_words(cell)) if one.is_long else on_one_line(cell)
    if one.limit and len(text) > one.limit:
        raise NotUnderstood(
            _("The text is too long. Keep it to %(limit)d characters.") % {"limit": one.limit}
        )
    return text


def version_of(cell: object) -> int | None:
    text = plain(cell)
    if text in EMPTY:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise NotUnderstood(_("Not a version. Leave this column as the export wrote it."))
    return int(text)


def reason_of(cell: object) -> str:
    reason = on_one_line(cell)
    if len(reason) > REASON_LIMIT:
        raise NotUnderstood(_("The reason is too long. Keep it to 500 characters."))
    return reason


def entry_text_of(cell: object) -> str:
    """A text of an entry, within its limit."""
    text = trimmed(as_words(cell))
    if len(text) > ENTRY_LIMIT:
        raise NotUnderstood(_("This text is too long. Keep it to 5,000 characters."))
    return text
