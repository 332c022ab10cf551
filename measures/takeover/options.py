"""The parts that each column of a table may play, and those that were chosen."""

from collections.abc import Mapping

from measures.takeover.columns import LedgerColumn
from measures.takeover.contents import Looks
from measures.takeover.fitting import fitted
from measures.takeover.headings import Guess, Means, guesses
from measures.takeover.tables import HeadingBlock
from measures.takeover.texts import heading_text


class Options:
    """`fixed` are the columns of which people said what they are; `chosen` what was guessed of others."""

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

    def with_role(self, role: Means) -> list[int]:
        return [
            index
            for index, options in self.options.items()
            if index not in self.fixed
            and index not in self.chosen
            and any(option.role is role for option in options)
        ]

    def guess(self, index: int, role: Means) -> Guess:
        return max(
            (option for option in self.options[index] if option.role is role), key=lambda option: option.sure
        )

    def has(self, role: Means) -> bool:
        return any(column.role is role for column in self.fixed.values()) or any(
            guess.role is role for guess in self.chosen.values()
        )

    def best(self, index: int) -> Guess:
        return max(self.options[index], key=lambda option: option.sure, default=Guess(Means.EXTRA, 0))

    def leaf(self, index: int) -> str:
        return heading_text("/".join(self.heading.names.get(index, ())[-1:]))
