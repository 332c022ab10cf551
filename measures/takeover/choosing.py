"""Which column is what: by the words of its heading and by what its cells look like."""

import re
from collections.abc import Mapping
from dataclasses import replace

from openpyxl.utils import get_column_letter

from measures.takeover.columns import LedgerColumn
from measures.takeover.contents import Looks
from measures.takeover.corrections import LEVELS, corrected_column
from measures.takeover.fitting import bonus, fitted, is_phone, role_by_contents, worth
from measures.takeover.headings import UP_TO, Guess, Means, guesses
from measures.takeover.tables import HeadingBlock
from measures.takeover.texts import heading_text

SINGLE = [
    Means.NUMBER,
    Means.LEADER,
    Means.DUE,
    Means.PROBLEMS,
    Means.NEXT_STEPS,
    Means.TARGET,
    Means.REMARK,
]


def columns_of(
    heading: HeadingBlock, looks: Mapping[int, Looks], corrections: Mapping[str, str], section_levels: int
) -> list[LedgerColumn]:
    """Each column with what it probably is. `corrections` name the parts of columns by their letters."""
    found = Choosing(heading, looks)
    for column in looks:
        if name := corrections.get(get_column_letter(column)):
            found.fixed[column] = corrected_column(column, heading.title(column), name)
    found.choose(section_levels)
    return [found.column(index) for index in looks]


class Choosing:
    """The columns of one table while their parts are chosen."""

    def __init__(self, heading: HeadingBlock, looks: Mapping[int, Looks]) -> None:
        self.heading, self.looks = heading, looks
        self.fixed: dict[int, LedgerColumn] = {}
        self.options = {index: self._options(index) for index in looks}
        self.chosen: dict[int, Guess] = {}

    def column(self, index: int) -> LedgerColumn:
        if index in self.fixed:
            return self.fixed[index]
        guess = self.chosen.get(index, Guess(Means.EXTRA, 0.7 if self.heading.title(index) else 0.3))
        return LedgerColumn(index, self.heading.title(index), guess.role, guess.detail, guess.sure)

    def _options(self, index: int) -> list[Guess]:
        names = self.heading.names.get(index, ())
        options = guesses(names[-1], names[:-1]) if names else []
        return fitted(options, self.looks[index], heading_text(names[-1]) if names else "")

    def _with(self, role: Means) -> list[int]:
        return [
            index
            for index, options in self.options.items()
            if index not in self.fixed
            and index not in self.chosen
            and any(option.role is role for option in options)
        ]

    def _guess(self, index: int, role: Means) -> Guess:
        return max(
            (option for option in self.options[index] if option.role is role), key=lambda option: option.sure
        )

    def _has(self, role: Means) -> bool:
        return any(column.role is role for column in self.fixed.values()) or any(
            guess.role is role for guess in self.chosen.values()
        )

    def choose(self, section_levels: int) -> None:
        """One part for each column."""
        self._choose_measure()
        self._choose_units()
        self._choose_people()
        self._choose_states()
        for role in SINGLE:
            self._choose_one(role)
        self._choose_progress()
        self._by_contents()
        self._order_levels(section_levels)

    def _choose_measure(self) -> None:
        tasks = [index for index in self._with(Means.MEASURE) if self._best(index).role is Means.MEASURE]
        weak = [
            index
            for index in self._with(Means.MEASURE)
            if index not in tasks and self._best(index).role is not Means.EXTRA
        ]
        tasks = tasks or self._finest_level()
        if self._has(Means.MEASURE):
            measure = next(index for index, column in self.fixed.items() if column.role is Means.MEASURE)
        elif tasks or weak:
            measure = max(tasks or weak, key=self._fineness)
            self.chosen[measure] = self._guess(measure, Means.MEASURE)
        else:
            measure = self._longest()
            if not measure:
                return
            self.chosen[measure] = Guess(Means.MEASURE, 0.5)
        for index in [*tasks, *(weak if tasks else [])]:
            if index in self.chosen:
                continue
            guess = self._guess(index, Means.MEASURE)
            is_problem = any(option.role is Means.PROBLEMS for option in self.options[index])
            if index < measure and (index in tasks or (is_problem and self._stands_before_dates(index))):
                self.chosen[index] = Guess(Means.LEVEL, guess.sure)
            elif index in tasks and is_problem:
                self.chosen[index] = Guess(Means.PROBLEMS, 0.6)
            elif index in tasks:
                if any(option.role not in {Means.MEASURE, Means.EXTRA} for option in self.options[index]):
                    continue
                self.chosen[index] = Guess(Means.EXTRA, 0.5)

    def _finest_level(self) -> list[int]:
        """The last of several levels, where it is what the others are levels of."""
        levels = [index for index in self._with(Means.LEVEL) if self._best(index).role is Means.LEVEL]
        looks = self.looks[levels[-1]] if levels else None
        if looks is None or looks.grouped or looks.distinct < 0.7 or looks.length < 5 or looks.filled < 0.7:
            return []
        self.options[levels[-1]] = [Guess(Means.MEASURE, 0.7, 2)]
        return levels[-1:]

    def _stands_before_dates(self, index: int) -> bool:
        others = [
            other
            for other in self.options
            if self._best(other).role in {Means.DUE, Means.STATUS, Means.PROGRESS}
        ]
        return not others or index < min(others)

    def _fineness(self, index: int) -> tuple[float, ...]:
        guess, looks = self._guess(index, Means.MEASURE), self.looks[index]
        empty = looks.rows > 2 and looks.filled < 0.3
        return (
            -1 if empty else guess.fine,
            not looks.grouped,
            round(looks.distinct, 1),
            looks.length,
            -index,
        )

    def _longest(self) -> int:
        texts = [
            index
            for index, looks in self.looks.items()
            if index not in self.fixed
            and not self.options[index]
            and looks.length >= 7
            and looks.distinct > 0.6
            and looks.filled > 0.6
        ]
        texts = texts or [
            index
            for index, looks in self.looks.items()
            if index not in self.fixed
            and looks.length >= 4
            and looks.filled > 0.5
            and max(looks.numeric, looks.dated, looks.unit, looks.status, looks.person, looks.phone) < 0.5
            and self._best(index).role in {Means.EXTRA, Means.TARGET, Means.PROBLEMS}
        ]
        return max(texts, key=lambda index: (self.looks[index].filled, self.looks[index].length), default=0)

    def _best(self, index: int) -> Guess:
        return max(self.options[index], key=lambda option: option.sure, default=Guess(Means.EXTRA, 0))

    def _choose_units(self) -> None:
        for index in self._with(Means.SUPPORTING):
            if self._best(index).role is Means.SUPPORTING:
                self.chosen[index] = self._guess(index, Means.SUPPORTING)
        leads = sorted(
            (index for index in self._with(Means.LEAD)),
            key=lambda index: (-self._guess(index, Means.LEAD).sure, index),
        )
        for index in leads:
            guess = self._guess(index, Means.LEAD)
            if not self._has(Means.LEAD):
                self.chosen[index] = guess
            elif self.looks[index].unit >= 0.5 or not self.looks[index].is_known:
                self.chosen[index] = Guess(Means.SUPPORTING, 0.65)
            else:
                self.chosen[index] = Guess(Means.EXTRA, 0.5)

    def _choose_people(self) -> None:
        contacts = [index for index in self._with(Means.CONTACT) if self._best(index).role is Means.CONTACT]
        phones = [index for index in contacts if is_phone(self._leaf(index), self.looks[index])]
        names = [index for index in contacts if index not in phones]
        if len(names) > 1:
            # Of several persons the one to be reached is the contact; who answers for the work stands above.
            reached = [
                index
                for index in names
                if re.search(
                    r"联系|联络|经办|承办|contact|officer|姓名",
                    "/".join(self.heading.names.get(index, ())).lower(),
                )
            ]
            kept = (reached or names)[-1]
            for index in names:
                if index != kept:
                    above = not self._with(Means.LEADER) and not self._has(Means.LEADER)
                    self.chosen[index] = Guess(Means.LEADER if above else Means.EXTRA, 0.55)
            names = [kept]
        for index in [*names, *phones[:1]]:
            self.chosen[index] = self._guess(index, Means.CONTACT)

    def _choose_states(self) -> None:
        ticks = [index for index in self._with(Means.STATUS) if self._guess(index, Means.STATUS).detail]
        words = [index for index in self._with(Means.STATUS) if index not in ticks]
        words = [index for index in words if self._best(index).role is Means.STATUS]
        words.sort(
            key=lambda index: (
                self.looks[index].is_known,
                worth(self.looks[index]),
                self._guess(index, Means.STATUS).sure,
                -index,
            ),
            reverse=True,
        )
        if len(ticks) >= 2 and not self._has(Means.STATUS):
            for index in ticks:
                self.chosen[index] = self._guess(index, Means.STATUS)
        for index in [*words, *ticks]:
            if index in self.chosen:
                continue
            if not self._has(Means.STATUS):
                self.chosen[index] = (
                    self._guess(index, Means.STATUS) if index in words else Guess(Means.STATUS, 0.5)
                )
            elif (
                index in words
                and (progress := [option for option in self.options[index] if option.role is Means.PROGRESS])
                and self.looks[index].numeric < 0.5
            ):
                self.options[index] = progress
            else:
                self.chosen[index] = Guess(Means.EXTRA, 0.65)

    def _choose_one(self, role: Means) -> None:
        found = [index for index in self._with(role) if self._best(index).role is role]
        found.sort(key=lambda index: (-self._rank(index, role), index))
        for index in found:
            if self._has(role):
                others = [
                    option
                    for option in self.options[index]
                    if option.role is not role
                    and not self._has(option.role)
                    and option.role is not Means.MEASURE
                ]
                self.chosen[index] = others[0] if others else Guess(Means.EXTRA, 0.55)
            else:
                self.chosen[index] = self._guess(index, role)

    def _rank(self, index: int, role: Means) -> float:
        return self._guess(index, role).sure + bonus(role, self.looks[index], self._leaf(index))

    def _leaf(self, index: int) -> str:
        return heading_text("/".join(self.heading.names.get(index, ())[-1:]))

    def _choose_progress(self) -> None:
        for index in self._with(Means.PROGRESS):
            guess = self._guess(index, Means.PROGRESS)
            if self._best(index).role is not Means.PROGRESS and not guess.detail:
                continue
            taken = any(
                other.role is Means.PROGRESS and other.detail == guess.detail
                for other in self.chosen.values()
            )
            self.chosen[index] = Guess(Means.EXTRA, 0.5) if taken else guess
        states = [index for index, guess in self.chosen.items() if guess.detail.startswith(UP_TO)]
        for index in states:
            detail = self.chosen[index].detail.removeprefix(UP_TO) if len(states) > 1 else ""
            self.chosen[index] = replace(self.chosen[index], detail=detail)
        for index in self._with(Means.LEVEL):
            if self._best(index).role is Means.LEVEL:
                self.chosen[index] = self._guess(index, Means.LEVEL)

    def _by_contents(self) -> None:
        """Columns whose headings say nothing that is understood, or that have none."""
        for index, looks in self.looks.items():
            if index in self.chosen or index in self.fixed or self.options[index] or not looks.is_known:
                continue
            role = role_by_contents(looks, is_named=bool(self.heading.names.get(index)))
            if role and (role is Means.LEVEL or not self._has(role)):
                self.chosen[index] = Guess(role, 0.5)

    def _order_levels(self, section_levels: int) -> None:
        levels = [index for index in self.looks if self.column(index).role is Means.LEVEL]
        free = [index for index in levels if index not in self.fixed]
        taken = {self.fixed[index].detail for index in levels if index in self.fixed}
        room = [name for name in map(str, range(section_levels + 1, LEVELS + 1)) if name not in taken]
        # Of more levels than there is room for, the coarsest and the one next to the measure are kept.
        kept = free if len(free) <= len(room) else [*free[: len(room) - 1], *free[-1:]] if room else []
        for index, detail in zip(kept, room, strict=False):
            self.chosen[index] = replace(self.chosen[index], detail=detail)
        for index in free:
            if index not in kept:
                self.chosen[index] = Guess(Means.EXTRA, 0.5)
