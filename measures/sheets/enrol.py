"""Carries out a list of units and people, as one act, and undoes what nobody has used of it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User

from measures.choices import Role
from measures.database.locks import audited_transaction
from measures.forms.people import account_to_add
from measures.models import (
    Checklist,
    Enrolment,
    Invitation,
    Membership,
    NameTaken,
    Owner,
    UnitInUse,
    delete_unit,
    save_recorded,
)
from measures.models.people import person_name
from measures.sheets.people import PeopleSheet, SheetPerson


@dataclass
class Enrolled:
    """What came of a list: invitations with the tokens of their links, members added, and names left."""

    enrolment: Enrolment
    invited: list[tuple[Invitation, str]] = field(default_factory=list)
    waiting: int = 0
    added: int = 0
    left: list[str] = field(default_factory=list)


@audited_transaction()
def enrol(
    found: PeopleSheet, checklist: Checklist, *, by: User, at: datetime, makes_accounts: bool
) -> Enrolled:
    """Make the units, accounts and roles of a list in which nothing is wrong.

    Without `makes_accounts`, the new accounts wait for somebody who makes them. Names of accounts that
    cannot be made or added are left, without a word about why.
    """
    enrolment = Enrolment.objects.create(checklist=checklist, at=at, by=by, by_name=person_name(by))
    for unit in found.new_units:
        save_recorded(unit, by=by, at=at)
    enrolment.units.set(found.new_units)
    units = {unit.name: unit for unit in checklist.owners.all()}
    done = Enrolled(enrolment)
    for row in found.rows:
        owner = units.get(row.unit)
        if row.is_new:
            _invite(row, owner, done, by=by, at=at, makes_accounts=makes_accounts)
        elif row.account:
            _add(row, owner, done, by=by, at=at)
    return done


def _invite(
    row: SheetPerson, unit: Owner | None, done: Enrolled, *, by: User, at: datetime, makes_accounts: bool
) -> None:
    checklist, enrolment = done.enrolment.checklist, done.enrolment
    invitation = Invitation(
        checklist=checklist,
        username=row.account,
        person=row.person,
        role=Role(row.role),
        owner=unit if row.role == Role.EDITOR else None,
        enrolment=enrolment,
    )
    try:
        with audited_transaction():
            invitation.prepare(by=by, at=at)
            if makes_accounts:
                done.invited.append((invitation, invitation.approve(by=by, at=at)))
            else:
                done.waiting += 1
    except NameTaken:
        done.left.append(row.account)


def _add(row: SheetPerson, unit: Owner | None, done: Enrolled, *, by: User, at: datetime) -> None:
    checklist = done.enrolment.checklist
    user = account_to_add(row.account, row.role, checklist)
    if user is None:
        done.left.append(row.account)
        return
    owner = unit if row.role == Role.EDITOR else None
    membership = Membership(user=user, checklist=checklist, role=Role(row.role), owner=owner)
    save_recorded(membership, by=by, at=at)
    done.added += 1


@audited_transaction()
def undo_enrolment(enrolment: Enrolment, *, by: User, at: datetime, with_accounts: bool) -> tuple[int, int]:
    """Withdraw the list's invitations and delete its units, where nobody has used them.

    Returns how many people and units went.
    """
    people, units = 0, 0
    for invitation in enrolment.invitations.select_related("user", "checklist", "owner"):
        if invitation.user is None or invitation.may_have_link:
            invitation.withdraw(by=by, at=at, with_account=with_accounts)
            people += 1
    for unit in enrolment.units.select_related("checklist"):
        try:
            delete_unit(unit, by=by, at=at)
        except UnitInUse:
            continue
        units += 1
    enrolment.delete()
    return people, units
