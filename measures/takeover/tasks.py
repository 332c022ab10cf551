"""Which of several columns of tasks holds the measures, and what the others are."""

import re

from measures.takeover.headings import Guess, Means
from measures.takeover.options import Options


def choose_measure(columns: Options) -> None:
    """The column of the finest task; other tasks before it are levels."""
    tasks = [index for index in columns.with_role(Means.MEASURE) if columns.best(index).role is Means.MEASURE]
    weak = [
        index
        for index in columns.with_role(Means.MEASURE)
        if index not in tasks and columns.best(index).role is not Means.EXTRA
    ]
    tasks = tasks or _finest_level(columns)
    if columns.has(Means.MEASURE):
        measure = next(index for index, column in columns.fixed.items() if column.role is Means.MEASURE)
    elif tasks or weak:
        measure = max(tasks or weak, key=lambda index: _fineness(columns, index))
        columns.chosen[measure] = columns.guess(measure, Means.MEASURE)
    else:
        measure = _longest(columns)
        if not measure:
            return
        columns.chosen[measure] = Guess(Means.MEASURE, 0.5)
    for index in [*tasks, *(weak if tasks else [])]:
        if index in columns.chosen:
            continue
        guess = columns.guess(index, Means.MEASURE)
        is_problem = any(option.role is Means.PROBLEMS for option in columns.options[index])
        if index < measure and (index in tasks or (is_problem and _stands_before_dates(columns, index))):
            columns.chosen[index] = Guess(Means.LEVEL, guess.sure)
        elif index in tasks and is_problem:
            columns.chosen[index] = Guess(Means.PROBLEMS, 0.6)
        elif index in tasks:
            if any(option.role not in {Means.MEASURE, Means.EXTRA} for option in columns.options[index]):
                continue
            is_next = _stands_after_progress(columns, index) and re.search(
                r"措施|举措|对策", columns.leaf(index)
            )
            columns.chosen[index] = Guess(Means.NEXT_STEPS if is_next else Means.EXTRA, 0.5)


def _finest_level(columns: Options) -> list[int]:
    """The last of several levels, where it is what the others are levels of."""
    levels = [index for index in columns.with_role(Means.LEVEL) if columns.best(index).role is Means.LEVEL]
    looks = columns.looks[levels[-1]] if levels else None
    if looks is None or looks.grouped or looks.distinct < 0.7 or looks.length < 5 or looks.filled < 0.7:
        return []
    columns.options[levels[-1]] = [Guess(Means.MEASURE, 0.7, 2)]
    return levels[-1:]


def _stands_before_dates(columns: Options, index: int) -> bool:
    others = [
        other
        for other in columns.options
        if columns.best(other).role in {Means.DUE, Means.STATUS, Means.PROGRESS}
    ]
    return not others or index < min(others)


def _stands_after_progress(columns: Options, index: int) -> bool:
    return any(
        other < index and columns.best(other).role is Means.PROGRESS and columns.looks[other].length > 4
        for other in columns.options
    )


def _fineness(columns: Options, index: int) -> tuple[float, ...]:
    guess, looks = columns.guess(index, Means.MEASURE), columns.looks[index]
    empty = looks.rows > 2 and looks.filled < 0.3
    # What is to be done comes before what was done.
    return (
        not _stands_after_progress(columns, index),
        -1 if empty else guess.fine,
        not looks.grouped,
        round(looks.distinct, 1),
        looks.length,
        -index,
    )


def _longest(columns: Options) -> int:
    texts = [
        index
        for index, looks in columns.looks.items()
        if index not in columns.fixed
        and not columns.options[index]
        and looks.length >= 7
        and max(looks.told, looks.trouble, looks.ahead, looks.unit, looks.dated) < 0.6
        and looks.distinct > 0.6
        and looks.filled > 0.6
    ]
    # Short ones below a heading that nobody knows, but neither sums nor formulas.
    texts = texts or [
        index
        for index, looks in columns.looks.items()
        if index not in columns.fixed
        and not columns.options[index]
        and looks.length >= 4
        and looks.filled > 0.5
        and max(looks.numeric, looks.dated, looks.unit, looks.status, looks.person, looks.phone) < 0.5
        and not any(text.startswith("=") for text in looks.texts)
    ]
    return max(texts, key=lambda index: (columns.looks[index].filled, columns.looks[index].length), default=0)
