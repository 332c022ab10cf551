"""Whether a text tells what was done, what is in the way, or what comes next."""

from measures.takeover.texts import words_file

WORDS = dict(words_file("telling.txt"))


def is_told(plain: str) -> bool:
    """Whether it tells of what was done, in a text of one script and small letters."""
    return bool(WORDS["done"].search(plain))


def is_trouble(plain: str) -> bool:
    return bool(WORDS["trouble"].search(plain))


def is_ahead(plain: str) -> bool:
    return bool(WORDS["ahead"].search(plain))
