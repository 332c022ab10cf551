"""Units, persons and posts as English cells name them."""

import re

from measures.takeover.texts import lines_in

WORDS = lines_in("english.txt")
UNIT = re.compile(rf"\b(?:{'|'.join(words for kind, words in WORDS if kind == 'unit')})\b")
POST = re.compile(
    r"^(?:the )?(?:(?:deputy|vice|assistant|acting|executive|chief|lead|interim)[ -])*"
    r"(?:mayor|minister|director|commissioner|secretary|chief executive|c[efoi]o|president|dean|provost"
    r"|principal|governor|chair|head|cllr\.?|councillor|permanent secretary|officer|treasurer|general"
    r"|superintendent)\b"
)
TITLED = re.compile(r"(?:mr|mrs|ms|miss|dr|prof|sir|dame)\.? [A-Z]", re.IGNORECASE)
SURNAME = (
    r"(?:(?:[Vv]an|[Dd]e|[Dd]er|[Aa]l|[Dd]i|[Ll]a|[Ll]e|[Mm]c|O')[ -]?)*[A-Z][a-zà-ÿ'’]+(?:-[A-Z][a-zà-ÿ]+)?"
)
INITIAL = re.compile(rf"(?:[A-Z]\.? ?){{1,2}}\s?{SURNAME}|{SURNAME},? [A-Z]\.?")
NAMED = re.compile(rf"(?P<first>[A-Z][a-zà-ÿ'’]+)(?:-[A-Z]?[a-z]+)?(?: [A-Z]\.?)? {SURNAME}")
FIRST = {name for kind, words in WORDS if kind == "first" for name in words.split("|")}


def is_english_unit(text: str) -> bool:
    """Whether a cell names units and says no more."""
    parts = [part.strip() for part in re.split(r"[,;/\n&]| and ", text) if part.strip()]
    return (
        text.isascii()
        and bool(parts)
        and len(text) <= 80
        and all(len(part.split()) <= 5 and part[0].isupper() for part in parts)
        and sum(bool(UNIT.search(part.lower())) for part in parts) >= 0.5 * len(parts)
        and not POST.match(text.lower())
    )


def is_english_person(text: str) -> bool:
    """Whether a cell says the name of a person and nothing else."""
    words = " ".join(text.split())
    if len(words) > 40 or UNIT.search(words.lower()):
        return False
    if TITLED.match(words) or INITIAL.fullmatch(words):
        return True
    named = NAMED.fullmatch(words)
    return named is not None and named["first"].lower() in FIRST


def is_english_post(text: str) -> bool:
    """Whether a cell names a post that is above others."""
    return len(text) <= 45 and bool(POST.match(text.lower()))
