"""A unit confirms that its item goes on under a new wording."""

from datetime import datetime

from django.contrib.auth.models import User

from measures.choices import AnswerKind, Audited
from measures.database.locks import audited_transaction
from measures.models import Answered, Item, audit
from measures.models.people import person_name


@audited_transaction()
def confirm_wording(item: Item, *, by: User, at: datetime) -> bool:
    """Note that the item's new wording is confirmed; return False if it was already."""
    locked = Item.objects.locked("measure", "checklist").get(pk=item.pk)
    newest = locked.answers.first()
    if newest is None or not newest.to_confirm:
        return False
    Answered.objects.create(
        item=locked,
        measure=locked.measure,
        kind=AnswerKind.CONFIRMED,
        by=by,
        by_name=person_name(by),
        at=max(at, newest.at),
    )
    Item.objects.filter(pk=locked.pk).update(to_confirm=False)
    audit(Audited.WORDING_CONFIRMED, by=by, at=at, checklist=locked.checklist, about=locked.measure)
    return True
