"""Which sentences ask for something, and what: rules over the clauses of a sentence."""

import re
from collections.abc import Iterator

from measures.articles import words
from measures.articles.clauses import Clause, ClauseKind, read_clause
from measures.articles.folding import folded
from measures.articles.joining import is_result, is_whole, joined_clauses, says
from measures.articles.lists import AskedSpan, Stretch, acts, between, things_in
from measures.articles.signs import COUNTS, INNER_END, LABEL, PERSONS
from measures.articles.text import ArticleSentence, masked, without_mark

ATTRIBUTED = re.compile(
    "^(?=[^，。：]*(?:"
    + "|".join(words.SPEAKERS)
    + "))[^，。：]{2,36}?(?:"
    + "|".join(sorted(words.ATTRIBUTED, key=len, reverse=True))
    + ")[，：]"
)
MEETING = re.compile("^(?:会议|大会|全会|例会)(?:还)?(?:强调|要求|指出|提出|明确|决定|议定|部署)[，：]?")
PAST = re.compile("^[^，]{0,6}?(?:" + "|".join(words.PAST) + ")")
# Sentences about the paper itself.
ABOUT = re.compile(
    "^(?:本|该)(?:意见|办法|方案|通知|规定|细则|条例|文)|现(?:就|将|提出).{0,60}(?:如下|通知|意见)|(?:以下|如下|下列|[一二三四五六七八九十0-9]+个?方面)(?:的)?(?:重点)?(?:工作|任务)[。：]?$|^为[^，]*，(?:根据|按照|依据|结合)[^。]*(?:制定本|如下)|自(?:印发|发布|公布)之日|特(?:此通知|制定)"
)
RHETORIC = re.compile(
    "让我们|宁可[^。]*不可|宁[可愿][^。]*也不|奋勇前进|而努力奋斗|不懈奋斗|^实现(?:上述|这[一些]|以上)[^，]*，[^要须应]*$|[！？]$"
)


COMMA = re.compile("[，,；;：]")
END = re.compile("[。！？.!?]*(?:(?<=[。！？.!?])[”’」』])?\\s*$")
DONE = re.compile(
    "^[^，对把将从]{0,8}[现共]有[^，]*[0-9]|(?<![不为除解明知末罢])了(?![解然结如却断])|同比|已(?:经|有|建|完|实|达)|累计|位居|跃居|(?:取得|收到)[^，]{0,8}(?:成效|成绩|进展|效果)"
)
# Headings of parts that look back or give reasons, and of parts that say in what spirit.
LOOKS_BACK = re.compile("回顾|成绩|成效|总结|现状|基本情况|形势|背景|意义|存在.{0,3}问题|不足")
IN_SPIRIT = re.compile("总体要求|指导思想|基本原则|总体思路|工作原则")
GOAL = re.compile(
    "(?:到|力争|至)(?:20\\d\\d|今明两|明|今)年|(?:力争)?用[^，]{1,5}年(?:左右)?时间|达到[0-9]|不少于|[月年]内"
)
# An order to everybody, which asks also before the first heading.
ALL = re.compile("(?:全[省市县区系]|各)[^，]{0,14}(?:必须|要(?![求点])|应当)")
# What is wrong, told as a finding.
FAULT = re.compile(
    "^(?:但|然而)?(?:有的|有些|一些|少数|个别|部分|仍有|还有|问题(?:主要)?表现|主要表现|(?:经|从)?(?:检查|抽查|排查|调研|督查)[^，]{0,3}(?:发现|看))"
    "|(?:不够|不到位|不规范|不严|不紧|不力|不足|不强|不高|不平衡|滞后|薄弱|短缺|缺失|偏大|偏低|偏弱|缓慢|流于形式)(?:[，；。]|$)"
)


def clauses_of(sentence: str) -> list[list[Clause]]:
    """The clauses in the parts of a sentence that ； divides."""
    shown = folded(masked(sentence))
    start = len(shown) - len(without_mark(shown))
    parts: list[list[Clause]] = [[]]
    while start < len(shown):
        found = COMMA.search(shown, start)
        end = found.start() if found else _before_stop(shown)
        if found and found[0] == "：" and LABEL.fullmatch(shown, start, end):
            start = found.end()
            continue
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
    parts = [joined_clauses(shown, part) for part in clauses_of(sentence.text)]
    clauses = [clause for part in parts for clause in part]
    modal = any(clause.modal or clause.forbids for clause in clauses)
    if not prefix and is_background(sentence, body, modal):
        return []
    sole = not any(
        clause.kind is ClauseKind.ACT and clause.verb not in ("采取", "采用") for clause in clauses
    )
    found = []
    for part in parts:
        things = list(_things(shown, part, sole))
        acted = any(thing.kind is ClauseKind.ACT for thing in things)
        found += things if acted or len(parts) == 1 else [*things, *_said(shown, part)]
    strong = [thing for thing in found if thing.kind is ClauseKind.ACT]
    if any(clause.needs for clause in clauses) or sentence.overview:
        firm = any(_is_made(shown[one.start : one.end]) for one in strong) or re.search(
            "[0-9]|“[^”]{2,12}、[^”]{2,12}”", sentence.text
        )
        return strong if firm else []
    return strong or _said(shown, clauses) or found[:1]


def _said(shown: str, clauses: list[Clause]) -> list[AskedSpan]:
    """What clauses without a duty or an act at their head lay down: 收费实行目录清单管理."""
    if re.match("这|当前|其中", shown) or any(
        clause.judges or clause.kind is ClauseKind.BACKGROUND for clause in clauses
    ):
        return []
    found = [clause for clause in clauses if clause.kind is ClauseKind.MORE]
    if not any(says(shown[clause.start : clause.end]) for clause in found):
        return []
    return [AskedSpan(one.start, one.end) for one in found if is_whole(shown[one.start : one.end])]


def is_background(sentence: ArticleSentence, body: str, modal: bool) -> bool:
    """Whether it quotes, looks back, gives reasons or tells of the paper itself."""
    if (sentence.before_headings and not ALL.match(body)) or (
        sentence.is_topic and not _is_counted(without_mark(body))
    ):
        return True
    if ATTRIBUTED.match(body) or ABOUT.search(body) or RHETORIC.search(body):
        return True
    headings = [folded(heading.text) for heading in sentence.headings]
    above = " ".join(one for one in headings if not re.match("(?:关于|针对).*(?:问题|方面)$", one))
    if IN_SPIRIT.search(above) and not GOAL.search(body):
        return True
    return not modal and bool(
        PAST.match(body) or _is_done(body) or FAULT.search(body) or LOOKS_BACK.search(above)
    )


def _is_counted(body: str) -> bool:
    return bool(re.search(r"\d", body) or COUNTS.search(body))


def _is_done(body: str) -> bool:
    return bool(DONE.search(body)) and not re.search("[年月日天周]内|[年月日底]前|力争|确保", body)


def _is_made(text: str) -> bool:
    return bool(re.search("建立|制定|出台|完善|健全|印发|开展|设立|实施", text))


def _things(shown: str, part: list[Clause], sole: bool) -> Iterator[AskedSpan]:
    """What a part of a sentence asks for, with the kind of its clause; `sole`: nothing else in it acts."""
    acted = soft = False
    for at, clause in enumerate(part):
        text = shown[clause.start : clause.end]
        if clause.kind is ClauseKind.OPEN:
            yield AskedSpan(clause.start, clause.end, ClauseKind.EFFECT)
        elif _is_means(clause, text):
            many = _verbs_listed(shown, clause) or (between(shown, clause.start, clause.end) if sole else [])
            if many and (len(many) > 2 or clause.verb == "通过"):
                yield from (AskedSpan(*span) for span in many)
            elif clause.kind is ClauseKind.ACT and not acted:
                yield AskedSpan(clause.start, clause.end)
        elif clause.kind is ClauseKind.ACT and not _is_topic_of(part, at):
            yield from things_in(shown, clause)
            acted = True
        elif clause.kind in (ClauseKind.EFFECT, ClauseKind.STANCE) and not _is_topic_of(part, at):
            effect = clause.kind is ClauseKind.EFFECT
            firm = effect and not acted and not soft and _is_concrete(text, clause)
            firm = firm or (effect and is_result(text, clause)) or (acted and clause.verb == "坚持")
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


def _verbs_listed(shown: str, clause: Clause) -> list[Stretch]:
    """The acts listed after 通过, if each begins with a verb: 通过建强组织、配强班子."""
    spans = between(shown, clause.start + len(clause.verb), clause.end)
    return spans if len(spans) > 1 and sum(acts(shown, span) for span in spans) > 1 else []
