"""The admin's page of an item: nobody's save undoes another's."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from measures.admin.items import ItemAdmin
from measures.choices import Status, Via
from measures.models import Checklist, Item, Owner, StaleVersion, Update
from measures.models.state import UNTOUCHED
from tests.admin_read import FormReader, page_of, read_page, state
from tests.make import SignIn, change, find_item, make_owner

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.usefixtures("staff")
class TestTwoPeopleOnAPage:
    def test_a_save_records_what_was_touched_with_its_reason(
        self, first: Item, owner: Owner, administrator: User, other_administrator: User, sign_in: SignIn
    ) -> None:
        change(first, by=other_administrator, notes="before")
        a = sign_in(administrator)

        data = read_page(a, first) | {"due": "2026-12-31", "owner": str(owner.pk), "reason": "agreed today"}
        assert a.post(page_of(first), data).status_code == 302

        update = first.updates.first()
        assert update is not None
        written = {"owner": owner, "due": date(2026, 12, 31), "notes": "before"}
        assert update.state() == {**UNTOUCHED, **written}
        assert (update.by_name, update.reason, update.via) == ("administrator", "agreed today", Via.ADMIN)
        journal = a.get(page_of(first)).content.decode()
        assert journal.index("agreed today") < journal.rindex("before"), "newest first"

    def test_the_later_of_two_is_told_and_loses_nothing(
        self, first: Item, administrator: User, other_administrator: User, sign_in: SignIn
    ) -> None:
        change(first, by=other_administrator, notes="at first")
        a = sign_in(administrator)
        data = read_page(a, first)
        change(find_item(first.checklist), by=other_administrator, notes="from B", status=Status.DONE)

        answer = a.post(page_of(first), data | {"notes": "from A", "reason": "mine"})

        page = answer.content.decode()
        assert answer.status_code == 200
        assert "other changed this item after you opened it" in page
        assert "<li>Notes: from B</li>" in page
        assert "<li>Status: Done</li>" in page
        assert state(first)["notes"] == "from B"
        again = FormReader(answer, "item_form").data
        assert (again["notes"], again["reason"], again["status"]) == ("from A", "mine", Status.DONE)
        assert a.post(page_of(first), again).status_code == 302
        assert state(first) == {**UNTOUCHED, "status": Status.DONE, "notes": "from A"}

    def test_one_who_is_overtaken_between_check_and_lock_is_told_the_same(
        self,
        first: Item,
        administrator: User,
        other_administrator: User,
        sign_in: SignIn,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        a = sign_in(administrator)
        data = read_page(a, first) | {"notes": "from A"}
        read = ItemAdmin._changeform_view  # type: ignore[attr-defined]
        record, runs = Item.change, []

        def overtaken(self: Item, values: Any, **how: Any) -> None:
            raise StaleVersion(self)

        def read_again_after_another(self: ItemAdmin, *args: Any) -> Any:
            runs.append(args)
            if len(runs) == 2:  # what the first run wrote is rolled back; the other's is there to stay
                record(
                    first,
                    {"notes": "just before"},
                    version=1,
                    by=other_administrator,
                    at=first.checklist.opened_at,
                    via=Via.PAGE,
                )
            return read(self, *args)

        monkeypatch.setattr(Item, "change", overtaken)
        monkeypatch.setattr(ItemAdmin, "_changeform_view", read_again_after_another)
        answer = a.post(page_of(first), data)

        assert answer.status_code == 200
        assert "<li>Notes: just before</li>" in answer.content.decode()
        assert FormReader(answer, "item_form").data["notes"] == "from A"
        assert Update.objects.get().by_name == "other"

    def test_dropping_an_item_asks_for_a_reason_beside_the_field(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)

        answer = a.post(page_of(first), read_page(a, first) | {"status": Status.DROPPED})

        assert "reason" in answer.context["adminform"].errors
        assert not Update.objects.exists()

    def test_an_untouched_save_writes_nothing_and_a_reason_alone_is_refused(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)

        assert a.post(page_of(first), read_page(a, first)).status_code == 302
        answer = a.post(page_of(first), read_page(a, first) | {"reason": "none"})

        assert "there is nothing to give a reason for" in answer.content.decode()
        assert not Update.objects.exists()


def test_a_forged_journal_form_names_no_owner_of_another_checklist(
    checklist: Checklist, administrator: User, stranger: User, sign_in: SignIn
) -> None:
    make_owner(Checklist.objects.get(slug="elsewhere"), "别处的单位")
    administrator.is_staff = True
    administrator.save()

    forged = {"updates-TOTAL_FORMS": "2", "updates-INITIAL_FORMS": "0", "version": "1"}
    response = sign_in(administrator).post(page_of(find_item(checklist)), forged)

    assert "别处的单位" not in response.content.decode()
