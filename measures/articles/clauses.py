"""One clause of a sentence: its verb, who is asked, and whether it asks, tells what for, or neither."""

import re
from dataclasses import dataclass, replace
from enum import Enum

from measures.articles import words
from measures.articles.signs import (
    ACHIEVED,
    AGAIN,
    ANYWHERE,
    ASPECT,
    CLAUSE_VERBS,
    COMPLETED,
    CONNECTIVE,
    DESCRIBED,
    DISPOSED,
    DISPOSED_BY,
    DISPOSES,
    ENDS_DONE,
    ENDS_IN_ACT,
    EQUATES,
    FOR_WHOM,
    FOR_WHOM_ACT,
    FORBIDS,
    FRAME_END,
    GIVES,
    GROUP,
    IDLE,
    IN_NAMES,
    INNER_END,
    JUDGES,
    LONGEST_WORD,
    MANNERED,
    MANNERS,
    MODAL,
    ONLY_WHEN,
    PHRASE_ENDS,
    PREPOSITION,
    REFUSES,
    STRONG_PAIR,
    TARGET,
    TIME,
    UNKNOWN_VERB,
)
from measures.articles.verbs import PLAIN


class ClauseKind(Enum):
    """What a clause does: asks for an act, tells its effect or how, is background, or goes on."""

    ACT = "act"
    EFFECT = "effect"
    STANCE = "stance"
    BACKGROUND = "background"
    OPEN = "open"  # a phrase such as 对…的干部 whose act is in a later clause
    MORE = "more"  # nouns that go on with the clause before


@dataclass(frozen=True)
class Clause:
    """`head` is where its verb begins and `end` where it ends, as positions in the sentence."""

    kind: ClauseKind
    start: int  # without connectives before it
    head: int
    end: int
    verb: str = ""
    modal: bool = False
    forbids: bool = False
    needs: bool = False  # says 需要
    judges: bool = False  # says how something is
    calls: bool = False  # begins with 要
    shared: tuple[int, int] = (0, 0)  # the words of an earlier clause that govern this one


def read_clause(shown: str, start: int, end: int) -> Clause:
    """The clause at this place in the sentence; `shown` is it folded, with quotations hidden."""
    clause = _read(shown, start, end)
    text = shown[clause.start : end]
    if IDLE.search(text) or ONLY_WHEN.fullmatch(text):
        return replace(clause, kind=ClauseKind.BACKGROUND, verb="", modal=False, forbids=False)
    if clause.kind is ClauseKind.ACT or ASPECT.search(text) or EQUATES.match(text):
        return clause
    if clause.kind is ClauseKind.OPEN and text[0] == "对":
        done = not text.endswith("的") and (
            MANNERED.search(text) or TARGET.search(text) or AGAIN.search(text) or ENDS_DONE.search(text)
        )
        return replace(clause, kind=ClauseKind.ACT, verb="对") if done or REFUSES.match(text) else clause
    target = TARGET.search(text)
    if clause.verb in ("让", "使") or not (target or (AGAIN.search(text) and not text.endswith("的"))):
        return clause
    return replace(clause, kind=ClauseKind.ACT, verb=clause.verb or (target or AGAIN.search(text) or [""])[0])


def _read(shown: str, start: int, end: int) -> Clause:
    at = _after(CONNECTIVE, shown, start, end)
    begin = at
    text = shown[at:end]
    forbids = bool(FORBIDS.search(text))
    if not (modal := MODAL.match(text)):
        at, verb = _verb(shown, at, end)
        if verb:
            return _told(Clause(_kind(verb, shown[at:end]), begin, at, end, verb, False, forbids), shown)
    if modal := modal or _modal_with_subject(text):
        calls = not forbids and bool(MODAL.match(text))
        return replace(_after_modal(shown, begin, end, modal, forbids), calls=calls)
    if (equates := EQUATES.match(text)) or ACHIEVED.search(text):
        judges = bool(equates or re.search("越来越|日益", text))
        return Clause(ClauseKind.BACKGROUND, begin, begin, end, judges=judges)
    return _phrase(shown, begin, at, end, modal=False, forbids=forbids)


def _after_modal(shown: str, begin: int, end: int, modal: re.Match[str], forbids: bool) -> Clause:
    after, verb = _verb(shown, _after(CONNECTIVE, shown, begin + modal.end(), end), end)
    if forbids and re.search("不得|不准|不可|不能|严禁|禁止|不许|不$", modal[0]):
        return Clause(ClauseKind.ACT, begin, begin, end, modal[0], True, True)
    needs = modal[0].endswith("需要")
    if verb and not _leads(shown, after, end):
        return Clause(_kind(verb, shown[after:end]), begin, after, end, verb, not needs, forbids, needs)
    return replace(_phrase(shown, begin, after, end, modal=not needs, forbids=forbids), needs=needs)


def _told(clause: Clause, shown: str) -> Clause:
    """The same, or background if it tells what has been achieved."""
    if ACHIEVED.search(shown[clause.head : clause.end]) and clause.verb not in (
        "力争",
        "确保",
        "争取",
        "达到",
        "实现",
    ):
        return Clause(ClauseKind.BACKGROUND, clause.start, clause.head, clause.end, clause.verb)
    if JUDGES.search(shown[clause.head : clause.end]):
        return Clause(ClauseKind.BACKGROUND, clause.start, clause.head, clause.end)
    return clause


def _modal_with_subject(text: str) -> re.Match[str] | None:
    found = MODAL.search(text[:60])
    if not found or found.start() > 40:
        return None
    return re.compile(f".{{{found.start()}}}{re.escape(found[0])}").match(text)


def _after(pattern: re.Pattern[str], shown: str, at: int, end: int) -> int:
    while at < end and (found := pattern.match(shown, at, end)) and found.end() > at:
        at = found.end()
    while at < end and shown[at] in " \u3000":
        at += 1
    return at


def _verb(shown: str, at: int, end: int) -> tuple[int, str]:
    """Where the verb begins, after adverbs and times, and the verb; empty if there is none."""
    begin = at
    while at < end:
        if found := TIME.match(shown, at, end):
            at = found.end()
            continue
        # 突出对…的监督: the object begins with 对.
        if shown[at + 2 : at + 3] == "对" and shown[at : at + 2] in CLAUSE_VERBS:
            break
        word = next(
            (shown[at : at + n] for n in range(8, 0, -1) if shown[at : min(at + n, end)] in words.ADVERBS), ""
        )
        _follows, rest = _own_verb(shown, at + len(word), end) if word else (at, "")
        if word and (rest or _own_verb(shown, at, end)[1] == "" or TIME.match(shown, at + len(word), end)):
            at += len(word) + (shown[at + len(word) : at + len(word) + 1] == "地")
            continue
        if word and (_is_adverb(shown, at + len(word), end) or DISPOSES.match(shown, at + len(word), end)):
            at += len(word)
            continue
        break
    own = _own_verb(shown, at, end)
    if (
        not own[1]
        and at - begin > 1
        and shown[begin:at].endswith(MANNERS)
        and UNKNOWN_VERB.match(shown, at, end)
    ):
        return at, shown[at : at + 2]
    if not own[1] and at == begin and (found := COMPLETED.match(shown, at, end)):
        return at, found[0]
    return own


def _is_adverb(shown: str, at: int, end: int) -> bool:
    return any(shown[at : min(at + n, end)] in words.ADVERBS for n in range(8, 1, -1))


def _own_verb(shown: str, at: int, end: int) -> tuple[int, str]:
    if IN_NAMES.match(shown, at, end):
        return at, ""
    for length in range(LONGEST_WORD, 0, -1):
        word = shown[at : min(at + length, end)]
        if len(word) == length and word in CLAUSE_VERBS:
            return at, word
    if found := STRONG_PAIR.match(shown, at, end):
        return at, found[0]
    return at, ""


def _kind(verb: str, text: str) -> ClauseKind:
    rest = text[len(verb) :]
    if verb in words.RESULT:
        return ClauseKind.EFFECT
    if verb in words.STANCE and not re.match("把.{2,}(?:作为|放在|摆在|纳入|列为)", rest):
        return ClauseKind.STANCE if verb in words.SPIRIT or INNER_END.search(rest) else ClauseKind.ACT
    return ClauseKind.ACT


def _leads(shown: str, at: int, end: int) -> bool:
    return bool(DISPOSES.match(shown, at, end)) and not _own_verb(shown, at, end)[1]


def _phrase(  # noqa: PLR0911, PLR0912 - a list of rules
    shown: str, begin: int, at: int, end: int, *, modal: bool, forbids: bool
) -> Clause:
    """A clause whose verb comes after a phrase: 对…开展, 把…纳入, 各部门牵头, 在…中突出."""
    if disposes := DISPOSED_BY.match(shown, at, end):
        at = disposes.end()
    text = shown[at:end]
    if re.match("把|将", text) and (found := re.search(DISPOSED, text[2:])):
        kind = ClauseKind.EFFECT if INNER_END.search(text) and "转化" in text else ClauseKind.ACT
        return Clause(kind, begin, at, end, text[2 + found.start() : 2 + found.end()], modal, forbids)
    if re.match("由", text) and re.search("负责|牵头|会同|组织|承担|实施|解释", text):
        kind = ClauseKind.BACKGROUND if "负责解释" in text else ClauseKind.ACT
        return Clause(kind, begin, at, end, "由", modal, forbids)
    if re.match("对", text) and text.endswith("的"):
        return Clause(ClauseKind.OPEN, begin, at, end, "对", modal, forbids)
    leads = PREPOSITION.match(text) or DISPOSES.match(text) or re.match("每个", text)
    anywhere = re.match("向|对|给|与|由|同|每个|按|依|为(?=[0-9])", text) or FOR_WHOM.match(text)
    for found in (ANYWHERE if anywhere else PHRASE_ENDS).finditer(text):
        if found.end() < 2 and not leads:
            continue
        if text[0] == "对" and (
            DESCRIBED.search(text[found.end() :])
            or re.match("[^的，、]{1,8}的[^的，、]{1,6}$", text[found.end() :])
        ):
            continue
        place, verb = _verb(shown, at + found.end(), end)
        acts = (
            (verb in words.DOERS or verb in PLAIN)
            if leads
            else (verb in words.STRONG or STRONG_PAIR.fullmatch(verb))
        )
        governed = (leads and not _lists(text, place - at)) or GROUP.search(text[: found.end()]) or modal
        if acts and governed:
            short = end - place < len(verb) + 2
            start = begin if short or re.match("对|向|为|给|由|与|在|每个", text) or not leads else place
            return Clause(_kind(verb, shown[place:end]), start, place, end, verb, modal, forbids)
    if re.match("对|凡|因|确因", text):
        place = _late_verb(text)
        if place:
            return Clause(ClauseKind.ACT, begin, at, end, text[place : place + 2], modal, forbids)
        return Clause(ClauseKind.OPEN, begin, at, end, "对", modal, forbids)
    if modal and not leads:
        return Clause(ClauseKind.ACT, begin, at, end, text[:2], True, forbids)
    if leads and (
        ENDS_IN_ACT.search(text) or (text[0] in "把将" and len(text) > 6 and not INNER_END.search(text))
    ):
        return Clause(ClauseKind.ACT, begin, at, end, leads[0], modal, forbids)
    if (
        leads
        and (GIVES.match(text) or (modal and text[0] in "与同向" and len(text) > 6))
        and not ends_phrase(text)
    ):
        return Clause(ClauseKind.ACT, begin, at, end, leads[0], modal, forbids)
    if leads and (FOR_WHOM_ACT.match(text) or (modal and len(text) > 11 and not FRAME_END.search(text))):
        return Clause(ClauseKind.ACT, begin, at, end, leads[0], modal, forbids)
    if leads and re.match("每个|由(?![于此])", text) and len(text) > 5:
        return Clause(ClauseKind.ACT, begin, at, end, leads[0], modal, forbids)
    if leads:
        return Clause(ClauseKind.STANCE if modal else ClauseKind.BACKGROUND, begin, at, end, leads[0], modal)
    if forbids and re.match("坚决不|不再|一律", text):
        return Clause(ClauseKind.ACT, begin, at, end, text[:2], modal, True)
    return Clause(ClauseKind.MORE, begin, at, end)


def ends_phrase(text: str) -> bool:
    return bool(FRAME_END.search(text) or INNER_END.search(text))


def _lists(text: str, place: int) -> bool:
    """Whether the verb is one of a list that the phrase goes on with: 围绕推进改革、完善制度."""
    return place > 0 and (text[place - 1] == "、" or (place < 6 and "、" in text[place:]))


def _late_verb(text: str) -> int:
    """Where an act begins in 对…的干部及时合理使用, whose verb is its last word."""
    found = re.search(
        "(?:一票否决|坚决不用|从严处理|依规问责|真容错|(?:及时|合理|大胆|优先|依法|严肃|从重|严格|适时|依规|一律)+[^的]{2,14})$",
        text,
    )
    if found:
        return found.start()
    last = re.search("(?:" + "|".join(w for w in words.STRONG if len(w) == 2) + ")$", text)
    return last.start() if last and last.start() > 3 else 0
