"""Compares two editions: what became of each measure, what else it might be, and what is certain."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from math import exp

from measures.editions.choose import best_candidates
from measures.editions.evidence import Candidate, EditionSide, likely_groups, likely_pairs, side_of
from measures.editions.likeness import Weigher, mean_like
from measures.editions.pairs import Compared, Edition, Pair, pair_kind, shared_languages
from measures.editions.words import without_punctuation

MOST_OTHERS = 3
SURE_ENOUGH = 0.5  # how alike the other languages must be where one is the same


def compare(old: Edition, new: Edition) -> list[Pair]:
    """Pairs in the order of the new edition, then what is retired; each code of either edition is in one."""
    languages = shared_languages(old, new)
    same = equals(old, new, languages)
    left_old = [measure for measure in old.measures if measure.code not in same]
    left_new = [measure for measure in new.measures if measure.code not in set(same.values())]
    weigher = Weigher([*old.measures, *new.measures], languages)
    before, after = side_of(left_old, weigher), side_of(left_new, weigher)
    stayed = stay(old, new, same)
    before.gaps = gaps(left_old, old, [one for one, _other in stayed])
    after.gaps = gaps(left_new, new, [other for _one, other in stayed])
    singles = likely_pairs(before, after)
    candidates = [*singles, *groups(before, after, singles)]
    olds, news = old.by_code(), new.by_code()
    twice = repeated(old.measures, languages) | repeated(new.measures, languages)
    pairs = [
        Pair(
            old=(one,),
            new=(other,),
            kind=pair_kind([olds[one]], [news[other]], languages),
            certain=one == other or not {all_text(olds[one], languages)} & twice,
        )
        for one, other in same.items()
    ]
    pairs += [
        Pair(
            old=each.old,
            new=each.new,
            kind=pair_kind([olds[code] for code in each.old], [news[code] for code in each.new], languages),
            score=round(likelihood(each.gain), 3),
            certain=is_certain(each, before, after, languages),
            others=other_outcomes(each, candidates),
        )
        for each in best_candidates(candidates)
    ]
    pairs += left_over(before, after, pairs, candidates, languages)
    last = len(new.measures)
    place = {measure.code: number for number, measure in enumerate(new.measures)}
    old_place = {measure.code: number for number, measure in enumerate(old.measures)}
    return sorted(
        pairs,
        key=lambda pair: (
            min((place[code] for code in pair.new), default=last),
            min((old_place[code] for code in pair.old), default=0),
        ),
    )


def all_text(measure: Compared, languages: Sequence[str]) -> tuple[object, ...]:
    return tuple(measure.wordings.get(language) for language in languages)


def equals(old: Edition, new: Edition, languages: Sequence[str]) -> dict[str, str]:
    """Old code → new code where all text is the same; of twins, the nearest."""
    waiting: dict[tuple[object, ...], list[Compared]] = {}
    for measure in new.measures:
        if any(all_text(measure, languages)):
            waiting.setdefault(all_text(measure, languages), []).append(measure)
    found: dict[str, str] = {}
    for fits in (
        lambda one, other: one.code == other.code,
        lambda one, other: one.place == other.place,
        lambda _one, _other: True,
    ):
        for measure in old.measures:
            alike = waiting.get(all_text(measure, languages), [])
            other = next((each for each in alike if fits(measure, each)), None)
            if measure.code not in found and other:
                alike.remove(other)
                found[measure.code] = other.code
    return found


def repeated(measures: Iterable[Compared], languages: Sequence[str]) -> set[tuple[object, ...]]:
    seen: set[tuple[object, ...]] = set()
    twice = set()
    for measure in measures:
        said = all_text(measure, languages)
        if said in seen:
            twice.add(said)
        seen.add(said)
    return twice


def stay(old: Edition, new: Edition, same: dict[str, str]) -> list[tuple[Compared, Compared]]:
    """The longest run of equal measures that stand in the same place and order in both editions."""
    news = new.by_code()
    rows = [
        (measure, news[same[measure.code]])
        for measure in old.measures
        if measure.code in same and news[same[measure.code]].place == measure.place
    ]
    ends: list[float] = []
    runs: list[list[tuple[Compared, Compared]]] = []
    for row in rows:
        at = bisect_left(ends, row[1].position)
        run = [*(runs[at - 1] if at else []), row]
        ends[at : at + 1] = [row[1].position]
        runs[at : at + 1] = [run]
    return runs[-1] if runs else []


def gaps(left: Iterable[Compared], edition: Edition, stayed: list[Compared]) -> dict[str, int]:
    """For each measure, after how many of those that stayed it stands."""
    positions = [measure.position for measure in stayed]
    return {measure.code: bisect_right(positions, measure.position) for measure in left}


def groups(before: EditionSide, after: EditionSide, singles: list[Candidate]) -> list[Candidate]:
    near_old: dict[str, list[str]] = {}
    near_new: dict[str, list[str]] = {}
    for single in singles:
        near_old.setdefault(single.old[0], []).append(single.new[0])
        near_new.setdefault(single.new[0], []).append(single.old[0])
    return [
        *likely_groups(before, after, near_old, split=True),
        *likely_groups(after, before, near_new, split=False),
    ]


def likelihood(gain: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, gain))))


def is_certain(each: Candidate, before: EditionSide, after: EditionSide, languages: Sequence[str]) -> bool:
    """Only where title and detail are the same, but for commas, in one language and alike in the others.

    However alike two texts are otherwise, one word may mean something else.
    """
    if len(each.old) != 1 or len(each.new) != 1:
        return False
    (one,), (other,) = each.old, each.new
    said, says = before.measures[one].wordings, after.measures[other].wordings
    equal = [
        without_punctuation(said[language].title + said[language].detail)
        == without_punctuation(says[language].title + says[language].detail)
        for language in languages
        if language in said and language in says
    ]
    if not any(equal):
        return False
    meaning, means = before.meanings[one].texts, after.meanings[other].texts
    return all(
        mean_like({language: meaning[language]}, {language: means[language]}) >= SURE_ENOUGH
        for language in languages
        if language in said and language in says
    )


def other_outcomes(each: Candidate, candidates: Sequence[Candidate]) -> tuple[tuple[str, ...], ...]:
    """What else the old measures might have become, likeliest first, with nothing at all among them."""
    rivals = sorted(
        (other for other in candidates if set(other.old) & set(each.old) and other.new != each.new),
        key=lambda other: (-other.gain, other.new),
    )
    found: list[tuple[str, ...]] = list(dict.fromkeys(other.new for other in rivals))[:MOST_OTHERS]
    found.insert(1 if rivals and rivals[0].gain > -3 else 0, ())
    return tuple(found[:MOST_OTHERS])


def left_over(
    before: EditionSide,
    after: EditionSide,
    pairs: Sequence[Pair],
    candidates: Sequence[Candidate],
    languages: Sequence[str],
) -> list[Pair]:
    """What is new and what is retired: certain only if every other measure of both editions is."""
    used_old = {code for pair in pairs for code in pair.old}
    used_new = {code for pair in pairs for code in pair.new}
    olds = [code for code in before.measures if code not in used_old]
    news = [code for code in after.measures if code not in used_new]
    certain = all(pair.certain for pair in pairs) and not (olds and news)
    found = []
    for code in olds:
        rivals = ranked(each for each in candidates if code in each.old)
        found.append(
            Pair(
                old=(code,),
                new=(),
                kind=pair_kind([before.measures[code]], [], languages),
                score=alone(rivals),
                certain=certain,
                others=tuple(dict.fromkeys(each.new for each in rivals))[:MOST_OTHERS],
            )
        )
    for code in news:
        rivals = ranked(each for each in candidates if code in each.new)
        found.append(
            Pair(
                old=(),
                new=(code,),
                kind=pair_kind([], [after.measures[code]], languages),
                score=alone(rivals),
                certain=certain,
                others=tuple(dict.fromkeys(each.old for each in rivals))[:MOST_OTHERS],
            )
        )
    return found


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda each: (-each.gain, each.old, each.new))


def alone(rivals: Sequence[Candidate]) -> float:
    """How far nothing is like it. What a likelier pair has taken counts half."""
    return round(1 - min(0.5, likelihood(rivals[0].gain)) if rivals else 1.0, 3)
