"""Which sentences leave the rules little doubt, so that a person may accept them together."""

import re

from measures.articles import words
from measures.articles.clauses import ClauseKind, read_clause
from measures.articles.folding import folded
from measures.articles.lists import AskedSpan
from measures.articles.rules import ABOUT, ATTRIBUTED, clauses_of
from measures.articles.text import ArticleSentence, masked, without_mark

MOST = 4  # things of one sentence
LEFT_OVER = 0.1  # of its characters may be in no thing
JOINS = re.compile("[，,；;、。！？：\\s]|并|同时|和|以及")


def is_plain(sentence: ArticleSentence, asked: list[AskedSpan]) -> bool:
    """Whether it consists of few things that begin with an act, or only quotes or leads in."""
    shown = folded(masked(sentence.text))
    if not asked:
        body = without_mark(shown).strip()
        clauses = [clause for part in clauses_of(sentence.text) for clause in part]
        acts = any(clause.modal or clause.kind is ClauseKind.ACT for clause in clauses)
        return bool(ATTRIBUTED.match(body) or ABOUT.search(body) or (sentence.is_topic and not acts))
    if len(asked) > MOST or any(one.kind is not ClauseKind.ACT for one in asked):
        return False
    covered = [False] * len(shown)
    for one in asked:
        clause = read_clause(shown, one.start, one.end)
        if clause.verb not in words.STRONG and not clause.modal and one.before == (0, 0):
            return False
        for start, end in ((one.start, one.end), one.before, one.after):
            covered[start:end] = [True] * (end - start)
    start = len(shown) - len(without_mark(shown))
    rest = "".join(sign for sign, inside in zip(shown, covered, strict=True) if not inside)[start:]
    return len(JOINS.sub("", rest)) <= LEFT_OVER * len(shown)
