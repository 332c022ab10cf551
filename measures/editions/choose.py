"""Chooses among candidates so that each code is used once and most speaks for all of them together."""

from collections.abc import Iterable, Iterator

from measures.editions.evidence import Candidate

PASSES = 6


def best_candidates(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best first, then every change that makes the sum better, until there is none."""
    good = sorted(
        (each for each in candidates if each.gain > 0), key=lambda each: (-each.gain, each.old, each.new)
    )
    by_code: dict[str, list[Candidate]] = {}
    for candidate in good:
        for code in codes_of(candidate):
            by_code.setdefault(code, []).append(candidate)
    used: dict[str, Candidate] = {}
    for candidate in good:
        take_if_free(candidate, used)
    for _pass in range(PASSES):
        better = [candidate for candidate in good if improve(candidate, used, by_code)]
        if not better:
            break
    return list(dict.fromkeys(used.values()))


def codes_of(candidate: Candidate) -> Iterator[str]:
    yield from (f"old {code}" for code in candidate.old)
    yield from (f"new {code}" for code in candidate.new)


def take_if_free(candidate: Candidate, used: dict[str, Candidate]) -> bool:
    if any(code in used for code in codes_of(candidate)):
        return False
    used.update(dict.fromkeys(codes_of(candidate), candidate))
    return True


def improve(candidate: Candidate, used: dict[str, Candidate], by_code: dict[str, list[Candidate]]) -> bool:
    """Take this one and give up what is in its way, if that and what can then be taken is better together."""
    in_its_way = list(dict.fromkeys(used[code] for code in codes_of(candidate) if code in used))
    if candidate in in_its_way:
        return False
    for other in in_its_way:
        for code in codes_of(other):
            del used[code]
    take_if_free(candidate, used)
    freed = {code for other in in_its_way for code in codes_of(other) if code not in used}
    taken = [candidate]
    waiting = sorted(
        (each for code in freed for each in by_code[code]), key=lambda each: (-each.gain, each.old, each.new)
    )
    taken += [other for other in waiting if take_if_free(other, used)]
    if sum(each.gain for each in taken) > sum(each.gain for each in in_its_way) + 1e-9:
        return True
    for other in taken:
        for code in codes_of(other):
            del used[code]
    for other in in_its_way:
        used.update(dict.fromkeys(codes_of(other), other))
    return False
