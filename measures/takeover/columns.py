"""A column and the part that it plays."""

from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from measures.takeover.headings import Means

SURE = 0.6


@dataclass(frozen=True)
class LedgerColumn:
    """One column and the part that it plays.

    `detail`: of levels 1 to 4; the period of progress; the status of ticks. `sure` from 0 to 1.
    """

    index: int
    heading: str
    role: Means
    detail: str = ""
    sure: float = 1.0
    is_corrected: bool = False

    @property
    def letter(self) -> str:
        return get_column_letter(self.index)

    @property
    def name(self) -> str:
        """The part in one word, as corrections name it: level1, progress:9月, status:done."""
        if self.role is Means.LEVEL:
            return f"level{self.detail or 1}"
        return f"{self.role}:{self.detail}" if self.detail else str(self.role)

    @property
    def is_uncertain(self) -> bool:
        return self.sure < SURE and not self.is_corrected
