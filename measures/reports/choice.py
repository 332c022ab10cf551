"""How a reader wants a report laid out: its parts, its title, whom it goes to. No part of its data."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from measures.reports.text.model import PART_LABELS, TextPart
from measures.texts import Label

CHOSEN_LIMIT = 60  # characters of a title or a name: three lines of a title


class Annex(StrEnum):
    """What may follow the text. `UNCHANGED` adds rows to the ledger."""

    LEDGER = "ledger"
    UNCHANGED = "unchanged"
    FIGURES = "figures"
    HISTORY = "history"


REPORT_PARTS: dict[str, Label] = {
    **{part.value: label for part, label in PART_LABELS.items()},
    Annex.LEDGER.value: _("Annex: ledger of the items"),
    Annex.UNCHANGED.value: _("in it, items without change too"),
    Annex.FIGURES.value: _("Annex: figures by pillar, section and owner"),
    Annex.HISTORY.value: _("Annex: what moved, and every item in full"),
}
USUAL_PARTS = (*(part.value for part in TextPart), Annex.LEDGER.value)


@dataclass(frozen=True)
class Choice:
    """`title`, `to` and `signed` are empty for what the report itself says."""

    title: str = ""
    to: str = ""
    signed: str = ""
    parts: tuple[str, ...] = USUAL_PARTS


DEFAULT_CHOICE = Choice()
EVERYTHING = Choice(parts=tuple(REPORT_PARTS))
