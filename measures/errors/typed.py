"""Shows users what they typed into a form that was not accepted, so that it is not lost."""

from django.http import QueryDict

from measures.models.entries import ENTRY_TEXTS
from measures.models.state import FIELDS

WORTH_KEEPING = {"append", "reason", *ENTRY_TEXTS, *(one.name for one in FIELDS if one.is_text)}
LIMIT = 10_000  # characters of one text, as many as notes may have


def typed_texts(sent: QueryDict) -> list[str]:
    """The longer texts of a form, also of the admin's list, whose fields have a prefix."""
    texts = [str(text) for name, text in sent.items() if name.rpartition("-")[2] in WORTH_KEEPING]
    return [text[:LIMIT] for text in texts if text]
