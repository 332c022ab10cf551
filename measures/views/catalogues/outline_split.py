"""Making two measures of one: what the form of each half begins with, and what it says."""

import re
from dataclasses import replace

from measures.catalogues.draft import Draft
from measures.catalogues.editing import line_of
from measures.catalogues.outline import MeasureLine
from measures.catalogues.outline_forms import TypedData, WordsForm, initial_words
from measures.models import Measure

SENTENCE_ENDS = re.compile(r"(?<=[。！？!?；;])|(?<=\.)(?= )")
type Halves = tuple[WordsForm, WordsForm]


def halves_of(draft: Draft, row: Measure, data: TypedData) -> Halves:
    """A form for each half. The sentences of the text are shared out; both begin with all key terms."""
    initial = initial_words(row, "detail", draft.languages)
    first, second = dict(initial), dict(initial)
    for name, text in initial.items():
        if name.startswith("title_"):
            second[name] = ""
        elif name.startswith("detail_"):
            sentences = [one for one in SENTENCE_ENDS.split(str(text)) if one.strip()]
            middle = (len(sentences) + 1) // 2
            if len(sentences) > 1:
                first[name], second[name] = "".join(sentences[:middle]), "".join(sentences[middle:]).lstrip()
    languages = draft.languages
    return (
        WordsForm(data, languages, first, prefix="first"),
        WordsForm(data, languages, second, prefix="second"),
    )


def lines_of_halves(draft: Draft, row: Measure, data: TypedData) -> tuple[MeasureLine, MeasureLine]:
    """The values of both; what they do not ask for is as it was."""
    halves = halves_of(draft, row, data)
    lines = []
    for half in halves:
        half.full_clean()
        own = line_of(draft, row)
        texts = {"title": half.texts("title"), "detail": half.texts("detail")}
        lines.append(replace(own, title=texts["title"], detail=texts["detail"], key_terms=half.terms()))
    return lines[0], lines[1]
