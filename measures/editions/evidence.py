"""How much speaks for a measure having become another, or several: above 0, it is likelier than not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import add

from measures.editions.likeness import Meaning, WeighedWords, Weigher, mean_like
from measures.editions.pairs import Compared

# Set by hand and tried on editions made at random, some of them unlike any that were looked at.
STRONGEST = 5.0
STRONGEST_PART = 4.0
LEAST_WITHIN = 0.15  # of a part, in the whole
ALIKE_ENOUGH = 0.85  # what is so much like the whole is no part of it
FOREIGN_PART = 3.0  # speaks against a part that lies in another place than the whole
MOST_PARTS = 5  # tried together for one whole


@dataclass(frozen=True)
class Candidate:
    """One thing that may have become of these measures."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    gain: float


@dataclass
class EditionSide:
    """The measures of one edition that have no equal in the other, with what they mean."""

    measures: Mapping[str, Compared]
    meanings: Mapping[str, Meaning]
    gaps: Mapping[str, int] = field(
        default_factory=dict
    )  # after how many measures that stayed each one stands


def side_of(measures: Sequence[Compared], weigher: Weigher) -> EditionSide:
    return EditionSide(
        {measure.code: measure for measure in measures},
        {measure.code: weigher.meaning(measure) for measure in measures},
    )


def alike(one: Meaning, other: Meaning) -> float:
    """0 to 1 by text and key terms; by text alone where either has no key terms."""
    text = mean_like(one.texts, other.texts)
    both = any(one.terms[language].total and other.terms[language].total for language in one.terms)
    return 0.6 * text + 0.4 * mean_like(one.terms, other.terms) if both else text


def flattened(gain: float, strongest: float) -> float:
    """What is beyond the strongest counts a tenth: it orders rivals and outweighs nobody else's pair."""
    return gain if gain < strongest else strongest + (gain - strongest) / 10


def pair_gain(old: EditionSide, new: EditionSide, before: str, after: str) -> float:
    """For one becoming one. What moved was reworded little; what stayed may have been written anew."""
    one, other = old.measures[before], new.measures[after]
    said, says = old.meanings[before], new.meanings[after]
    strength = alike(said, says)
    if one.place != other.place:
        return flattened(14 * (strength - 0.6), STRONGEST)
    gain = 12 * strength - 2.2 + 5 * (said.concepts.like(says.concepts) - 0.4)
    if one.source and other.source:
        gain += 2 if one.source == other.source else -2.5
    if one.cadence and other.cadence:
        gain += 1 if one.cadence == other.cadence else -2.5
    if old.gaps.get(before) == new.gaps.get(after):
        gain += 1.5
    return flattened(gain, STRONGEST)


def likely_pairs(old: EditionSide, new: EditionSide) -> list[Candidate]:
    """Each old measure with the new ones of its place, and with those that share rare words with it."""
    users: dict[str, list[str]] = {}
    by_place: dict[tuple[str, ...], list[str]] = {}
    for code, meaning in new.meanings.items():
        by_place.setdefault(new.measures[code].place, []).append(code)
        for word in rare_words(meaning):
            users.setdefault(word, []).append(code)
    found = []
    for before, meaning in old.meanings.items():
        shared: dict[str, int] = {}
        for word in rare_words(meaning):
            for code in users.get(word, ())[:50]:
                shared[code] = shared.get(code, 0) + 1
        near = by_place.get(old.measures[before].place, [])
        if len(near) > 40:
            here = old.measures[before].position
            near = sorted(near, key=lambda code: abs(new.measures[code].position - here))[:40]
        worth = dict.fromkeys([*near, *sorted(shared, key=lambda code: (-shared[code], code))[:15]])
        found += [Candidate((before,), (after,), pair_gain(old, new, before, after)) for after in worth]
    return found


def rare_words(meaning: Meaning) -> list[str]:
    """The thirty words of each language that tell most."""
    return [
        f"{language} {word}"
        for language, said in meaning.texts.items()
        for word in sorted(said.weights, key=lambda word: (-said.weights[word], word))[:30]
    ]


def likely_groups(
    wholes: EditionSide, parts: EditionSide, near: Mapping[str, list[str]], *, split: bool
) -> list[Candidate]:
    """Each measure of one side with two or three of the other that lie within it and fill it together."""
    found = []
    for whole, codes in near.items():
        meaning = wholes.meanings[whole]
        inside = {code: within(parts.meanings[code].texts, meaning.texts) for code in codes}
        best = sorted(
            (code for code in codes if inside[code] >= LEAST_WITHIN), key=lambda code: -inside[code]
        )
        if any(alike(meaning, parts.meanings[code]) >= ALIKE_ENOUGH for code in best[:MOST_PARTS]):
            continue
        for number in (2, 3):
            for group in combinations(sorted(best[:MOST_PARTS], key=codes.index), number):
                gains = [
                    part_gain(meaning, [parts.meanings[other] for other in group], at)
                    - FOREIGN_PART * (parts.measures[code].place != wholes.measures[whole].place)
                    for at, code in enumerate(group)
                ]
                if min(gains) > 0:
                    ordered = tuple(sorted(group, key=lambda code: parts.measures[code].position))
                    old, new = ((whole,), ordered) if split else (ordered, (whole,))
                    found.append(Candidate(old, new, sum(gains)))
    return found


def part_gain(whole: Meaning, parts: Sequence[Meaning], at: int) -> float:
    """How much speaks for a part: how much of it the whole says, and what of the whole no other part says."""
    part = parts[at]
    everything = reduce(add, parts)
    rest = reduce(add, [other for place, other in enumerate(parts) if place != at])
    gain = within(part.texts, whole.texts) + 0.5 * within(part.terms, whole.terms)
    only_here = within(whole.texts, everything.texts) - within(whole.texts, rest.texts)
    if only_here < 0.05:
        return -1
    gain += 2 * only_here + 0.5 * (within(whole.terms, everything.terms) - within(whole.terms, rest.terms))
    return flattened(6 * (gain - 0.65), STRONGEST_PART)


def within(one: Mapping[str, WeighedWords], other: Mapping[str, WeighedWords]) -> float:
    """How much of one the other says as well: the mean over languages, both scripts of Chinese as one."""
    families: dict[str, list[float]] = {}
    for language, said in one.items():
        if language in other:
            families.setdefault(language[:2], []).append(said.within(other[language]))
    means = [sum(found) / len(found) for found in families.values()]
    return sum(means) / len(means) if means else 0
