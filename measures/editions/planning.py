"""What an upgrade would do to each item of a checklist: worked out before anything is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from measures.choices import AnswerKind
from measures.editions.mapping import MappedPair, pairs_of
from measures.editions.merging import MergeRule
from measures.editions.pairs import PairKind
from measures.models import Checklist, EditionMapping, Item, Measure, Section
from measures.models.local_codes import LOCAL_FROM
from measures.models.state import StateValue

# Why an item is where it is after an upgrade: a local measure comes along with its section.
REWORDED = {AnswerKind.REWORDED, AnswerKind.MOVED_REWORDED}


@dataclass(frozen=True)
class Fate:
    """What becomes of one item. `to` is the measure that it answers then; None: it is retired.

    `values`: what a merger changes of its state. `parts`: the further measures of a split one, each of which
    gets a copy. `into`: the item that takes in this one. Without an item, one is opened.
    """

    kind: AnswerKind
    item: Item | None = None
    to: Measure | None = None
    parts: tuple[Measure, ...] = ()
    into: Item | None = None
    values: Mapping[str, StateValue] = field(default_factory=dict)
    choices: tuple[Item, ...] = ()  # of a merger: the items of which any may go on
    rule: MergeRule | None = None  # of a merger

    @property
    def is_reworded(self) -> bool:
        return self.kind in REWORDED


@dataclass(frozen=True)
class UpgradePlan:
    """The fate of every item in force, in the order of the new edition; what is retired comes last."""

    checklist: Checklist
    mapping: EditionMapping
    fates: tuple[Fate, ...]

    @property
    def counts(self) -> dict[AnswerKind, int]:
        found = Counter(fate.kind for fate in self.fates)
        return {kind: found[kind] for kind in AnswerKind if found[kind]}

    @property
    def kind_counts(self) -> list[tuple[AnswerKind, int]]:
        return list(self.counts.items())


def plan_upgrade(
    checklist: Checklist, mapping: EditionMapping, keeps: Mapping[str, str] | None = None
) -> UpgradePlan:
    """The plan for the items as they are. `keeps` names for a merged new code the old one that goes on.

    Four queries, however many items there are.
    """
    found = checklist.items.select_related("measure__section", "owner").with_cooperating()
    items = {item.measure.code: item for item in found}
    new = {one.code: one for one in Measure.objects.shared_by(mapping.new).select_related("section")}
    pairs = pairs_of(mapping)
    fates = [fate for pair in pairs for fate in _fates(pair, items, new, keeps or {})]
    local = [item for item in items.values() if item.measure.is_local]
    fates += _local_fates(checklist, local, _sections_go(pairs, items, new), new, mapping)
    fates.sort(key=lambda fate: (fate.to is None, fate.to.position if fate.to else 0))
    return UpgradePlan(checklist, mapping, tuple(fates))


def _fates(
    pair: MappedPair, items: Mapping[str, Item], new: Mapping[str, Measure], keeps: Mapping[str, str]
) -> list[Fate]:
    """The fates of the items of a pair. A checklist may lack an item that its edition has."""
    olds = tuple(items[code] for code in pair.old if code in items)
    news = tuple(new[code] for code in pair.new)
    kind = AnswerKind(pair.kind.value)
    if not olds:
        return [Fate(AnswerKind.NEW, to=one) for one in news]
    if pair.kind == PairKind.MERGED:
        kept = next((one for one in olds if one.measure.code == keeps.get(pair.new[0])), olds[0])
        rest = [one for one in olds if one is not kept]
        values = pair.rule.joined(kept, rest)
        goes_on = Fate(kind, kept, news[0], values=values, choices=olds, rule=pair.rule)
        return [goes_on, *(Fate(kind, one, into=kept) for one in rest)]
    if not news:
        return [Fate(kind, one) for one in olds]
    return [Fate(kind, olds[0], news[0], parts=news[1:])]


def _sections_go(
    pairs: list[MappedPair], items: Mapping[str, Item], new: Mapping[str, Measure]
) -> dict[str, str]:
    """By the code of each old section, that of the new one where most of its measures go."""
    went: dict[str, Counter[str]] = {}
    for pair in pairs:
        for old in pair.old:
            for code in pair.new:
                if old in items:
                    went.setdefault(items[old].measure.section.code, Counter())[new[code].section.code] += 1
    return {old: counted.most_common(1)[0][0] for old, counted in went.items()}


def _local_fates(
    checklist: Checklist,
    local: list[Item],
    goes: Mapping[str, str],
    new: Mapping[str, Measure],
    mapping: EditionMapping,
) -> list[Fate]:
    """A unit's own measures go where most of their section goes, under a number that is free there."""
    if not local:
        return []
    sections = {one.code: one for one in Section.objects.filter(pillar__catalogue=mapping.new).order_by("pk")}
    made = {
        (one.section_id, one.title, one.detail): one
        for one in checklist.local_measures.filter(section__in=sections.values())
    }
    taken = {one.code for one in made.values()}
    fates = []
    for item in sorted(local, key=lambda item: item.measure.position):
        was = item.measure
        section = sections.get(goes.get(was.section.code, was.section.code)) or next(iter(sections.values()))
        to = made.get((section.pk, was.title, was.detail)) or _copied(was, section, taken, new)
        taken.add(to.code)
        kind = AnswerKind.UNCHANGED if to.code == was.code else AnswerKind.MOVED
        fates.append(Fate(kind, item, to))
    return fates


def _copied(was: Measure, section: Section, taken: set[str], new: Mapping[str, Measure]) -> Measure:
    """The unit's own measure as a measure of the new edition; not saved yet."""
    number = int(was.code.rpartition(".")[2])
    while f"{section.code}.{number}" in taken:
        number = number + 1 if number < 999 else LOCAL_FROM
    last = max((one.position for one in new.values() if one.section_id == section.pk), default=0)
    fields = {one.attname: getattr(was, one.attname) for one in was._meta.concrete_fields}
    del fields["id"]
    fields |= {"section_id": section.pk, "code": f"{section.code}.{number}"}
    return Measure(**(fields | {"position": last + number / 1000}))
