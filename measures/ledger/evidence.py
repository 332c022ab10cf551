"""The evidence of one item for people to read, now or at the end of a past day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from measures.database.prepared import prepared
from measures.ledger.about import has
from measures.ledger.loop import known_by
from measures.models import Evidence, EvidenceWithdrawal, Item
from measures.querysets.evidence import EvidenceQuerySet

EVIDENCE_SHOWN = 20


@dataclass(frozen=True)
class ShownEvidence:
    """A piece of evidence, how it was withdrawn if it was, and whether its reader may withdraw it."""

    evidence: Evidence
    withdrawal: EvidenceWithdrawal | None
    may_withdraw: bool = False


@dataclass(frozen=True)
class ShownPieces:
    """Evidence, newest first."""

    shown: list[ShownEvidence]
    go_on: bool


def evidence_of(
    item: Item,
    *,
    as_of: date | None = None,
    everything: bool = False,
    may_withdraw: Callable[[Evidence], bool] = lambda evidence: False,
) -> ShownPieces:
    """The item's evidence now or, with `as_of`, as it was at the end of that day. One query at most."""
    read: list[Evidence] = []
    if as_of or everything:
        found = _about(item.pk).up_to(as_of) if as_of else _about(item.pk)
        read = list(found if everything else found[: EVIDENCE_SHOWN + 1])
    elif has(item, "evidence"):
        read = _newest(item.pk)
    shown = [_shown(one, as_of, may_withdraw) for one in read]
    if everything:
        return ShownPieces(shown, go_on=False)
    return ShownPieces(shown[:EVIDENCE_SHOWN], go_on=len(shown) > EVIDENCE_SHOWN)


def _about(item: int) -> EvidenceQuerySet:
    found = Evidence.objects.filter(item=item).select_related("unit", "entry", "withdrawal")
    return found.with_removal().order_by("-at", "-id")


@prepared
def _newest(item: int) -> EvidenceQuerySet:
    return _about(item)[: EVIDENCE_SHOWN + 1]


def _shown(evidence: Evidence, as_of: date | None, may_withdraw: Callable[[Evidence], bool]) -> ShownEvidence:
    withdrawal = known_by(getattr(evidence, "withdrawal", None), as_of)
    return ShownEvidence(
        evidence, withdrawal, withdrawal is None and as_of is None and may_withdraw(evidence)
    )
