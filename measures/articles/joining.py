"""The clauses of a part of a sentence, with those that go on with an earlier one joined to it."""

import re
from dataclasses import replace

from measures.articles import words
from measures.articles.clauses import Clause, ClauseKind
from measures.articles.lists import is_counted


def joined(shown: str, part: list[Clause]) -> list[Clause]:
    """The clauses with those that go on with an earlier one joined to it."""
    found: list[Clause] = []
    for clause in part:
        last = found[-1] if found else None
        if (
            last
            and last.kind is ClauseKind.OPEN
            and (clause.kind is not ClauseKind.BACKGROUND or _goes_on(shown, clause))
        ):
            more = clause.kind in (ClauseKind.OPEN, ClauseKind.MORE, ClauseKind.BACKGROUND)
            kind = ClauseKind.OPEN if more and clause is not part[-1] else ClauseKind.ACT
            found[-1] = Clause(kind, last.start, last.head, clause.end, last.verb, last.modal, last.forbids)
        elif (
            last
            and clause.kind is ClauseKind.MORE
            and last.verb in words.MAKERS
            and is_counted(shown[clause.start : clause.end])
        ):
            shared = last.shared if last.shared != (0, 0) else (last.start, last.head + len(last.verb))
            found.append(replace(last, start=clause.start, head=clause.start, end=clause.end, shared=shared))
        elif last and clause.kind is ClauseKind.MORE and stands_alone(shown, last, clause):
            found.append(replace(clause, kind=ClauseKind.ACT))
        elif last and clause.kind is ClauseKind.MORE and last.kind in (ClauseKind.ACT, ClauseKind.EFFECT):
            found[-1] = Clause(
                last.kind, last.start, last.head, clause.end, last.verb, last.modal, last.forbids
            )
        else:
            found.append(clause)
    return found


def _goes_on(shown: str, clause: Clause) -> bool:
    """Whether the clause names, as the 对 before it does, more of whom or what the act is about."""
    return bool(re.search("的[^，的]{1,6}$", shown[clause.start : clause.end]))


def stands_alone(shown: str, last: Clause, clause: Clause) -> bool:
    """Whether it says something by itself, rather than names more of what the clause before it is about."""
    text = shown[clause.start : clause.end]
    before = shown[last.start : last.end]
    if last.kind is ClauseKind.BACKGROUND or len(text) < 4 or last.verb in ("防止", "避免"):
        return False
    if _is_motto(text) or re.match("到|放到|哪里|[^，]{0,4}就", text):
        return False
    return not (re.search("的[^的，]{1,8}$", text) and re.search("的[^的，]{1,8}$", before))


def _is_motto(text: str) -> bool:
    """Short parts side by side without a figure: 察其表、析其里."""
    parts = text.split("、")
    return (
        (len(parts) > 1 or len(text) == 4)
        and all(len(part) <= 6 for part in parts)
        and not re.search("[0-9]|不得|公[开示布]|一律|必", text)
        and not any(part[:2] in words.STRONG or part[-2:] in words.STRONG for part in parts)
    )
