"""Changes of units and members, each with its audit record."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import ProtectedError

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.models.audit import audit, in_plain, only_differing
from measures.models.people import Membership, Owner


class UnitInUse(Exception):
    """Items, members, entries or other rows name the unit."""


@audited_transaction()
def save_recorded(row: Owner | Membership, *, by: User, at: datetime) -> bool:
    """Save a unit or a membership, new or changed; return whether anything differs."""
    action = Audited.OWNER_CHANGED if isinstance(row, Owner) else Audited.MEMBERSHIP_CHANGED
    kept = type(row)._base_manager.filter(pk=row.pk).first() if row.pk else None
    row.save()
    before, after = only_differing(in_plain(kept) if kept else {}, in_plain(row))
    if before or after:
        audit(action, by=by, at=at, checklist=row.checklist, about=row, before=before, after=after)
    return bool(before or after)


@audited_transaction()
def end_membership(membership: Membership, *, by: User, at: datetime) -> None:
    """Delete the membership: its user loses the role with their next request."""
    _record_end(membership, by=by, at=at)
    membership.delete()


@audited_transaction()
def delete_unit(unit: Owner, *, by: User, at: datetime) -> None:
    """Delete a unit that nothing names. Raises UnitInUse."""
    try:
        _record_end(unit, by=by, at=at)
        unit.delete()
    except ProtectedError as error:
        raise UnitInUse(str(unit)) from error


def _record_end(row: Owner | Membership, *, by: User, at: datetime) -> None:
    action = Audited.OWNER_CHANGED if isinstance(row, Owner) else Audited.MEMBERSHIP_CHANGED
    audit(action, by=by, at=at, checklist=row.checklist, about=row, before=in_plain(row))
