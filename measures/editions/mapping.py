"""The mapping of two editions as it is kept: read, corrected and saved. All checklists use the same one."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NotRequired, Self, TypedDict

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from measures.choices import AnswerKind, Audited
from measures.database.locks import audited_transaction
from measures.editions.merging import USUAL, MergeRule
from measures.editions.pairs import Pair, PairKind
from measures.models import Catalogue, EditionMapping, Measure, audit
from measures.models.local_measures import CorrectedMeanwhile
from measures.models.people import person_name

NOBODY = 0  # no account has this key


class KeptPair(TypedDict):
    """A pair in EditionMapping.pairs."""

    old: list[str]
    new: list[str]
    kind: str
    score: float
    certain: bool
    others: list[list[str]]
    decided_by: str
    rule: NotRequired[dict[str, str]]


class MappingIncomplete(ValueError):
    """Some codes are in no pair, or in several; the message names them."""


@dataclass(frozen=True)
class MappedPair:
    """One pair of a mapping; `decided_by` names the person who confirmed or corrected it."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    kind: PairKind
    score: float = 1.0
    certain: bool = False
    others: tuple[tuple[str, ...], ...] = ()
    decided_by: str = ""
    rule: MergeRule = USUAL  # of merged ones

    @classmethod
    def of(cls, pair: Pair, *, decided_by: str = "") -> Self:
        found = {name: getattr(pair, name) for name in ("old", "new", "kind", "score", "certain", "others")}
        return cls(**found, decided_by=decided_by)

    @classmethod
    def read(cls, kept: KeptPair) -> Self:
        return cls(
            tuple(kept["old"]),
            tuple(kept["new"]),
            PairKind(kept["kind"]),
            kept["score"],
            kept["certain"],
            tuple(tuple(one) for one in kept["others"]),
            kept["decided_by"],
            MergeRule.read(kept.get("rule", {})),
        )

    def to_keep(self) -> dict[str, object]:
        kept = asdict(self) | {"rule": self.rule.to_keep()}
        return kept if kept["rule"] else {name: value for name, value in kept.items() if name != "rule"}

    @property
    def kind_label(self) -> str:
        return str(AnswerKind(self.kind.value).label)

    @property
    def per_cent(self) -> int:
        """How likely it is, rounded down."""
        return int(self.score * 100)

    @property
    def is_decided(self) -> bool:
        return bool(self.decided_by)


def pairs_of(mapping: EditionMapping | None) -> list[MappedPair]:
    return [MappedPair.read(one) for one in mapping.pairs] if mapping else []


def shared_codes(catalogue: Catalogue) -> list[str]:
    """The codes of an edition, in its order."""
    return list(Measure.objects.shared_by(catalogue).values_list("code", flat=True))


def refuse_incomplete(pairs: Sequence[MappedPair], old: Catalogue, new: Catalogue) -> None:
    """Raise MappingIncomplete unless the pairs name each old and each new code exactly once."""
    for catalogue, said in (
        (old, [code for pair in pairs for code in pair.old]),
        (new, [code for pair in pairs for code in pair.new]),
    ):
        known = shared_codes(catalogue)
        wrong = sorted({code for code in known if code not in said} | {*said} - {*known})
        wrong += sorted({code for code in said if said.count(code) > 1})
        if wrong:
            text = _("%(edition)s: each code must be in exactly one line. Look at %(codes)s.")
            named = _(", ").join(wrong[:10])
            raise MappingIncomplete(text % {"edition": catalogue.slug, "codes": named})


@audited_transaction()
def save_mapping(
    old: Catalogue,
    new: Catalogue,
    pairs: Iterable[MappedPair],
    *,
    revision: int,
    by: User | None,
    at: datetime,
    by_name: str = "",
) -> EditionMapping:
    """Add a revision after `revision`, which the user has seen (0: none).

    `by_name`: who decided, where that is not the user, or where no user acts: a mapping that came as a file.
    Raises CorrectedMeanwhile if there is a newer one, and MappingIncomplete.
    """
    pairs = list(pairs)
    newest = EditionMapping.objects.newest(old.pk, new.pk)
    if (newest.revision if newest else 0) != revision:
        raise CorrectedMeanwhile(str(newest))
    refuse_incomplete(pairs, old, new)
    made = EditionMapping.objects.create(
        old=old,
        new=new,
        revision=revision + 1,
        pairs=[pair.to_keep() for pair in pairs],
        by_id=by.pk if by else NOBODY,
        by_name=by_name or (person_name(by) if by else ""),
        at=at,
    )
    before = {tuple(one["old"]): one for one in newest.pairs} if newest else {}
    changed = [pair for pair in made.pairs if before.get(tuple(pair["old"])) != pair]
    after = {"revision": made.revision, "pairs": len(pairs), "changed": len(changed)}
    audit(Audited.EDITIONS_MAPPED, by=by, by_name="" if by else by_name, at=at, about=made, after=after)
    return made
