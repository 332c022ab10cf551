"""Which codes are whose: the catalogue's measures are numbered from 1, a unit's own in each section from 901.

So the code alone tells the two apart, in every list, file and frozen report.
"""

from functools import lru_cache

from django.utils.translation import pgettext

LOCAL_FROM, LOCAL_LAST = 901, 999
SHARED_CODE = r"^\d+\.\d+\.(\d{1,2}|[1-8]\d{2})$"
LOCAL_CODE = r"^\d+\.\d+\.9\d{2}$"


# Codes are few, and asked about in every row of a long file.
@lru_cache(4_096)
def is_local(code: str) -> bool:
    """Return whether a measure with this code is a unit's own."""
    number = code.rpartition(".")[2]
    return number.isdecimal() and LOCAL_FROM <= int(number) <= LOCAL_LAST


def marked(code: str, title: str) -> str:
    """The title; of a unit's own measure with a word that says so, for where text is all there is."""
    return pgettext("local", "[local] %(title)s") % {"title": title} if is_local(code) else title
