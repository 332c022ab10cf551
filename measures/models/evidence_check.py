"""Whether the storage of evidence holds what the rows say: folder by folder, so memory stays small."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.evidence import store
from measures.models.audit import AuditRecord
from measures.models.evidence import Evidence
from measures.models.evidence_removals import EvidenceRemoval

# An upload may store its file so long before its row. What an ended one leaves is deleted after that.
UNNAMED_FOR = timedelta(days=1)


class Flaw(StrEnum):
    """What can be wrong with a stored file."""

    MISSING = "missing"
    CHANGED = "changed"
    NOT_DESTROYED = "not destroyed"
    UNNAMED = "unnamed"


@dataclass(frozen=True)
class Checked:
    """One file in the storage, or one that should be there; `flaw` is None for a good one."""

    name: str
    flaw: Flaw | None


def check_evidence(folders: tuple[str, ...] = store.FOLDERS) -> Iterator[Checked]:
    """Read every file and compare it with its hash. Two queries for each of the 256 folders."""
    for folder in folders:
        wanted = Evidence.objects.all().hashes(folder)
        removed = set(
            EvidenceRemoval.objects.filter(sha256__in=wanted).values_list("sha256", flat=True)
            if wanted
            else ()
        )
        found = set(store.stored_in(folder))
        for sha256 in sorted(wanted):
            name = store.name_of(sha256)
            if sha256 in removed:
                yield Checked(name, Flaw.NOT_DESTROYED if sha256 in found else None)
            elif sha256 not in found:
                yield Checked(name, Flaw.MISSING)
            else:
                good = store.hash_of(sha256) == sha256
                yield Checked(name, None if good else Flaw.CHANGED)
        yield from (Checked(f"{folder}/{name}", Flaw.UNNAMED) for name in sorted(found - wanted))
    yield from (Checked(name, Flaw.UNNAMED) for name in store.outside())


def clean_evidence(*, at: datetime) -> list[str]:
    """Delete files that uploads left behind when they failed; return their names.

    Younger ones stay: their row may be on its way. So do those from before the last restore: the database
    that it kept may name them.
    """
    restored = AuditRecord.objects.filter(action=Audited.RESTORED).order_by("-pk").first()
    deleted = []
    for folder in store.FOLDERS:
        # Uploads add their row under the same lock, and look once more for the file.
        with audited_transaction():
            unnamed = set(store.stored_in(folder)) - Evidence.objects.all().hashes(folder)
            for name in sorted(f"{folder}/{one}" for one in unnamed):
                written = store.written_at(name)
                if written < at - UNNAMED_FOR and not (restored and written < restored.at):
                    store.destroy(name)
                    deleted.append(name)
    return deleted
