"""What the cells of a column look like, whatever its heading says."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from measures.takeover.dues import is_due_like
from measures.takeover.english import is_english_person, is_english_post, is_english_unit
from measures.takeover.grid import Grid
from measures.takeover.persons import is_person
from measures.takeover.statuses import PERCENT, is_boxed, is_status_like, is_tick
from measures.takeover.telling import is_ahead, is_told, is_trouble
from measures.takeover.texts import in_one_script, says_nothing, squeezed
from measures.takeover.units import is_unit_like

LOOKED_AT = 400
PHONE = re.compile(r"(?:\d|\*){4,}|\d{3,4}-\d{4,}")
POST = re.compile(
    r"书记|常委|主任|副?[市县区省局厅处部院校所镇乡]长|部长|秘书长|主席|委员|司令|政委|总经理|总监"
)
LIGHT = re.compile(r"[红黄绿蓝橙][灯色牌]?|red|amber|green|yellow|blue|[rag]")
# The number of a rule, of a case, of a task: 第3条, R-12, 2.1.
ORDINAL = re.compile(r"第[\d一二三四五六七八九十]+[条项号款]|[A-Z]{1,5}[-.]?\d+(?:[-.]\d+)*|\d+(?:[.-]\d+)+")


@dataclass(frozen=True)
class Looks:
    """The cells of one column, and of how many of them each thing is true."""

    texts: tuple[str, ...]
    rows: int
    dated: float
    unit: float
    status: float
    numeric: float
    tick: float
    phone: float
    person: float
    post: float
    light: float
    ordinal: float
    told: float
    boxed: float
    trouble: float
    ahead: float
    grouped: bool

    @cached_property
    def filled(self) -> float:
        return len(self.texts) / self.rows if self.rows else 0.0

    @cached_property
    def length(self) -> float:
        return sum(len(squeezed(text)) for text in self.texts) / len(self.texts) if self.texts else 0.0

    @cached_property
    def distinct(self) -> float:
        return len(set(self.texts)) / len(self.texts) if self.texts else 0.0

    @property
    def counts(self) -> bool:
        """Whether the cells count 1, 2, 3 down the column."""
        return len(self.texts) >= 3 and list(self.texts) == [str(n) for n in range(1, len(self.texts) + 1)]

    @property
    def parts(self) -> bool:
        """Whether the same few short texts come in runs: what follows belongs to each."""
        texts = self.texts
        runs = 1 + sum(one != other for one, other in pairwise(texts))
        return (
            len(texts) >= 4
            and 2 <= runs <= 0.75 * len(texts)
            and runs == len(set(texts))
            and self.length <= 40
        )

    @property
    def is_known(self) -> bool:
        return len(self.texts) >= 2


def looks_of(grid: Grid, column: int, rows: list[int], year: int) -> Looks:
    """The column as these rows show it."""
    step = max(1, len(rows) // LOOKED_AT)
    looked = rows[::step]
    found = [(row, grid.own_text(row, column)) for row in looked]
    pairs = [(row, text) for row, text in found if not says_nothing(text)]
    texts = [text for _row, text in pairs]
    kinds = {text: _kinds(text) for text in set(texts)}

    def share(place: int) -> float:
        return sum(kinds[text][place] for text in texts) / len(texts) if texts else 0.0

    due = sum(is_due_like(grid.spread[row].get(column), text, year, grid.epoch) for row, text in pairs)
    first_rows = set(rows)
    merged = sum(
        merge.first_column == column and merge.last_row > merge.first_row and merge.first_row in first_rows
        for merge in grid.merges
    )
    grouped = merged >= 2 or (merged == 1 and len(texts) <= 3)
    return Looks(
        tuple(texts),
        len(looked),
        due / len(texts) if texts else 0.0,
        share(0),
        share(1),
        share(2),
        share(3),
        share(4),
        share(5),
        share(6),
        share(7),
        share(8),
        share(9),
        share(10),
        share(11),
        share(12),
        grouped,
    )


def _kinds(text: str) -> tuple[bool, ...]:
    plain = in_one_script(text)
    return (
        is_unit_like(text) or is_english_unit(text),
        is_status_like(text),
        bool(re.fullmatch(r"-?[\d,]+(?:\.\d+)?%?", plain) or PERCENT.fullmatch(plain)),
        is_tick(text),
        bool(PHONE.search(plain)) and len(plain) <= 40,
        is_person(text) or is_english_person(text),
        (bool(POST.search(text)) and len(text) <= 20) or is_english_post(text),
        bool(LIGHT.fullmatch(plain)),
        bool(ORDINAL.fullmatch(squeezed(text))),
        is_told(plain),
        is_boxed(text),
        is_trouble(plain),
        is_ahead(plain),
    )
