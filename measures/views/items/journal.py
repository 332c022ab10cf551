"""The journal of an item on its page."""

from datetime import date

from django.core.paginator import Paginator
from django.db.models import QuerySet

from measures.database.prepared import prepared
from measures.ledger.journal import journal_of
from measures.models import Item, Update
from measures.querysets.append_only import UpdateQuerySet
from measures.views.access import SignedInRequest

JOURNAL_SHOWN, JOURNAL_PAGE = 30, 200  # updates below the item, and on a page of its whole journal


def journal_context(request: SignedInRequest, shown: Item, past: date | None) -> dict[str, object]:
    """The newest updates or, with `journal=all`, a page of all; of a past day, those made by its end."""
    if request.GET.get("journal") != "all":
        # One more than is shown: the oldest shown is compared with the one before it.
        some = JOURNAL_SHOWN + 1
        read = list(_updates(shown.pk).up_to(past)[:some]) if past else _newest_updates(shown.pk)
        for update in read:
            update.item = shown
        return {
            "journal": list(journal_of(read))[:JOURNAL_SHOWN],
            "journal_goes_on": len(read) > JOURNAL_SHOWN,
        }
    updates = _updates(shown.pk)
    if past:
        updates = updates.up_to(past)
    page = Paginator(updates, JOURNAL_PAGE).get_page(request.GET.get("page"))
    start = page.start_index() - 1 if page.paginator.count else 0
    read = list(updates[start : start + JOURNAL_PAGE + 1])
    return {
        "journal": list(journal_of(read))[:JOURNAL_PAGE],
        "journal_page": page,
        "journal_pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
    }


@prepared
def _newest_updates(item: int) -> QuerySet[Update]:
    return _updates(item)[: JOURNAL_SHOWN + 1]


def _updates(item: int) -> UpdateQuerySet:
    return Update.objects.filter(item=item).with_state().select_related("batch").newest_first()
