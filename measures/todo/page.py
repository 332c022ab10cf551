"""The to-do page of one person: their checklists, and a block for each kind of which something waits."""

from dataclasses import dataclass
from datetime import date

from measures.todo.accounts import account_blocks
from measures.todo.acting import Acting
from measures.todo.decisions import decision_blocks
from measures.todo.entries import entry_blocks
from measures.todo.items import item_blocks
from measures.todo.model import COUNTED_IN_HEADER, TodoBlock, TodoPlace, Waits
from measures.todo.office import office_blocks
from measures.todo.places import Now, places_of
from measures.todo.receipts import receipt_blocks

ORDER = {kind: number for number, kind in enumerate(Waits)}


@dataclass(frozen=True)
class Todo:
    """What the page shows. `count` is the number in the header."""

    places: list[TodoPlace]
    blocks: list[TodoBlock]

    @property
    def count(self) -> int:
        return sum(block.total for block in self.blocks if block.kind in COUNTED_IN_HEADER)


def todo_of(acting: Acting, on: date) -> Todo:
    """What waits on this day. At most nine queries, whatever there is.

    To add a kind of work, add a member to `Waits` in its place among the others, and a block here.
    """
    now = Now.of(on)
    places = places_of(acting, now)
    blocks = [
        *item_blocks(acting, places, now),
        *entry_blocks(acting, on),
        *receipt_blocks(acting, places),
        *decision_blocks(acting, on),
        *office_blocks(acting, on),
        *account_blocks(acting),
    ]
    return Todo(places, sorted(blocks, key=lambda block: ORDER[block.kind]))
