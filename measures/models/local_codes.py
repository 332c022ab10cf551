"""Which codes are whose: those of a unit's own measures end in a dot and a number from 901, no other does.

So the code alone tells the two apart, in every list, file and frozen report.
"""

from functools import lru_cache

from django.utils.translation import pgettext

LOCAL_FROM, LOCAL_LAST = 901, 999
LOCAL_CODE = r"\.9[0-9]{2}$"


# Codes are few, and asked about in every row of a long file.
@lru_cache(4_096)
def is_local(code: str) -> bool:
    """Return whether a measure with this code is a unit's own."""
    _section, dot, number = code.rpartition(".")
    return bool(dot) and number.isdecimal() and LOCAL_FROM <= int(number) <= LOCAL_LAST


def marked(code: str, title: str) -> str:
    """The title; of a unit's own measure with a word that says so, for where text is all there is."""
    return pgettext("local", "[local] %(title)s") % {"title": title} if is_local(code) else title
