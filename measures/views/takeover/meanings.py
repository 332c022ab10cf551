"""What a column may be, as the selects above columns name it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measures.choices import Status
from measures.takeover.corrections import MOST_LEVELS
from measures.takeover.headings import Means
from measures.takeover.mapping import OUT

type MeaningOptions = list[tuple[str, list[tuple[str, str]]]]
MONTHS = range(1, 13)


def meanings(also: Iterable[str]) -> MeaningOptions:
    """Everything that a column may be, in groups. `also`: meanings that were read and are not usual."""
    levels = [
        (f"level{number}", _("Part, level %(number)d") % {"number": number})
        for number in range(1, MOST_LEVELS + 1)
    ]
    ticks = [
        (f"status:{status.value}", _("Tick: %(status)s") % {"status": status.label}) for status in Status
    ]
    months = [
        (f"progress:{month}月", _("Progress of month %(number)d") % {"number": month}) for month in MONTHS
    ]
    usual: MeaningOptions = [
        (
            pgettext("column", "What"),
            [
                (str(Means.MEASURE), _("Measure")),
                (str(Means.NUMBER), pgettext("column", "Number")),
                *levels,
                (str(Means.TARGET), _("Target")),
            ],
        ),
        (
            pgettext("column", "Who"),
            [
                (str(Means.LEAD), _("Lead unit")),
                (str(Means.SUPPORTING), _("Cooperating units")),
                (str(Means.LEADER), _("Leader in charge")),
                (str(Means.CONTACT), pgettext("column", "Contact")),
            ],
        ),
        (
            pgettext("column", "How far"),
            [
                (str(Means.DUE), _("Due")),
                (str(Means.STATUS), _("Status")),
                (str(Means.PROGRESS), _("Progress")),
                (str(Means.PROBLEMS), _("Problems")),
                (str(Means.NEXT_STEPS), _("Next steps")),
            ],
        ),
        (
            pgettext("column", "Other"),
            [
                (str(Means.REMARK), _("Notes")),
                (str(Means.EXTRA), _("Keep in the notes")),
                (OUT, _("Leave out")),
            ],
        ),
        (pgettext("column", "Progress by month"), months),
        (pgettext("column", "Ticks"), ticks),
    ]
    known = {name for _group, options in usual for name, _label in options}
    odd = [(name, _odd(name)) for name in dict.fromkeys(also) if name not in known]
    return [*usual, (pgettext("column", "Read as"), odd)] if odd else usual


def known_meanings(options: MeaningOptions) -> set[str]:
    return {name for _group, found in options for name, _label in found}


def _odd(name: str) -> str:
    role, _colon, detail = name.partition(":")
    if role == Means.PROGRESS:
        return _("Progress of %(period)s") % {"period": detail}
    return _("Tick: %(status)s") % {"status": detail}
