"""The separate things of one clause: the acts of a list, or what one act makes."""

import re
from dataclasses import dataclass, replace

from measures.articles import words
from measures.articles.clauses import Clause, ClauseKind, read_clause
from measures.articles.signs import AGAIN, GROUP, INNER_END

# Verbs that begin an act of a list, however short.
PLANNED = words.STRONG | words.RESULT | words.STANCE
ETC = re.compile("等(?!级|次|于|候|待)")
type Stretch = tuple[int, int]


@dataclass(frozen=True)
class AskedSpan:
    """One thing: where it is in its sentence, and the words of a list that it shares, before and after it."""

    start: int
    end: int
    kind: ClauseKind = ClauseKind.ACT
    before: Stretch = (0, 0)
    after: Stretch = (0, 0)


def between(shown: str, start: int, end: int) -> list[Stretch]:
    """What 、 divides."""
    spans, begin = [], start
    for at in [*(at for at in range(start, end) if shown[at] == "、"), end]:
        if at > begin:
            spans.append((begin, at))
        begin = at + 1
    return spans


def acts(shown: str, span: Stretch) -> bool:
    clause = read_clause(shown, *span)
    effect = (
        clause.kind is ClauseKind.EFFECT
        and not INNER_END.search(shown[span[0] : span[1]])
        and clause.verb not in words.SOFT
    )
    rest = shown[clause.head + len(clause.verb) : span[1]]
    # 持证上岗、亮证执法: short parts are one thing unless their verb is one of plans.
    if len(rest) < 3 and clause.verb not in PLANNED:
        return False
    if clause.verb in words.NOUNISH and rest.startswith(tuple(words.NAMED)):
        return False
    # 钢铁、化工企业实施: who the act before it is about.
    if GROUP.search(shown[span[0] : clause.head]):
        return False
    return (
        bool(clause.verb)
        and (clause.kind is ClauseKind.ACT or effect)
        and clause.head - span[0] < 5
        and span[1] - clause.head > len(clause.verb)
    )


def things_in(shown: str, clause: Clause) -> list[AskedSpan]:  # noqa: PLR0911 - a list of rules
    """The separate things of one clause: each act of a list, or each thing made by one act."""
    # What is before the verb tells who is asked or about what.
    (_, first), *more = between(shown, max(clause.start, clause.head), clause.end) or [(0, clause.end)]
    spans = [(clause.start, first), *more]
    whole_clause = [AskedSpan(clause.start, clause.end)]
    if clause.shared != (0, 0):
        return [AskedSpan(clause.start, clause.end, before=clause.shared)]
    if len(spans) == 1:
        return _made(shown, clause, spans) or whole_clause
    # 床铺、药箱、发电机每月点验一次: what is done is said of all of them.
    if AGAIN.fullmatch(clause.verb) and not acts(shown, spans[0]):
        return whole_clause
    disposes = shown[clause.start] in "把将"
    if clause.verb == "对" or shown[clause.start] == "对":
        return whole_clause
    if ETC.search(shown, spans[-1][0], spans[-1][1] - 1) or _is_slogan(shown, spans):
        return _made(shown, clause, spans) or whole_clause
    if _describes(shown, clause, spans) or _is_manner(shown, clause, spans):
        return whole_clause
    if made := _made(shown, clause, spans):
        return made
    found = [spans[0]]
    for span in spans[1:]:
        # A verb starts a new act only if the one before it has its own object.
        whole = found[-1][1] - found[-1][0] - (clause.head - clause.start if len(found) == 1 else 0) > len(
            clause.verb
        )
        starts = (
            shown[span[0]] in "把将"
            if disposes
            else acts(shown, span) and not _modifies(shown, span, clause.end)
        )
        if starts and whole:
            found.append(span)
        else:
            found[-1] = (found[-1][0], span[1])
    if len(found) > 1:
        return [AskedSpan(*span) for span in found]
    return whole_clause


def _describes(shown: str, clause: Clause, spans: list[Stretch]) -> bool:
    """Whether the list describes the one thing that is made: 建立荐购、评议、采购相结合的制度."""
    earlier = any(is_counted(shown[a:b]) for a, b in spans[:-1])
    last = shown[spans[-1][0] : spans[-1][1]]
    return (
        clause.verb in words.MAKERS
        and not earlier
        and is_counted(last)
        and bool(re.search("的[^的]{2,10}$", last))
    )


def _is_manner(shown: str, clause: Clause, spans: list[Stretch]) -> bool:
    """Whether the list names work by what is done in it: 实行动态管理、跟踪培养, 加大考录、招聘力度."""
    text = shown[clause.start : clause.end]
    if clause.verb in ("加大", "加快") and text.endswith(("力度", "步伐", "进度")):
        return True
    if clause.verb in words.MAKERS and is_counted(text) and len(spans) == 2:
        begins = shown[spans[1][0] : spans[1][0] + 2]
        earlier = shown[spans[0][0] : spans[0][1]]
        if begins not in words.MAKERS and not is_counted(earlier) and spans[1][1] - spans[1][0] <= 8:
            return True
    return clause.verb in words.CARRIERS and all(
        b - a == 4 and shown[a + 2 : b] in words.STRONG for a, b in spans[1:]
    )


def _is_slogan(shown: str, spans: list[Stretch]) -> bool:
    """Short parts that all begin alike are one thing: 管好关键人、管到关键处、管住关键事."""
    return len({shown[a] for a, _b in spans}) == 1 and all(b - a <= 5 for a, b in spans)


def _modifies(shown: str, span: Stretch, end: int) -> bool:
    """Whether the act is part of a noun's description, as in 管思想、管工作深度融合的机制."""
    return (
        "的" in shown[span[0] : end]
        and bool(re.search("的[^、，]{2,14}$", shown[span[0] : end]))
        and not re.search("的", shown[span[0] : span[1]])
    )


def _made(shown: str, clause: Clause, spans: list[Stretch]) -> list[AskedSpan]:
    """The things of 建立A、B、C等制度, 建设A中心、B中心; empty if it is one."""
    if clause.verb not in words.MAKERS or len(spans) > 6:
        return []
    start, end = spans[-1]
    for joint in re.finditer("和|与|以及|及(?!时)", shown[start:end]):
        if is_counted(shown[start : start + joint.start()]) and is_counted(shown[start:end]):
            spans = [*spans[:-1], (start, start + joint.start()), (start + joint.end(), end)]
            break
    if len(spans) < 2:
        return []
    etc = ETC.search(shown, spans[-1][0], spans[-1][1])
    ends = [shown[a:b] for a, b in spans[:-1]] + [shown[spans[-1][0] : etc.start() if etc else spans[-1][1]]]
    tail = (etc.end(), spans[-1][1]) if etc else (0, 0)
    if not (all(is_counted(end) or end.endswith("”") for end in ends) or is_counted(shown[slice(*tail)])):
        return []
    head = (clause.start, clause.head + len(clause.verb))
    first, *others = (AskedSpan(start, end, before=head, after=tail) for start, end in spans)
    return [replace(first, before=(0, 0)), *others[:-1], replace(others[-1], after=(0, 0))]


def is_counted(text: str) -> bool:
    """Whether it ends with a noun of which there can be several, such as 制度."""
    return any(text.endswith(noun) for noun in words.COUNTED)
