"""Simple rules for English text: shall, must, should, will, and sentences that begin with a verb."""

import re

from measures.articles.lists import AskedSpan
from measures.articles.text import ArticleSentence

MODAL = re.compile(
    r"\b(?:shall|must|should|will|(?:is|are) to|(?:is|are) required to|needs? to)\b(?: not)?", re.IGNORECASE
)
VERB = (
    "(?:"
    "adopt|analyse|analyze|appoint|approve|arrange|assess|assign|audit|build|check|close|collect|"
    "complete|conduct|consult|continue|coordinate|create|define|deliver|designate|develop|disclose|"
    "draft|draw|enforce|ensure|establish|evaluate|examine|expand|explore|extend|fund|hold|identify|"
    "implement|improve|increase|inspect|introduce|investigate|issue|keep|launch|limit|maintain|make|"
    "monitor|notify|open|organise|organize|prepare|prevent|prohibit|promote|protect|provide|publish|"
    "put|reduce|register|remove|report|require|review|revise|run|select|send|set|simplify|streamline|"
    "strengthen|submit|support|survey|take|train|update|upgrade|verify"
    ")"
)
BEGINS = re.compile(
    r"\s*(?:\W?\w{1,3}[.)]\s+)?(?:By [^,]+, |In [^,]+, |Each year, "
    rf"|(?:Regularly|Actively|Fully|Further|Jointly) )?{VERB}\b",
    re.IGNORECASE,
)
JOINT = re.compile(rf"(?:;\s*(?:and\s+)?|,\s+(?:and\s+)?|\s+and\s+)(?={VERB}\b)", re.IGNORECASE)
# “will be remembered”, “should be noted”: nobody is asked.
IDLE = re.compile(
    r"\b(?:will|should|must) (?:be (?:able|remembered|noted|seen)|have been|remain|benefit|face|see)\b",
    re.IGNORECASE,
)
SAID = re.compile(
    r"^(?:According to|In recent years|Last year|Over the past|Since \d)"
    r"|\b(?:said|stated|noted|recalled) that\b",
    re.IGNORECASE,
)


def english_asked_of(sentence: ArticleSentence) -> list[AskedSpan]:
    """The things that an English sentence asks for: one for each verb of a list."""
    text = sentence.text
    end = len(text.rstrip(".!? "))
    modal = MODAL.search(text)
    if text.endswith("?") or SAID.search(text) or IDLE.search(text) or not (modal or BEGINS.match(text)):
        return []
    cuts = list(JOINT.finditer(text, modal.end() if modal else 0, end))
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), end]
    return [AskedSpan(start, stop) for start, stop in zip(starts, ends, strict=True)]
