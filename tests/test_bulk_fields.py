"""What many items become together, beyond status, owner and due date."""

from django.contrib.auth.models import User

from measures.models import Checklist
from tests.make import SignIn, find_item
from tests.test_bulk import apply, preview


def test_leaders_and_targets_are_replaced_and_cleared_together(
    checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)

    apply(client, preview(client, leader="分管副部长", target="印发\r\n办法"))
    item = find_item(checklist, "1.1.2")
    assert (item.leader, item.target) == ("分管副部长", "印发\n办法")

    both = preview(client, target="清单", clear_target="on")
    assert both.context["form"].errors["clear_target"] == ["Either write a text or clear it, not both."]

    apply(client, preview(client, clear_leader="on", clear_target="on"))
    item = find_item(checklist, "1.1.2")
    assert (item.leader, item.target) == ("", "")
