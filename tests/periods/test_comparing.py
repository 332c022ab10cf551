"""Two reports of a checklist compared: what changed between them."""

from django.contrib.auth.models import User
from django.utils import timezone

from measures.choices import PeriodKind, Status
from measures.models import Checklist, Period
from measures.reports.freeze import freeze
from tests.make import SignIn, change, find_item, make_periods
from tests.periods.make import ADDRESS, ENGLISH, hand_in, text_of


def test_comparing_tells_what_moved_between_two_reports(
    period: Period, complete: None, administrator: User, sign_in: SignIn
) -> None:
    frozen = hand_in(period, administrator)
    change(find_item(period.checklist, "1.1.1"), by=administrator, at=timezone.now(), status=Status.DONE)
    client = sign_in(administrator)

    page = client.get(f"{ADDRESS}compare/?a={frozen.pk}&b=now", headers=ENGLISH)

    found = page.context["found"]
    assert [(item.code, [one.field for one in item.moved]) for item in found.items] == [("1.1.1", ["status"])]
    assert [cell.difference for cell in found.whole.cells] == [0, 0, -1, 0, 1, 0, 0, 0]
    assert "Today" in text_of(page)
    unasked = client.get(f"{ADDRESS}compare/", headers=ENGLISH).context["found"]
    assert (unasked.before, unasked.items) == (found.before, found.items)
    same = client.get(f"{ADDRESS}compare/?a={frozen.pk}&b={frozen.pk}", headers=ENGLISH)
    assert "No item differs in any of these: Status, Owner, " in text_of(same)


def test_only_reports_of_this_checklist_can_be_compared(
    period: Period, complete: None, administrator: User, stranger: User, sign_in: SignIn
) -> None:
    frozen = hand_in(period, administrator)
    elsewhere = Checklist.objects.get(slug="elsewhere")
    at = timezone.now()
    (theirs,) = make_periods(elsewhere, PeriodKind.BY_HAND, [(period.starts, period.ends)])
    foreign = theirs.submit(
        freeze(theirs, made_at=at, made_by="x"), step=0, by=stranger, at=at, remark="如期报送"
    )
    client = sign_in(administrator)

    for query in (f"a={foreign.pk}&b=now", f"a={frozen.pk}&b=x", "a=now"):
        response = client.get(f"{ADDRESS}compare/?{query}", headers=ENGLISH)
        assert response.status_code == 422, query
        assert "found" not in response.context
    assert client.get("/checklists/elsewhere/periods/compare/").status_code == 404


def test_with_nothing_submitted_there_is_nothing_to_compare(
    period: Period, administrator: User, sign_in: SignIn
) -> None:
    page = sign_in(administrator).get(f"{ADDRESS}compare/", headers=ENGLISH)

    assert page.status_code == 200
    assert "No report has been submitted yet" in text_of(page)
