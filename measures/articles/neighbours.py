"""What plain clauses ask for by their neighbours: 沿河村庄污水接管，农户改厕, in a section that asks.

The verb of such a clause is on no list. What is around it tells that it is no mere description.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from measures.articles.clauses import Clause, ClauseKind
from measures.articles.folding import folded
from measures.articles.joining import NO_ACT, is_motto, joined_clauses
from measures.articles.lists import PLANNED, AskedSpan, things_in
from measures.articles.rules import clauses_of, is_background
from measures.articles.signs import CLAUSE_VERBS, FRAME_END, INNER_END
from measures.articles.text import ArticleSentence, masked, without_mark

# Of the other sentences under the same heading, so many have to ask.
SHARE = 0.5
# Sayings and reasons: 水清了，鱼就回来了; 民以食为天.
REFLECTS = re.compile(
    "才(?![干艺智])|则(?!按)|难(?![题点度处])|(?<![迁成造将])就(?![业近地学医餐诊读])|(?<![不为除])了(?![解然结])|(?<![凡但于若只要])是|即[为是]|无小事|为[天先本要重基王](?:[，。]|$)"
    "|越|既|不仅|不但|离不开|关乎|关键[看在]|关系[到着千万百]|事关|意味|彰显|好比|犹如|如同|正如|有了|没有[^，的]{2,}，|仍|还[有不没存处在很较]|尚[未不有无]|依然|却|但|曾|已(?!婚|退|付|批|供)"
    "|刚[过够]|至今|历来|向来|以往|原有|眼下|如今|随着|得[好快稳美]|心[顺安齐暖]|之所|根子|[敢能会愿]不[敢能会愿]|[现共]有|占[全总]|目前|当前|[难不]安|(?<![停依可])靠|家家|人人(?!手|有)|早晚|迟早|贵在|重在|源于|来自|在于"
)
GIVEN = re.compile("[向同与给把将对由按](?![上下内外来此于])[^，]{5,}$")
# 误工的扣发: the case and what is done in it.
CASE_AND_ACT = re.compile("[^，、的]{1,12}的[^，、的]{2,4}$")
WHEN = re.compile("(?:当|遇|如遇|每逢|凡|未经|若|如|为|为了|以|围绕|聚焦|针对|坚持|本着)[^，]+$")


def with_told(
    sentences: Sequence[ArticleSentence], asked: Sequence[list[AskedSpan]]
) -> list[list[AskedSpan]]:
    """What the sentences ask for, with what they ask for by their neighbours."""
    under = Counter(sentence.headings for sentence in sentences)
    asking = Counter(sentence.headings for sentence, own in zip(sentences, asked, strict=True) if own)
    return [
        own or (_told(sentence) if _has_to(asking[sentence.headings], under[sentence.headings]) else [])
        for sentence, own in zip(sentences, asked, strict=True)
    ]


def _has_to(asking: int, sentences: int) -> bool:
    """Whether so many of the sentences under a heading ask that one that seems not to may ask too."""
    return asking > 0 and asking >= SHARE * (sentences - 1)


def _told(sentence: ArticleSentence) -> list[AskedSpan]:
    shown = folded(masked(sentence.text))
    body = without_mark(shown).strip()
    if sentence.overview or REFLECTS.search(body):
        return []
    clauses = [clause for part in clauses_of(sentence.text) for clause in joined_clauses(shown, part)]
    if any(clause.judges or clause.needs for clause in clauses):
        return []
    # A sentence that names what its paragraph is about does so in the words of plans.
    plain = sentence.is_topic and len(clauses) > 1 and all(_is_plain(shown, clause) for clause in clauses)
    if is_background(replace(sentence, opens=False) if plain else sentence, body, modal=False):
        return []
    return [
        thing
        for clause in clauses
        if _says(shown[clause.start : clause.end], clause)
        for thing in things_in(shown, clause)
    ]


def _is_plain(shown: str, clause: Clause) -> bool:
    """Whether it is long and begins with none of the words of plans."""
    return (
        clause.end - clause.start > 5
        and clause.verb not in PLANNED
        and not shown.startswith("要", clause.start)
    )


def _says(text: str, clause: Clause) -> bool:
    """Whether the clause may be an act, rather than a phrase or a saying."""
    if clause.kind in (ClauseKind.BACKGROUND, ClauseKind.OPEN):
        return bool(GIVEN.match(text)) and not _is_phrase(text)
    if clause.kind is not ClauseKind.MORE:
        return clause.kind is ClauseKind.ACT
    if WHEN.match(text) or _is_phrase(text):
        return False
    return len(text) > 4 or (not is_motto(text) or any(text[at : at + 2] in CLAUSE_VERBS for at in (0, 2)))


def _is_phrase(text: str) -> bool:
    return bool(
        len(text) < 4
        or NO_ACT.search(text)
        or FRAME_END.search(text)
        or INNER_END.search(text)
        or (re.search(".的[^，的、]{2,4}$", text) and not CASE_AND_ACT.match(text))
    )
