"""How each item of the demo fares: a plot for it, and the steps of that plot on days before `until`.

Everything follows from the measure's code and the day on which the demo ends: the same again is the same.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from measures.choices import Cadence, Status
from measures.demo import words
from measures.models import Measure
from measures.models.state import StateValue

PLOT_DAYS = 182  # half a year
HANDED_OUT = -178

# What people would look at the demo for. Everything else follows from its cadence.
SPECIAL = {
    "blocked": {"3.1.4", "4.3.3", "1.3.8", "2.1.5", "3.3.3", "4.2.14"},
    "late": {"1.2.4", "2.2.8", "3.1.10", "4.1.7", "3.2.8", "2.1.10"},
    "late and not started": {"1.3.7", "4.3.6", "2.1.7"},
    "soon": {"1.1.7", "2.1.2", "3.1.12", "4.1.3", "4.2.7", "2.2.1"},
    "silent": {"1.1.9", "2.3.4", "3.1.9", "4.2.2", "2.2.7", "3.3.7"},
    "moved": {"1.1.11", "3.1.11", "4.3.1", "4.1.9"},
    "resumed": {"2.2.2", "3.1.1", "2.2.6"},
    "dropped": set(words.DROPPED),
    # These become standing by one bulk edit.
    "together": {"3.2.3", "3.2.4", "3.2.5", "3.2.7", "3.2.9"},
    "not started": {
        *("1.1.13", "1.2.6", "1.3.3", "1.3.5", "2.1.8", "2.3.8", "3.1.8", "3.3.4", "3.3.8", "4.1.8", "4.2.9"),
        *("1.3.2", "2.3.1", "3.1.13", "3.3.2", "4.2.4", "4.3.5"),
    },
}
PLOTS = {code: plot for plot, codes in SPECIAL.items() for code in codes}
# The days, counted from the end, between which the last word on an item falls.
LAST = {
    "blocked": (-45, -6),
    "late": (-40, -9),
    "soon": (-20, -2),
    "silent": (-100, -64),
    "moved": (-12, -2),
    "resumed": (-9, -1),
    "dropped": (-70, -50),
    "done": (-90, -1),
    "standing": (-34, -1),
    "running": (-38, -1),
    "together": (-66, -58),
}
DUE = {
    "blocked": (-25, 60),
    "late": (-50, -8),
    "late and not started": (-30, -5),
    "soon": (3, 12),
    "moved": (-30, -20),
    "done": (-60, 30),
    "running": (20, 110),
    "resumed": (20, 80),
    "not started": (35, 120),
    "silent": (40, 120),
}


@dataclass(frozen=True)
class Step:
    """One update of one item. What is left out stays as it is; a note goes below the notes."""

    code: str
    at: datetime
    status: Status | None = None
    due: date | None = None
    note: str = ""
    reason: str = ""
    by_office: bool = False

    @property
    def values(self) -> dict[str, StateValue]:
        """What it changes of the item's state."""
        values: dict[str, StateValue] = {}
        if self.status:
            values["status"] = self.status
        if self.due:
            values["due"] = self.due
        return values


@dataclass(frozen=True)
class Days:
    """Days counted from the one on which the demo ends."""

    until: date

    def at_work(self, number: int) -> date:
        """The day of this number, or the working day before it."""
        day = self.until + timedelta(days=number)
        while day.weekday() > 4:
            day -= timedelta(days=1)
        return day

    def moment(self, number: int, minutes: int = 30) -> datetime:
        """So many minutes after half past eight on that day."""
        start = datetime.combine(self.at_work(number), time(8, 30))
        return timezone.make_aware(start + timedelta(minutes=minutes))


def rng_of(code: str) -> Random:
    """Chance that is the same every time."""
    return Random(f"taizhang {code}")  # noqa: S311


def plot_of(measure: Measure) -> str:
    """How the item of this measure fares."""
    if measure.code in PLOTS:
        return PLOTS[measure.code]
    chance = rng_of(f"{measure.code} plot").random()
    if measure.cadence == Cadence.STANDING:
        return "standing" if chance < 0.85 else "running"
    return "done" if chance < (0.9 if measure.cadence == Cadence.ONCE else 0.7) else "running"


def due_of(measure: Measure, days: Days) -> date | None:
    """The due date with which the item is handed out; a permanent measure has none."""
    plot = plot_of(measure)
    if plot not in DUE or (plot == "silent" and measure.cadence == Cadence.STANDING):
        return None
    return days.at_work(rng_of(f"{measure.code} due").randint(*DUE[plot]))


def steps_of(measure: Measure, days: Days) -> list[Step]:
    """What happens to the item of this measure after it was handed out, in order."""
    plot, rng, code = plot_of(measure), rng_of(measure.code), measure.code
    if plot not in LAST:
        return []
    kind = words.kind_of(measure)
    first, last = rng.randint(-174, -140), rng.randint(*LAST[plot])
    count = 1 if plot == "dropped" else min(rng.randint(2, 5), len(kind.goes_on) - 1)
    between = sorted(rng.sample(range(first + 6, last - 3), count))
    # The same hour for all of an item's steps keeps them in order, even two on one day.
    minutes = rng.randint(0, 520)
    at = [days.moment(number, minutes + place) for place, number in enumerate([first, *between, last])]

    def say(sentences: tuple[str, ...]) -> str:
        return words.filled(rng.choice(sentences), measure, rng)

    going_on = [words.filled(one, measure, rng) for one in words.some(kind.goes_on, count + 1, rng)]
    steps = [Step(code, at[0], status=Status.IN_PROGRESS, note=say(kind.begins))]
    steps += [Step(code, moment, note=note) for moment, note in zip(at[1:], going_on, strict=True)]
    if plot == "standing":
        steps[1] = Step(code, at[1], status=Status.STANDING, note=say(kind.ends))
    elif plot == "done":
        steps[-1] = Step(code, at[-1], status=Status.DONE, note=say(kind.ends))
    elif plot == "blocked":
        steps[-1] = Step(code, at[-1], status=Status.BLOCKED, reason=rng.choice(words.BLOCKED))
    elif plot == "dropped":
        reason = words.DROPPED[code]
        steps[-1] = Step(code, at[-1], status=Status.DROPPED, reason=reason, by_office=True)
    elif plot == "resumed":
        steps[-2] = Step(code, at[-2], status=Status.BLOCKED, reason=rng.choice(words.BLOCKED))
        steps[-1] = Step(code, at[-1], status=Status.IN_PROGRESS, note=rng.choice(words.RESUMED))
    elif plot == "moved":
        later = days.at_work(rng.randint(25, 70))
        steps[-1] = Step(code, at[-1], due=later, reason=rng.choice(words.MOVED), by_office=True)
    return steps
