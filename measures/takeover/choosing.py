"""Which column is what: by the words of its heading and by what its cells look like."""

import re
from collections.abc import Mapping
from dataclasses import replace

from openpyxl.utils import get_column_letter

from measures.takeover.columns import LedgerColumn
from measures.takeover.contents import Looks
from measures.takeover.corrections import MOST_LEVELS, corrected_column
from measures.takeover.fitting import bonus, is_phone, role_by_contents, worth
from measures.takeover.headings import UP_TO, Guess, Means
from measures.takeover.options import Options
from measures.takeover.tables import HeadingBlock
from measures.takeover.tasks import choose_measure

SINGLE = [
    Means.NUMBER,
    Means.LEADER,
    Means.DUE,
    Means.PROBLEMS,
    Means.NEXT_STEPS,
    Means.TARGET,
    Means.REMARK,
]
# How sure it is at most that a column is an extra one which another took the place of.
LOST = 0.55
TELLING = {Means.PROGRESS, Means.PROBLEMS, Means.NEXT_STEPS}


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


class Choosing(Options):
    """The columns of one table while their parts are chosen."""

    def choose(self, section_levels: int) -> None:
        """One part for each column."""
        choose_measure(self)
        self._choose_units()
        self._choose_people()
        self._choose_states()
        for role in SINGLE:
            self._choose_one(role)
        self._choose_progress()
        self._by_contents()
        self._order_levels(section_levels)

    def _choose_units(self) -> None:
        for index in self.with_role(Means.SUPPORTING):
            if self.best(index).role is Means.SUPPORTING:
                self.chosen[index] = self.guess(index, Means.SUPPORTING)
        leads = sorted(
            (index for index in self.with_role(Means.LEAD)),
            key=lambda index: (-self.guess(index, Means.LEAD).sure, index),
        )
        for index in leads:
            guess = self.guess(index, Means.LEAD)
            if not self.has(Means.LEAD):
                self.chosen[index] = guess
            elif self.looks[index].unit >= 0.5 or not self.looks[index].is_known:
                self.chosen[index] = Guess(Means.SUPPORTING, 0.65)
            else:
                self.chosen[index] = Guess(Means.EXTRA, 0.5)

    def _choose_people(self) -> None:
        contacts = [
            index for index in self.with_role(Means.CONTACT) if self.best(index).role is Means.CONTACT
        ]
        phones = [index for index in contacts if is_phone(self.leaf(index), self.looks[index])]
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
                    above = not self.with_role(Means.LEADER) and not self.has(Means.LEADER)
                    self.chosen[index] = Guess(Means.LEADER if above else Means.EXTRA, 0.55)
            names = [kept]
        for index in [*names, *phones[:1]]:
            self.chosen[index] = self.guess(index, Means.CONTACT)

    def _choose_states(self) -> None:
        ticks = [index for index in self.with_role(Means.STATUS) if self.guess(index, Means.STATUS).detail]
        words = [index for index in self.with_role(Means.STATUS) if index not in ticks]
        words = [index for index in words if self.best(index).role is Means.STATUS]
        words.sort(
            key=lambda index: (
                self.looks[index].is_known,
                worth(self.looks[index]),
                self.guess(index, Means.STATUS).sure,
                -index,
            ),
            reverse=True,
        )
        if len(ticks) >= 2 and not self.has(Means.STATUS):
            for index in ticks:
                self.chosen[index] = self.guess(index, Means.STATUS)
        for index in [*words, *ticks]:
            if index in self.chosen:
                continue
            if not self.has(Means.STATUS):
                self.chosen[index] = (
                    self.guess(index, Means.STATUS) if index in words else Guess(Means.STATUS, 0.5)
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
        found = [index for index in self.with_role(role) if self.best(index).role is role]
        found.sort(key=lambda index: (-self._rank(index, role), index))
        for index in found:
            if self.has(role):
                others = [
                    option
                    for option in self.options[index]
                    if option.role is not role
                    and not self.has(option.role)
                    and option.role is not Means.MEASURE
                ]
                self.chosen[index] = others[0] if others else Guess(Means.EXTRA, 0.55)
            else:
                self.chosen[index] = self.guess(index, role)

    def _rank(self, index: int, role: Means) -> float:
        return self.guess(index, role).sure + bonus(role, self.looks[index], self.leaf(index))

    def _choose_progress(self) -> None:
        for index in self.with_role(Means.PROGRESS):
            guess = self.guess(index, Means.PROGRESS)
            if self.best(index).role is not Means.PROGRESS and not guess.detail:
                continue
            taken = any(
                other.role is Means.PROGRESS and other.detail == guess.detail
                for other in self.chosen.values()
            )
            if taken and index in self.with_role(Means.STATUS) and not self.has(Means.STATUS):
                guess = Guess(Means.STATUS, 0.5)
            elif taken:
                guess = Guess(Means.EXTRA, 0.5)
            self.chosen[index] = guess
        states = [index for index, guess in self.chosen.items() if guess.detail.startswith(UP_TO)]
        for index in states:
            detail = self.chosen[index].detail.removeprefix(UP_TO) if len(states) > 1 else ""
            self.chosen[index] = replace(self.chosen[index], detail=detail)
        for index in self.with_role(Means.LEVEL):
            if self.best(index).role is Means.LEVEL:
                self.chosen[index] = self.guess(index, Means.LEVEL)

    def _by_contents(self) -> None:
        """Columns whose headings say nothing that is understood, or that have none.

        So with a text of which the heading says what another column is already.
        """
        measure = next((index for index in self.looks if self.column(index).role is Means.MEASURE), 0)
        for index, looks in self.looks.items():
            chosen = self.chosen.get(index)
            is_lost = chosen is not None and chosen.role is Means.EXTRA and chosen.sure <= LOST
            if index in self.fixed or not looks.is_known:
                continue
            if not is_lost and (chosen or self.options[index]):
                continue
            role = role_by_contents(
                looks, is_named=bool(self.heading.names.get(index)), is_first=index < measure
            )
            if is_lost and role not in TELLING:
                continue
            if role is Means.LEAD and self.has(role) and self._follows_lead(index):
                role = Means.SUPPORTING
            if role and (role is Means.LEVEL or not self.has(role)):
                self.chosen[index] = Guess(role, 0.5)

    def _follows_lead(self, index: int) -> bool:
        """Whether a column comes right after that of the units that lead."""
        return index - 1 in self.looks and self.column(index - 1).role is Means.LEAD

    def _is_aside(self, index: int) -> bool:
        """Whether a column of kinds comes after the measures, which other columns before them divide."""
        roles = [self.column(other).role for other in self.looks if other < index]
        return Means.LEVEL in roles and Means.MEASURE in roles[roles.index(Means.LEVEL) :]

    def _order_levels(self, section_levels: int) -> None:
        levels = [index for index in self.looks if self.column(index).role is Means.LEVEL]
        free = [index for index in levels if index not in self.fixed]
        for index in [index for index in free if self._is_aside(index)]:
            self.chosen[index] = Guess(Means.EXTRA, 0.6)
            free.remove(index)
        taken = {self.fixed[index].detail for index in levels if index in self.fixed}
        room = [name for name in map(str, range(section_levels + 1, MOST_LEVELS + 1)) if name not in taken]
        # Of more levels than there is room for, the coarsest and the one next to the measure are kept.
        kept = free if len(free) <= len(room) else [*free[: len(room) - 1], *free[-1:]] if room else []
        for index, detail in zip(kept, room, strict=False):
            self.chosen[index] = replace(self.chosen[index], detail=detail)
        for index in free:
            if index not in kept:
                self.chosen[index] = Guess(Means.EXTRA, 0.5)
