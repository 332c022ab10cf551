"""What became of each measure from one edition of a catalogue to the next, as plain values.

Nothing here, or in what compares, reads a database: an edition comes from models or from a file
(measures/editions/read.py), and both look the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class PairKind(StrEnum):
    """What became of a measure. Text is title, detail and key terms in every language of both editions."""

    UNCHANGED = "unchanged"  # same code, same text
    RENUMBERED = "renumbered"  # same text, same section, another code
    REWORDED = "reworded"  # same section, other text, whatever its code
    MOVED = "moved"  # another section, same text
    MOVED_REWORDED = "moved+reworded"  # another section, other text
    SPLIT = "split"  # one became several
    MERGED = "merged"  # several became one
    NEW = "new"
    RETIRED = "retired"


@dataclass(frozen=True)
class MeasureWording:
    """What a measure says in one language."""

    title: str
    detail: str
    key_terms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compared:
    """One measure, as far as comparing needs it."""

    code: str
    place: tuple[str, ...]  # the codes of the parts that it lies in, from the top: ("1", "1.2")
    position: float  # its place in the whole edition
    wordings: Mapping[str, MeasureWording]  # by language: "en", "zh-hans", "zh-hant"; only those that it has
    source: str = ""
    cadence: str = ""


@dataclass(frozen=True)
class Edition:
    """One edition of a catalogue: its measures in order, and the titles of its parts."""

    slug: str
    measures: tuple[Compared, ...]
    titles: Mapping[tuple[str, ...], Mapping[str, str]] = field(
        default_factory=dict
    )  # place → language → title

    def by_code(self) -> dict[str, Compared]:
        return {measure.code: measure for measure in self.measures}

    def languages(self) -> frozenset[str]:
        """The languages that any of its measures has."""
        return frozenset(language for measure in self.measures for language in measure.wordings)


@dataclass(frozen=True)
class Pair:
    """One line of a mapping. All pairs together name each old and each new code exactly once."""

    old: tuple[str, ...]  # none for a new measure, several for merged ones
    new: tuple[str, ...]  # none for a retired measure, several for a split one
    kind: PairKind
    score: float = (
        1.0  # 0 to 1: how far both sides are alike; for new and retired, how far nothing is like them
    )
    certain: bool = False  # nobody need look at it
    # What else it might be, likeliest first: new codes for old ones; old codes for a new one.
    others: tuple[tuple[str, ...], ...] = ()


def shared_languages(old: Edition, new: Edition) -> tuple[str, ...]:
    """The languages to compare in: a translation that only one edition has changes no measure."""
    return tuple(sorted(old.languages() & new.languages()))


def pair_kind(old: Sequence[Compared], new: Sequence[Compared], languages: Sequence[str]) -> PairKind:
    """What became of these measures, if this is what they became; ValueError where both sides are several."""
    if (len(old) > 1 and len(new) > 1) or (not old and not new):
        raise ValueError("A pair has one measure on one of its sides, or none.")
    if len(new) > 1 or len(old) > 1:
        if not old or not new:
            raise ValueError("Several new or several retired measures are several pairs.")
        return PairKind.SPLIT if len(new) > 1 else PairKind.MERGED
    if not old or not new:
        return PairKind.NEW if new else PairKind.RETIRED
    (before,), (after,) = old, new
    if before.place != after.place:
        return PairKind.MOVED if same_text(before, after, languages) else PairKind.MOVED_REWORDED
    if not same_text(before, after, languages):
        return PairKind.REWORDED
    return PairKind.UNCHANGED if before.code == after.code else PairKind.RENUMBERED


def same_text(one: Compared, other: Compared, languages: Sequence[str]) -> bool:
    """Whether both say exactly the same in all of these languages, and there is one in which they do."""
    said = [(one.wordings.get(language), other.wordings.get(language)) for language in languages]
    return any(before for before, _after in said) and all(before == after for before, after in said)


def corrected_pair(old_codes: Sequence[str], new_codes: Sequence[str], *, old: Edition, new: Edition) -> Pair:
    """The pair that a person says is right: certain, and of the kind that its texts and codes make it.

    Raises KeyError for a code that its edition lacks, ValueError for several on both sides.
    """
    olds, news = old.by_code(), new.by_code()
    kind = pair_kind(
        [olds[code] for code in old_codes], [news[code] for code in new_codes], shared_languages(old, new)
    )
    return Pair(old=tuple(old_codes), new=tuple(new_codes), kind=kind, certain=True)
