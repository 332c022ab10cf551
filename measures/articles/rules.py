"""Which sentences ask for something, and what: rules over the clauses of a sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from measures.articles import words
from measures.articles.clauses import Clause, ClauseKind, read_clause
from measures.articles.folding import folded
from measures.articles.signs import INNER_END, PERSONS
from measures.articles.text import ArticleSentence, masked, without_mark

ATTRIBUTED = re.compile(
    "^[^，。：]{2,36}?(?:" + "|".join(sorted(words.ATTRIBUTED, key=len, reverse=True)) + ")[，：]"
)
MEETING = re.compile("^(?:会议|大会|全会|例会)(?:还)?(?:强调|要求|指出|提出|明确|决定|议定|部署)[，：]?")
PAST = re.compile("^[^，]{0,6}?(?:" + "|".join(words.PAST) + ")")
# Sentences about the paper itself.
ABOUT = re.compile(
    "^(?:本|该)(?:意见|办法|方案|通知|规定|细则|条例|文)|现(?:就|将|提出).{0,60}(?:如下|通知|意见)|(?:以下|如下|下列|[一二三四五六七八九十0-9]+个?方面)(?:的)?(?:重点)?(?:工作|任务)[。：]?$|^为[^，]*，(?:根据|按照|依据|结合)[^。]*(?:制定本|如下)|自(?:印发|发布|公布)之日|特(?:此通知|制定)"
)
RHETORIC = re.compile("让我们|奋勇前进|而努力奋斗|不懈奋斗|[！？]$")


COMMA = re.compile("[，,；;：]")
ETC = re.compile("等(?!级|次|于|候|待)")
END = re.compile("[。！？.!?]*(?:(?<=[。！？.!?])[”’」』])?\\s*$")
DONE = re.compile(
    "(?<![为除解明知末罢])了(?![解然结如却断])|同比|已(?:经|有|建|完|实|达)|累计|位居|跃居|取得[^，]{0,8}(?:成效|成绩|进展)"
)
# Headings of parts that look back or give reasons, and of parts that say in what spirit.
LOOKS_BACK = re.compile("回顾|成绩|成效|总结|现状|形势|背景|意义|存在.{0,3}问题|不足")
IN_SPIRIT = re.compile("总体要求|指导思想|基本原则|总体思路|工作原则")
GOAL = re.compile("(?:到|力争|至)(?:20\\d\\d|今明两|明|今)年")
type _Span = tuple[int, int]


@dataclass(frozen=True)
class AskedSpan:
    """One thing: where it is in its sentence, and the words of a list that it shares, before and after it."""

    start: int
    end: int
    kind: ClauseKind = ClauseKind.ACT
    before: _Span = (0, 0)
    after: _Span = (0, 0)


def clauses_of(sentence: str) -> list[list[Clause]]:
    """The clauses in the parts of a sentence that ； divides."""
    shown = folded(masked(sentence))
    start = len(shown) - len(without_mark(shown))
    parts: list[list[Clause]] = [[]]
    while start < len(shown):
        found = COMMA.search(shown, start)
        end = found.start() if found else _before_stop(shown)
        if end > start and (clause := read_clause(shown, start, end)).start < end:
            parts[-1].append(clause)
        if found and found[0] in "；;":
            parts.append([])
        start = found.end() if found else len(shown)
    return [part for part in parts if part]


def _before_stop(shown: str) -> int:
    """Where the sentence ends without its stop, and without a quotation mark after it."""
    found = END.search(shown)
    return found.start() if found else len(shown)


def asked_of(sentence: ArticleSentence) -> list[AskedSpan]:
    """The things that a sentence asks for; empty if it asks for none."""
    shown = folded(masked(sentence.text))
    body = without_mark(shown).strip()
    prefix = MEETING.match(body)
    parts = [_joined(shown, part) for part in clauses_of(sentence.text)]
    clauses = [clause for part in parts for clause in part]
    modal = any(clause.modal or clause.forbids for clause in clauses)
    if not prefix and _is_background(sentence, body, modal):
        return []
    sole = not any(
        clause.kind is ClauseKind.ACT and clause.verb not in ("采取", "采用") for clause in clauses
    )
    found = [thing for part in parts for thing in _things(shown, part, sole)]
    strong = [thing for thing in found if thing.kind is ClauseKind.ACT]
    if any(clause.needs for clause in clauses) or sentence.overview:
        firm = any(_is_made(shown[one.start : one.end]) for one in strong) or re.search(
            "[0-9]|“[^”]{2,12}、[^”]{2,12}”", sentence.text
        )
        return strong if firm else []
    return strong or found[:1]


def _is_background(sentence: ArticleSentence, body: str, modal: bool) -> bool:
    if sentence.before_headings or (sentence.is_topic and not re.search(r"\d", without_mark(body))):
        return True
    if ATTRIBUTED.match(body) or ABOUT.search(body) or RHETORIC.search(body):
        return True
    above = folded(" ".join(heading.text for heading in sentence.headings))
    if IN_SPIRIT.search(above) and not GOAL.search(body):
        return True
    return not modal and bool(PAST.match(body) or DONE.search(body) or LOOKS_BACK.search(above))


def _is_made(text: str) -> bool:
    return bool(re.search("建立|制定|出台|完善|健全|印发|开展|设立|实施", text))


def _joined(shown: str, part: list[Clause]) -> list[Clause]:
    """The clauses with those that go on with an earlier one joined to it."""
    joined: list[Clause] = []
    for clause in part:
        last = joined[-1] if joined else None
        if (
            last
            and last.kind is ClauseKind.OPEN
            and (clause.kind is not ClauseKind.BACKGROUND or _goes_on(shown, clause))
        ):
            more = clause.kind in (ClauseKind.OPEN, ClauseKind.MORE, ClauseKind.BACKGROUND)
            kind = ClauseKind.OPEN if more and clause is not part[-1] else ClauseKind.ACT
            joined[-1] = Clause(kind, last.start, last.head, clause.end, last.verb, last.modal, last.forbids)
        elif (
            last
            and clause.kind is ClauseKind.MORE
            and last.verb in words.MAKERS
            and _is_counted(shown[clause.start : clause.end])
        ):
            shared = last.shared if last.shared != (0, 0) else (last.start, last.head + len(last.verb))
            joined.append(replace(last, start=clause.start, head=clause.start, end=clause.end, shared=shared))
        elif last and clause.kind is ClauseKind.MORE and last.kind in (ClauseKind.ACT, ClauseKind.EFFECT):
            joined[-1] = Clause(
                last.kind, last.start, last.head, clause.end, last.verb, last.modal, last.forbids
            )
        else:
            joined.append(clause)
    return joined


def _goes_on(shown: str, clause: Clause) -> bool:
    """Whether the clause names, as the 对 before it does, more of whom or what the act is about."""
    return bool(re.search("的[^，的]{1,6}$", shown[clause.start : clause.end]))


def _is_counted(text: str) -> bool:
    return any(text.endswith(noun) for noun in words.COUNTED)


def _things(shown: str, part: list[Clause], sole: bool) -> Iterator[AskedSpan]:
    """What a part of a sentence asks for, with the kind of its clause; `sole`: nothing else in it acts."""
    acted = soft = False
    for at, clause in enumerate(part):
        text = shown[clause.start : clause.end]
        if clause.kind is ClauseKind.OPEN:
            yield AskedSpan(clause.start, clause.end, ClauseKind.EFFECT)
        elif _is_means(clause, text):
            many = _verbs_listed(shown, clause) or (_between(shown, clause.start, clause.end) if sole else [])
            if many and (len(many) > 2 or clause.verb == "通过"):
                yield from (AskedSpan(*span) for span in many)
            elif clause.kind is ClauseKind.ACT and not acted:
                yield AskedSpan(clause.start, clause.end)
        elif clause.kind is ClauseKind.ACT and not _is_topic_of(part, at):
            yield from things_in(shown, clause)
            acted = True
        elif clause.kind in (ClauseKind.EFFECT, ClauseKind.STANCE) and not _is_topic_of(part, at):
            firm = clause.kind is ClauseKind.EFFECT and not acted and not soft and _is_concrete(text, clause)
            soft = soft or (clause.kind is ClauseKind.EFFECT and not firm)
            yield AskedSpan(clause.start, clause.end, ClauseKind.ACT if firm else clause.kind)


def _is_means(clause: Clause, text: str) -> bool:
    return clause.verb in ("通过", "采取", "采用", "运用") and "、" in text


def _is_topic_of(part: list[Clause], at: int) -> bool:
    """Whether it only says what the next clause is about: 实现这一目标，要…"""
    after = part[at + 1] if at + 1 < len(part) else None
    if at or part[at].modal or not after:
        return False
    return after.calls or after.needs or after.judges


def _is_concrete(text: str, clause: Clause) -> bool:
    rest = text[clause.head - clause.start + len(clause.verb) :]
    return clause.verb not in words.SOFT and not INNER_END.search(rest) and not PERSONS.match(rest)


def _verbs_listed(shown: str, clause: Clause) -> list[_Span]:
    """The acts listed after 通过, if each begins with a verb: 通过建强组织、配强班子."""
    spans = _between(shown, clause.start + len(clause.verb), clause.end)
    return spans if len(spans) > 1 and sum(_acts(shown, span) for span in spans) > 1 else []


def _between(shown: str, start: int, end: int) -> list[_Span]:
    """What 、 divides."""
    spans, begin = [], start
    for at in [*(at for at in range(start, end) if shown[at] == "、"), end]:
        if at > begin:
            spans.append((begin, at))
        begin = at + 1
    return spans


def _acts(shown: str, span: _Span) -> bool:
    clause = read_clause(shown, *span)
    effect = (
        clause.kind is ClauseKind.EFFECT
        and not INNER_END.search(shown[span[0] : span[1]])
        and clause.verb not in words.SOFT
    )
    return (
        bool(clause.verb)
        and (clause.kind is ClauseKind.ACT or effect)
        and clause.head - span[0] < 5
        and span[1] - clause.head > len(clause.verb)
    )


def things_in(shown: str, clause: Clause) -> list[AskedSpan]:  # noqa: PLR0911 - a list of rules
    """The separate things of one clause: each act of a list, or each thing made by one act."""
    spans = _between(shown, clause.start, clause.end)
    whole_clause = [AskedSpan(clause.start, clause.end)]
    if clause.shared != (0, 0):
        return [AskedSpan(clause.start, clause.end, before=clause.shared)]
    if len(spans) == 1:
        return _made(shown, clause, spans) or whole_clause
    disposes = shown[clause.start] in "把将"
    if clause.verb == "对" or shown[clause.start] == "对":
        return whole_clause
    if ETC.search(shown, spans[-1][0], spans[-1][1] - 1) or _is_slogan(shown, spans):
        return _made(shown, clause, spans) or whole_clause
    if _describes(shown, clause, spans):
        return whole_clause
    if made := _made(shown, clause, spans):
        return made
    acts = [spans[0]]
    for span in spans[1:]:
        # A verb starts a new act only if the one before it has its own object.
        whole = acts[-1][1] - acts[-1][0] - (clause.head - clause.start if len(acts) == 1 else 0) > len(
            clause.verb
        )
        starts = (
            shown[span[0]] in "把将"
            if disposes
            else _acts(shown, span) and not _modifies(shown, span, clause.end)
        )
        if starts and whole:
            acts.append(span)
        else:
            acts[-1] = (acts[-1][0], span[1])
    if len(acts) > 1:
        return [AskedSpan(*span) for span in acts]
    return whole_clause


def _describes(shown: str, clause: Clause, spans: list[_Span]) -> bool:
    """Whether the list describes the one thing that is made: 建立荐购、评议、采购相结合的制度."""
    earlier = any(_is_counted(shown[a:b]) for a, b in spans[:-1])
    last = shown[spans[-1][0] : spans[-1][1]]
    return (
        clause.verb in words.MAKERS
        and not earlier
        and _is_counted(last)
        and bool(re.search("的[^的]{2,10}$", last))
    )


def _is_slogan(shown: str, spans: list[_Span]) -> bool:
    """Short parts that all begin alike are one thing: 管好关键人、管到关键处、管住关键事."""
    return len({shown[a] for a, _b in spans}) == 1 and all(b - a <= 5 for a, b in spans)


def _modifies(shown: str, span: _Span, end: int) -> bool:
    """Whether the act is part of a noun's description, as in 管思想、管工作深度融合的机制."""
    return (
        "的" in shown[span[0] : end]
        and bool(re.search("的[^、，]{2,14}$", shown[span[0] : end]))
        and not re.search("的", shown[span[0] : span[1]])
    )


def _made(shown: str, clause: Clause, spans: list[_Span]) -> list[AskedSpan]:
    """The things of 建立A、B、C等制度, 建设A中心、B中心; empty if it is one."""
    if clause.verb not in words.MAKERS or len(spans) > 6:
        return []
    start, end = spans[-1]
    for joint in re.finditer("和|与|以及|及(?!时)", shown[start:end]):
        if _is_counted(shown[start : start + joint.start()]) and _is_counted(shown[start:end]):
            spans = [*spans[:-1], (start, start + joint.start()), (start + joint.end(), end)]
            break
    if len(spans) < 2:
        return []
    etc = ETC.search(shown, spans[-1][0], spans[-1][1])
    ends = [shown[a:b] for a, b in spans[:-1]] + [shown[spans[-1][0] : etc.start() if etc else spans[-1][1]]]
    tail = (etc.end(), spans[-1][1]) if etc else (0, 0)
    if not (all(_is_counted(end) or end.endswith("”") for end in ends) or _is_counted(shown[slice(*tail)])):
        return []
    head = (clause.start, clause.head + len(clause.verb))
    first, *others = (AskedSpan(start, end, before=head, after=tail) for start, end in spans)
    return [replace(first, before=(0, 0)), *others[:-1], replace(others[-1], after=(0, 0))]
