"""The demo moves to the second edition of its catalogue: all checklists on one day, by the office's hand."""

from django.contrib.auth.models import User

from measures.choices import Status
from measures.demo.plots import Days
from measures.editions.confirming import confirm_wording
from measures.editions.shipped import NEWEST
from measures.editions.tree import upgrade_below
from measures.models import Catalogue, Checklist, EditionMapping, Membership

FIRST = "henan-cadres"
UPGRADED, AT = -9, 410  # the day, and minutes after half past eight: later than what the cities report
CONFIRMED = -6
# Who answers for what is new, and by when.
NEW_MEASURES = {"1.1.1": ("干部教育处", 45), "1.1.2": ("组织一处", 60), "1.3.9": ("干部一处", 75)}


def move_to_newest(top: Checklist, days: Days, *, by: User) -> None:
    """By the mapping that came with the edition. `top` has the new edition afterwards."""
    new = Catalogue.objects.get(slug=NEWEST)
    mapping = EditionMapping.objects.get(old=top.catalogue, new=new)
    at = days.moment(UPGRADED, AT)
    for _step in upgrade_below(top, new, {top.catalogue_id: mapping}, by=by, clock=lambda: at):
        pass
    top.refresh_from_db()


def confirm_new_wordings(checklist: Checklist, days: Days) -> None:
    """Most units confirm what was reworded. What is nobody's or not begun waits."""
    asked = checklist.items.filter(to_confirm=True).exclude(status=Status.NOT_STARTED).exclude(owner=None)
    for place, item in enumerate(asked.order_by("measure__position")):
        unit = Membership.objects.filter(owner=item.owner_id).select_related("user")[0]
        confirm_wording(item, by=unit.user, at=days.moment(CONFIRMED, 40 + 25 * place))
