"""What can be done to the measures of a draft: add, reword, move, merge, split, remove, number anew.

Each act changes the rows of a draft that `locked_draft` gave out, and says what it did; `conclude` stores the
places and records it. An act refuses with CatalogueRefused, in words for its user.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models.deletion import ProtectedError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from measures.catalogues.draft import Done, Draft, DraftPart, terms_of_row, texts_of_row, title_columns
from measures.catalogues.editing_parts import move_part, refuse_without, remove_part
from measures.catalogues.numbering import NumbersUsedUp, measure_codes, next_code, number_anew
from measures.catalogues.outline import (
    DETAIL_LIMIT,
    MEASURES_LIMIT,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    MeasureLine,
)
from measures.catalogues.store import CatalogueRefused, texts_of
from measures.choices import Audited, Cadence
from measures.database.locks import audited_transaction
from measures.models import Catalogue, Measure, audit
from measures.models.audit import only_differing


@contextmanager
def locked_draft(slug: str) -> Iterator[Draft]:
    """The draft of this short name, which nobody else changes until the end. Raises Http404."""
    with audited_transaction():
        drafts = Catalogue.objects.select_for_update().filter(is_draft=True)
        yield Draft(get_object_or_404(drafts, slug=slug))


def conclude(draft: Draft, done: Done, *, by: User, at: datetime) -> None:
    """Store the places of all rows, and record the act."""
    draft.settle()
    if done.before or done.after:
        audit(
            Audited.CATALOGUE_EDITED,
            by=by,
            at=at,
            about=draft.catalogue,
            before=done.before,
            after={"row": done.about, **done.after},
        )


def line_of(draft: Draft, measure: Measure) -> MeasureLine:
    """A measure of the draft as values."""
    languages = draft.languages
    return MeasureLine(
        draft.part_of(measure).path,
        measure.code,
        texts_of_row(measure, "title", languages),
        texts_of_row(measure, "detail", languages),
        Cadence(measure.cadence),
        measure.source,
        terms_of_row(measure, languages),
        measure.needs_evidence,
    )


def accept_measures(
    draft: Draft, part: DraftPart, lines: Sequence[MeasureLine], *, after: Measure | None = None
) -> Done:
    """Add measures to a part, after one of its measures or last. Lines without a code get the next one."""
    leaf = part.leaf
    if leaf is None or not draft.holds_measures(part):
        raise CatalogueRefused(_("Measures belong to the lowest parts. Add a part below this one first."))
    used = measure_codes(draft)
    if len(used) + len(lines) > MEASURES_LIMIT:
        text = _("A catalogue has at most %(limit)s measures.") % {"limit": f"{MEASURES_LIMIT:,}"}
        raise CatalogueRefused(text)
    place = part.measures.index(after) + 1 if after else len(part.measures)
    added: list[Measure] = []
    for line in lines:
        near = (one.code for one in (part.measures if after is None else part.measures[:place]))
        code = line.code or next_code(near, part.row.code, used)
        refuse_without(code)
        used.add(code)
        measure = Measure.objects.create(
            section=leaf,
            code=code,
            position=0,
            **_columns_of(draft, line),
        )
        part.measures.insert(place, measure)
        place += 1
        added.append(measure)
    last = added[-1]
    titles: dict[str, object] = {"measures": [one.code for one in added]}
    return Done(f"m{last.pk}", last.code, {}, titles)


def _columns_of(draft: Draft, line: MeasureLine) -> dict[str, object]:
    return {
        **texts_of(line, draft.languages),
        **title_columns(line.title, draft.languages),
        "cadence": line.cadence.value,
        "source": line.source,
        "needs_evidence": line.needs_evidence,
    }


def reword(draft: Draft, measure: Measure, line: MeasureLine, *, to: DraftPart | None = None) -> Done:
    """Give a measure these values and, with `to`, another part. Without a code it keeps its own."""
    old = _said(draft, measure)
    measure.reword(_columns_of(draft, line))
    measure.code = line.code or measure.code
    if to and to is not draft.part_of(measure):
        _put_into(draft, measure, to)
    measure.save()
    before, after = only_differing(old, _said(draft, measure))
    return Done(f"m{measure.pk}", measure.code, before, after)


def _said(draft: Draft, measure: Measure) -> dict[str, object]:
    line = line_of(draft, measure)
    return {
        "code": line.code,
        "part": line.path[-1],
        **{f"title_{one}": text for one, text in line.title.items()},
        **{f"detail_{one}": text for one, text in line.detail.items()},
        **{f"key_terms_{one}": terms for one, terms in line.key_terms.items()},
        "cadence": line.cadence.value,
        "source": line.source,
        "needs_evidence": line.needs_evidence,
    }


def _put_into(draft: Draft, measure: Measure, part: DraftPart, *, first: bool = False) -> None:
    if part.leaf is None:
        raise CatalogueRefused(_("Measures belong to the lowest parts. Add a part below this one first."))
    draft.part_of(measure).measures.remove(measure)
    part.measures.insert(0 if first else len(part.measures), measure)
    measure.section = part.leaf


def move_row(draft: Draft, row: DraftPart | Measure, step: int) -> Done:
    """One place up or down; at the end of a part, into the one beside it."""
    if isinstance(row, DraftPart):
        return move_part(draft, row, step)
    part = draft.part_of(row)
    place = part.measures.index(row) + step
    if 0 <= place < len(part.measures):
        part.measures.remove(row)
        part.measures.insert(place, row)
        return Done(f"m{row.pk}", row.code, {}, {"moved": step})
    leaves = [one for one in draft.parts() if draft.holds_measures(one)]
    beside = leaves.index(part) + step
    if not 0 <= beside < len(leaves):
        return Done(f"m{row.pk}")
    _put_into(draft, row, leaves[beside], first=step > 0)
    row.save(update_fields=["section"])
    return Done(f"m{row.pk}", row.code, {"part": part.row.code}, {"part": leaves[beside].row.code})


def following_measure(draft: Draft, measure: Measure) -> Measure | None:
    """The next measure of the same part."""
    measures = draft.part_of(measure).measures
    place = measures.index(measure) + 1
    return measures[place] if place < len(measures) else None


def merge(draft: Draft, measure: Measure, other: Measure) -> Done:
    """Make one of two: the first takes the texts and key terms of the other, which is removed."""
    one, two = line_of(draft, measure), line_of(draft, other)
    title, detail, terms = {}, {}, {}
    for language in draft.languages:
        title[language] = _joined("；", one.title[language], two.title[language])
        if len(title[language]) > TITLE_LIMIT:
            title[language] = one.title[language]
        detail[language] = _joined("\n", one.detail[language], two.detail[language])
        if len(detail[language]) > DETAIL_LIMIT:
            raise CatalogueRefused(_("The two texts together are too long for one measure."))
        terms[language] = list(dict.fromkeys([*one.key_terms[language], *two.key_terms[language]]))
    source = _joined("、", one.source, two.source)
    line = replace(
        one,
        title=title,
        detail=detail,
        key_terms=terms,
        source=source if len(source) <= SOURCE_LIMIT else one.source,
        needs_evidence=one.needs_evidence or two.needs_evidence,
    )
    before = _said(draft, measure)
    # It answers the sentences of an article that the other did.
    measure.sentences.add(*other.sentences.all())
    remove(draft, other)
    reword(draft, measure, line)
    was, now = only_differing(before, _said(draft, measure))
    return Done(f"m{measure.pk}", measure.code, {**was, "merged": other.code}, now)


def _joined(sign: str, first: str, second: str) -> str:
    return sign.join(dict.fromkeys(text for text in (first, second) if text))


def split(draft: Draft, measure: Measure, first: MeasureLine, second: MeasureLine) -> Done:
    """Make two of one: it keeps its code and takes the first values; a new one after it has the second."""
    before = _said(draft, measure)
    reword(draft, measure, replace(first, code=""))
    accept_measures(draft, draft.part_of(measure), [replace(second, code="")], after=measure)
    added = following_measure(draft, measure)
    if added:
        added.sentences.set(measure.sentences.all())
    was, now = only_differing(before, _said(draft, measure))
    return Done(f"m{measure.pk}", measure.code, was, {**now, "split": added.code if added else ""})


def remove(draft: Draft, row: DraftPart | Measure) -> Done:
    """Remove a measure, or a part with all that is in it."""
    try:
        if isinstance(row, Measure):
            return _remove_measure(draft, row)
        return remove_part(draft, row)
    except ProtectedError as error:
        raise CatalogueRefused(_("Something refers to it, so it stays.")) from error


def _remove_measure(draft: Draft, measure: Measure) -> Done:
    part = draft.part_of(measure)
    place = part.measures.index(measure)
    before = _said(draft, measure)
    part.measures.remove(measure)
    key = f"m{part.measures[min(place, len(part.measures) - 1)].pk}" if part.measures else part.key
    Measure.objects.filter(pk=measure.pk).delete()
    return Done(key, measure.code, before)


def renumber(draft: Draft) -> Done:
    """Number all parts and measures by their places."""
    before = [one.code for one in draft.measures()]
    try:
        number_anew(draft)
    except NumbersUsedUp as error:
        raise CatalogueRefused(str(error)) from error
    after = [one.code for one in draft.measures()]
    return Done("", "", {"codes": before}, {"codes": after})


def reword_head(draft: Draft, values: Mapping[str, object]) -> Done:
    """Give the draft these columns: titles, issuers, date and the names of its levels."""
    catalogue = draft.catalogue
    names = list(values)
    old = {name: str(getattr(catalogue, name)) for name in names}
    catalogue.reword(values)
    catalogue.save()
    before, after = only_differing(old, {name: str(getattr(catalogue, name)) for name in names})
    return Done("", catalogue.slug, before, after)
