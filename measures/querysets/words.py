"""Words that somebody searches for, as a condition on texts that have no index."""

from django.db.models import Q

from measures.texts import spellings


def says_all(text: str, *fields: str) -> Q:
    """Every word of the text is in one of these fields, in full or half width. Each text is compared.

    Most words are Chinese and have no case: folding the texts would be the slowest part.
    """
    found = Q()
    for word in dict.fromkeys(text.split()):
        anywhere = Q()
        for one in spellings(word):
            verb = "icontains" if one.upper() != one.lower() else "contains"
            for field in fields:
                anywhere |= Q(**{f"{field}__{verb}": one})
        found &= anywhere
    return found
