"""Key terms: the noun phrases of a thing that are worth keeping, in the article's own words."""

import re

from measures.articles.clauses import read_clause
from measures.articles.folding import folded
from measures.articles.text import masked

QUOTED = re.compile("[“「《]([^”」》]{2,20})[”」》]")
BOUNDARY = re.compile(
    "[、，；,;的和与及或对把将为在中以等○“”「」《》（）() ]|作为|进行|开展|给予|纳入|落实到|转化为"
)
LONGEST = 8  # characters
MOST = 6
EMPTY = frozenset(
    ["工作", "问题", "方面", "情况", "制度机制", "方式", "措施", "有效方式", "激励手段", "形式"]
)


def key_terms_of(text: str) -> tuple[str, ...]:
    """At most six terms of 2 to 8 characters, those in quotation marks first."""
    shown = folded(masked(text))
    clause = read_clause(shown, 0, len(shown))
    found = [quoted[1] for quoted in QUOTED.finditer(text) if len(quoted[1]) <= LONGEST]
    governed = clause.verb and shown.startswith(clause.verb, clause.head)
    start = clause.head + len(clause.verb) if governed else clause.start
    # Who is asked is no term.
    before = "" if clause.modal else text[clause.start : clause.head]
    pieces = [before, re.sub(r"\d.*$", "", text[start:])]
    for piece in pieces:
        for term in _pieces(piece):
            own = read_clause(folded(term), 0, len(term))
            # 健全 of 建立健全, 用好 of 建好用好.
            skip = len(own.verb) if own.verb and own.head == 0 and len(term) - len(own.verb) > 3 else 0
            rest = term[skip:]
            found += [rest] if len(rest) <= LONGEST else [rest[:-4][-LONGEST:], rest[-4:]]
    return tuple(dict.fromkeys(term for term in found if len(term) > 1 and term not in EMPTY))[:MOST]


def _pieces(text: str) -> list[str]:
    hidden = masked(text)
    pieces, start = [], 0
    for found in BOUNDARY.finditer(hidden):
        pieces.append(text[start : found.start()])
        start = found.end()
    return [piece for piece in [*pieces, text[start:]] if len(piece) > 1]
