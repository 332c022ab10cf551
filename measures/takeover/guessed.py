"""Tables that have no headings: found by their rows alone."""

from measures.takeover.contents import looks_of
from measures.takeover.grid import Grid
from measures.takeover.tables import HeadingBlock

ROWS_NEEDED = 4


def heading_by_contents(grid: Grid) -> HeadingBlock | None:
    """An empty heading above the rows of a table that has none; nothing where no table of items is there."""
    rows = [row for row in grid.rows if len(grid.filled(row)) >= 3]
    if len(rows) < ROWS_NEEDED:
        return None
    columns = sorted({column for row in rows for column in grid.filled(row)})
    looks = {column: looks_of(grid, column, rows, 2026) for column in columns}
    tasks = [
        look
        for look in looks.values()
        if look.length >= 7 and look.distinct > 0.8 and look.filled > 0.7 and look.numeric < 0.2
    ]
    units = [look for look in looks.values() if look.unit >= 0.7 and look.filled > 0.5]
    times = [look for look in looks.values() if look.dated >= 0.6 and look.filled > 0.4]
    states = [
        look for look in looks.values() if look.status >= 0.8 and look.numeric < 0.2 and look.filled > 0.5
    ]
    if not tasks or bool(units) + bool(times) + bool(states) < 2:
        return None
    return HeadingBlock(rows[0], rows[0] - 1, {})
