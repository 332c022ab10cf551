"""What can be done to the parts of a draft; its measures are in measures/catalogues/editing.py."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from measures.catalogues.draft import PARTS_LIMIT, Done, Draft, DraftPart, title_columns
from measures.catalogues.numbering import next_code, part_codes
from measures.catalogues.outline import Texts
from measures.catalogues.store import CatalogueRefused, columns_in
from measures.models import Measure, Pillar, Section
from measures.models.audit import only_differing


def add_parts(draft: Draft, above: DraftPart | None, titles: Sequence[str]) -> Done:
    """Add parts with these titles, last in the one above, or at the top."""
    level = above.level + 1 if above else 1
    if level > draft.depth:
        raise CatalogueRefused(_("This part holds measures, not parts."))
    if len(draft.by_key) + len(titles) > PARTS_LIMIT:
        raise CatalogueRefused(_("A catalogue has at most %(limit)s parts.") % {"limit": f"{PARTS_LIMIT:,}"})
    added = [_add_part(draft, above, level, title) for title in titles]
    return Done(added[-1].key, added[-1].row.code, {}, {"parts": list(titles)})


def _add_part(draft: Draft, above: DraftPart | None, level: int, title: str) -> DraftPart:
    siblings = above.parts if above else draft.top
    code = next_code((one.row.code for one in siblings), above.row.code if above else "", part_codes(draft))
    refuse_without(code)
    columns = title_columns({draft.languages[0]: title}, draft.languages)
    columns |= columns_in("summary", {}, draft.languages)
    if above is None:
        pillar = Pillar.objects.create(catalogue=draft.catalogue, code=code, **columns)
        part = draft.add(DraftPart(pillar, level))
        if draft.depth == 1:
            draft.give_leaf(part, Section.objects.create(pillar=pillar, code=code))
        return part
    parent = above.row if isinstance(above.row, Section) else None
    section = Section.objects.create(pillar=above.pillar, parent=parent, code=code, **columns)
    return draft.add(DraftPart(section, level, above))


def refuse_without(code: str) -> None:
    if not code:
        raise CatalogueRefused(_("No code is left here. Number the draft anew, or shorten the codes above."))


def reword_part(
    draft: Draft,
    part: DraftPart,
    title: Texts,
    summary: Texts,
    *,
    code: str = "",
    to: DraftPart | None = None,
) -> Done:
    """Give a part these texts, and another place if `to` is the part that it shall be in."""
    old = _part_said(part)
    row = part.row
    row.reword({**title_columns(title, draft.languages), **columns_in("summary", summary, draft.languages)})
    row.code = code or row.code
    if to and to is not part.parent:
        _put_part_into(draft, part, to)
    row.save()
    if isinstance(row, Pillar) and part.leaf:
        part.leaf.code = row.code
        part.leaf.save(update_fields=["code"])
    before, after = only_differing(old, _part_said(part))
    return Done(part.key, row.code, before, after)


def _part_said(part: DraftPart) -> dict[str, object]:
    texts = {name: value for name, value in vars(part.row).items() if name.startswith(("title_", "summary_"))}
    return {"code": part.row.code, "part": part.parent.row.code if part.parent else "", **texts}


def _put_part_into(draft: Draft, part: DraftPart, above: DraftPart, *, first: bool = False) -> None:
    if above.level != part.level - 1 or not isinstance(part.row, Section):
        raise CatalogueRefused(_("A part can only be moved to another one of the level above."))
    draft.siblings(part).remove(part)
    part.parent = above
    above.parts.insert(0 if first else len(above.parts), part)
    part.row.parent = above.row if isinstance(above.row, Section) else None
    for one in part.walk():
        if isinstance(one.row, Section) and one.row.pillar_id != above.pillar.pk:
            one.row.pillar = above.pillar
            one.row.save(update_fields=["pillar", "parent"])
    part.row.save(update_fields=["pillar", "parent"])


def move_part(draft: Draft, part: DraftPart, step: int) -> Done:
    siblings = draft.siblings(part)
    place = siblings.index(part) + step
    if 0 <= place < len(siblings):
        siblings.remove(part)
        siblings.insert(place, part)
        return Done(part.key, part.row.code, {}, {"moved": step})
    if part.parent is None:
        return Done(part.key)
    above = [one for one in draft.parts() if one.level == part.level - 1]
    beside = above.index(part.parent) + step
    if not 0 <= beside < len(above):
        return Done(part.key)
    old = part.parent.row.code
    _put_part_into(draft, part, above[beside], first=step > 0)
    return Done(part.key, part.row.code, {"part": old}, {"part": above[beside].row.code})


def remove_part(draft: Draft, part: DraftPart) -> Done:
    inside = list(part.walk())
    gone = [one.code for each in inside for one in each.measures]
    Measure.objects.filter(section__in=[one.leaf for one in inside if one.leaf]).delete()
    for one in reversed(inside):
        if one.leaf:
            one.leaf.delete()
        elif isinstance(one.row, Section):
            one.row.delete()
        if isinstance(one.row, Pillar):
            one.row.delete()
    siblings = draft.siblings(part)
    place = siblings.index(part)
    siblings.remove(part)
    for one in inside:
        draft.by_key.pop(one.key, None)
    near = siblings[min(place, len(siblings) - 1)] if siblings else part.parent
    before = {**_part_said(part), "measures": gone}
    return Done(near.key if near else "", part.row.code, before)
