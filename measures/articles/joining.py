"""The clauses of a part of a sentence, with those that go on with an earlier one joined to it."""

import re
from dataclasses import replace

from measures.articles import words
from measures.articles.clauses import Clause, ClauseKind
from measures.articles.lists import is_counted
from measures.articles.signs import (
    CASE,
    CLAUSE_VERBS,
    COUNTS,
    FRAME_END,
    INNER_END,
    LEADS,
    MANNERED,
    PERSONS,
    TARGET,
)
from measures.articles.verbs import PLAIN

# Ends of phrases that only say when or about what.
NO_ACT = re.compile("(?:[的后时中下来]|过程|方面|工作|问题|阶段|情况)$")

# A figure at the end, after circumstances: 在各区布设服务站12个.
COUNTED_OUT = re.compile(
    "^[在于面围按依].*[0-9]+(?:万|亿|余)?(?:个|家|项|处|人次|人|户|套|名|场|公里|亩|所|座|条|件|期|次)$"
)

# What tells how things are, though it may have the words of an act.
STATES = re.compile("^(?:也|正|都)?是|^这|^却|离不开|不少(?!于)|缺[少乏]")


def joined_clauses(shown: str, part: list[Clause]) -> list[Clause]:
    """The clauses with those that go on with an earlier one joined to it."""
    found: list[Clause] = []
    for clause in part:
        last = found[-1] if found else None
        if (
            last
            and last.kind is ClauseKind.OPEN
            and (clause.kind is not ClauseKind.BACKGROUND or _goes_on(shown, clause))
        ):
            more = clause.kind is ClauseKind.OPEN or (
                clause.kind in (ClauseKind.MORE, ClauseKind.BACKGROUND) and not _ends_case(shown, clause)
            )
            kind = ClauseKind.OPEN if more and clause is not part[-1] else ClauseKind.ACT
            if clause.kind is ClauseKind.OPEN and clause is part[-1] and not _names(shown, last):
                # 对…的发函提示，对…的倒追责任: each has its act.
                found[-1] = replace(last, kind=ClauseKind.ACT)
                found.append(replace(clause, kind=ClauseKind.ACT))
                continue
            found[-1] = Clause(kind, last.start, last.head, clause.end, last.verb, last.modal, last.forbids)
        elif (
            last
            and clause.kind is ClauseKind.MORE
            and last.verb in words.MAKERS
            and is_counted(shown[clause.start : clause.end])
        ):
            shared = last.shared if last.shared != (0, 0) else (last.start, last.head + len(last.verb))
            found.append(replace(last, start=clause.start, head=clause.start, end=clause.end, shared=shared))
        elif clause is not part[-1] and _is_case(shown, clause):
            found.append(replace(clause, kind=ClauseKind.OPEN, verb="对"))
        elif last and (_grows(shown, last, clause) or stands_alone(shown, last, clause)):
            found.append(replace(clause, kind=ClauseKind.ACT))
        elif last and clause.kind is ClauseKind.MORE and last.kind in (ClauseKind.ACT, ClauseKind.EFFECT):
            found[-1] = Clause(
                last.kind, last.start, last.head, clause.end, last.verb, last.modal, last.forbids
            )
        else:
            found.append(clause)
    acts = any(clause.kind is ClauseKind.ACT for clause in found)
    for at in range(len(found) - 2, -1, -1):
        if acts and found[at].kind is ClauseKind.MORE and _opens(shown, found[at], found[at + 1]):
            found[at] = replace(found[at], kind=ClauseKind.ACT)
    return found


def _names(shown: str, clause: Clause) -> bool:
    """Whether it only names whom or what the act of a later clause is about."""
    text = shown[clause.start : clause.end]
    return (
        bool(re.search("的(?:[^，的]{1,2}|[^，的]*(?:人|者|员|部|位|业|目|为|题|况|面|区|门|众|体))?$", text))
        or "的" not in text
    )


def _ends_case(shown: str, clause: Clause) -> bool:
    """Whether it says what is done in a case, rather than names more of it."""
    text = shown[clause.start : clause.end]
    if says(text) or re.match("即|就(?!业)|应|须", text):
        return True
    after = shown[clause.start - 2 : clause.start - 1] == "的"
    after = after or bool(re.search("(?:^|[，；。])凡[^，]*，$", shown[: clause.start]))
    return after and clause.kind is ClauseKind.MORE and is_whole(text)


def _opens(shown: str, first: Clause, second: Clause) -> bool:
    """Whether a clause whose verb is on no list is an act like the one after it."""
    text = shown[first.start : first.end]
    plain = MANNERED.search(text) or any(text[at : at + 2] in PLAIN for at in range(2, len(text) - 3))
    if re.search(".的[^，的、]{2,8}$", text) and text[:2] not in words.STRONG and not plain:
        return False
    if says(text):
        return True
    duty = second.modal and not second.forbids and "一律" not in shown[second.start : second.end]
    topic = second.calls or duty or second.kind is ClauseKind.BACKGROUND
    return len(text) > 4 and not topic and not NO_ACT.search(text) and not is_motto(text)


def _is_case(shown: str, clause: Clause) -> bool:
    """Whether it names a case whose act comes next: 经查证属实的，给予奖励."""
    text = shown[clause.start : clause.end]
    if clause.kind is ClauseKind.BACKGROUND and CASE.fullmatch(text) and text[0] in "在因经自按":
        return True
    return (
        clause.kind in (ClauseKind.MORE, ClauseKind.ACT)
        and (not clause.modal or clause.verb == "" or shown[clause.start : clause.start + 1] == "确")
        and bool(CASE.fullmatch(text) or LEADS.fullmatch(text))
        and not text.startswith(("坚持", "注重"))
    )


def says(text: str) -> bool:
    """Whether a clause that begins with who or what is asked about has a verb or a figure of its own."""
    if len(text) < 6 or NO_ACT.search(text):
        return False
    inner = (text[at : at + 2] for at in range(2, len(text) - 1))
    return bool(
        TARGET.search(text)
        or MANNERED.search(text)
        or COUNTS.search(text)
        or re.search(
            "专.专|(?<!敢)(?<!能)不[^断足]|一律|方可|每[餐班次户人件]|增长[0-9]|新增[^，]*[0-9]|[0-9]+(?:万|亿|余)?(?:个|家|项|处|人次|人|户|套|名|场|公里|亩|所|座|条|件|期)$",
            text,
        )
    ) or any(two in words.DOERS or two in PLAIN for two in inner)


def is_whole(text: str) -> bool:
    """Whether a clause beside one that says something may say something too."""
    return says(text) or (
        len(text) > 3
        and not NO_ACT.search(text)
        and (
            not re.search("的[^，的]{1,8}$", text)
            or bool(re.search("的[^，的]{2,6}$", text) and text[-2:] in CLAUSE_VERBS)
        )
    )


def _grows(shown: str, last: Clause, clause: Clause) -> bool:
    """Whether it is a figure to be reached, as the clause before it is."""
    if clause.kind is not ClauseKind.BACKGROUND:
        return False
    text = shown[clause.start : clause.end]
    # A phrase that ends the sentence has its verb, though it is on no list.
    ends = shown[clause.end : clause.end + 1] in ("", "。", "；", ";")
    if last.kind is ClauseKind.ACT and ends and len(text) > 5 and re.match("[同与向对在从按由给]", text):
        return not (clause.judges or FRAME_END.search(text) or INNER_END.search(text))
    if COUNTED_OUT.search(shown[clause.start : clause.end]) and not clause.judges:
        return True
    asked = last.kind in (ClauseKind.ACT, ClauseKind.EFFECT) or TARGET.search(shown[last.start : last.end])
    return bool(asked and re.search("增长[0-9.]+%$|方可", shown[clause.start : clause.end]))


def _goes_on(shown: str, clause: Clause) -> bool:
    """Whether the clause names, as the 对 before it does, more of whom or what the act is about."""
    return bool(re.search("的[^，的]{1,6}$", shown[clause.start : clause.end]))


def stands_alone(shown: str, last: Clause, clause: Clause) -> bool:
    """Whether it says something by itself, rather than names more of what the clause before it is about."""
    text = shown[clause.start : clause.end]
    before = shown[last.start : last.end]
    if clause.kind is not ClauseKind.MORE or (last.kind is ClauseKind.MORE and not says(text)):
        return False
    if (
        (last.kind is ClauseKind.BACKGROUND and (last.judges or not says(text) or STATES.search(text)))
        or len(text) < 4
        or last.verb in ("防止", "避免")
    ):
        return False
    if is_motto(text) or re.match("到(?![期位岗年0-9])|放到|哪里|[^，]{0,4}就(?![业学医近地餐诊])", text):
        return False
    if (
        text[:2] in words.STRONG
        or text[2:4] in CLAUSE_VERBS
        or TARGET.search(text)
        or re.search("一律|坚决|不得|不再|不[低高少多超]", text)
    ):
        return True
    both = re.search("的[^的，]{1,8}$", text) and re.search("的[^的，]{1,8}$", before)
    # 误工的扣发: whom it is about, and what is done.
    done = text[-2:] in PLAIN and (text[-3] == "的" or text[-5:-4] == "的")
    return not both or done or bool(MANNERED.search(text))


def is_motto(text: str) -> bool:
    """Short parts side by side without a figure: 察其表、析其里."""
    parts = text.split("、")
    return (
        (len(parts) > 1 or len(text) == 4)
        and all(len(part) <= 6 for part in parts)
        and not re.search("[0-9]|不得|公[开示布]|一律|必|全[免停开]", text)
        and not any(part[:2] in words.STRONG or part[-2:] in words.STRONG for part in parts)
    )


def is_result(text: str, clause: Clause) -> bool:
    """Whether an effect is one that somebody can check, so that it is asked for beside the act."""
    rest = text[clause.head - clause.start + len(clause.verb) :]
    if INNER_END.search(rest) or PERSONS.match(rest) or len(rest) < 3:
        return False
    if clause.verb in ("防止", "避免", "防范"):
        return True
    if re.search("[0-9]|全覆盖|清零|零[^售星]|应.尽.|全部|到位|○", text):
        return clause.verb not in ("让", "使", "使得")
    if clause.verb in ("做到", "确保", "实现") and re.search(
        "必|不|有.{1,3}、有|[件事][件事]有|、.{2,8}[办转]", rest
    ):
        return True
    inner = (rest[at : at + 2] for at in range(2, len(rest) - 1))
    vague = ("发展", "创新", "改革", "建设", "服务")
    if clause.verb == "帮助":
        return "解决" in rest
    return clause.verb in words.PUSHES and any(two in words.STRONG and two not in vague for two in inner)
