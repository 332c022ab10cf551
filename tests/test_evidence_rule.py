"""The rule “evidence for closing”: an application to close an item needs evidence that is not withdrawn."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from measures.choices import ApplicationKind, Audited, EvidenceRule, Side, Status
from measures.models import (
    Application,
    AuditRecord,
    Checklist,
    Evidence,
    EvidenceMissing,
    EvidenceRemoval,
    Item,
    Measure,
    add_evidence,
)
from tests.catalogue_read import MEASURES
from tests.evidence_make import HASH, send
from tests.make import NOW, SignIn, change, find_item, write_entry
from tests.sheets import ENGLISH

ADDRESS = "/checklists/henan/items/1.1.1/"
RULES = "/checklists/henan/settings/"
NOTHING_SHOWN = "Nothing shows the result yet."
LINK = "https://www.example.org/a"


@pytest.fixture
def strict(given: Item) -> Item:
    """1.1.1 at work, in a checklist that always asks for evidence."""
    Checklist.objects.update(signs_off=True, extends_by_request=True, evidence_to_close=EvidenceRule.ALWAYS)
    return find_item(given.checklist)


def asked(item: Item, by: User, kind: ApplicationKind = ApplicationKind.CLOSE) -> Application:
    return Application.ask(item, kind, side=Side.LEAD, by=by, at=NOW, reason="已印发实施")


def added(item: Item, by: User, **to: Any) -> Evidence:
    return add_evidence(item, LINK, side=Side.LEAD, by=by, at=NOW, **to)


def test_a_unit_asks_to_close_only_with_evidence_and_keeps_what_it_typed(
    strict: Item, editor: User, sign_in: SignIn
) -> None:
    client, sent = sign_in(editor), {"kind": "close", "reason": "办法已印发"}
    assert "first add a file or a link" in client.get(ADDRESS, headers=ENGLISH).content.decode()

    answer = client.post(f"{ADDRESS}applications/", sent, headers=ENGLISH)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert NOTHING_SHOWN in page
    assert ">\n办法已印发</textarea>" in page
    assert not Application.objects.exists()

    send(client)
    assert client.post(f"{ADDRESS}applications/", sent, headers=ENGLISH).status_code == 302
    assert "first add a file or a link" not in client.get(ADDRESS, headers=ENGLISH).content.decode()


def test_evidence_of_an_entry_counts_and_what_was_withdrawn_or_destroyed_does_not(
    strict: Item, editor: User, sign_in: SignIn
) -> None:
    entry = write_entry(strict, editor)
    piece = added(strict, editor, entry=entry)
    piece.withdraw(by=editor, at=NOW, reason="误传")
    send(sign_in(editor))
    EvidenceRemoval.remove(HASH, names=["纪要.pdf"], at=NOW, reason="涉密")
    with pytest.raises(EvidenceMissing):
        asked(strict, editor)

    added(strict, editor, entry=entry)

    assert asked(strict, editor)


def test_other_applications_need_no_evidence(strict: Item, editor: User) -> None:
    assert asked(strict, editor, ApplicationKind.DROP)
    assert asked(strict, editor, ApplicationKind.STANDING)


def test_the_office_grants_nothing_whose_evidence_was_withdrawn_meanwhile(
    strict: Item, editor: User, administrator: User, sign_in: SignIn
) -> None:
    piece = added(strict, editor)
    application = asked(strict, editor)
    piece.withdraw(by=editor, at=NOW, reason="误传")
    office = sign_in(administrator)

    one = office.post(f"/checklists/henan/applications/{application.pk}/grant/", follow=True, headers=ENGLISH)
    many = office.post(
        "/checklists/henan/applications/decide/", {"ticked": application.pk}, follow=True, headers=ENGLISH
    )

    assert NOTHING_SHOWN in one.content.decode()
    assert "no evidence shows the result: 1.1.1" in many.content.decode()
    assert find_item(strict.checklist).status == Status.IN_PROGRESS

    added(strict, editor)
    application.grant(by=administrator, at=NOW)
    assert find_item(strict.checklist).status == Status.DONE


def test_the_office_closes_without_evidence_and_the_item_says_so(strict: Item, administrator: User) -> None:
    change(strict, by=administrator, status=Status.DONE)

    assert find_item(strict.checklist).closed_by == "office"


def test_of_two_measures_only_the_marked_one_needs_evidence(
    strict: Item, editor: User, administrator: User, sign_in: SignIn
) -> None:
    Checklist.objects.update(evidence_to_close=EvidenceRule.MARKED)
    Measure.objects.filter(code="1.1.1").update(needs_evidence=True)
    other = find_item(strict.checklist, "1.1.2")
    change(other, by=administrator, owner=strict.owner, status=Status.IN_PROGRESS, at=NOW - timedelta(2))

    with pytest.raises(EvidenceMissing):
        asked(find_item(strict.checklist), editor)
    assert asked(find_item(strict.checklist, "1.1.2"), editor)
    page = sign_in(editor).get(ADDRESS, headers=ENGLISH).content.decode()
    assert "evidence is needed" in page


class TestRulesPage:
    def test_an_administrator_sets_the_rule_and_the_trail_says_so(
        self, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        sent = {"signs_off": "on", "due_soon_days": 14, "silence_days": 60, "evidence_to_close": "always"}

        answer = sign_in(administrator).post(RULES, sent)

        checklist.refresh_from_db()
        assert answer.status_code == 302
        assert checklist.rules.evidence == EvidenceRule.ALWAYS
        record = AuditRecord.objects.get(action=Audited.RULES_CHANGED)
        assert '"evidence_to_close": "always"' in record.after

    def test_without_sign_off_nobody_could_be_asked_for_evidence(
        self, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        sent = {"due_soon_days": 14, "silence_days": 60, "evidence_to_close": "marked"}

        answer = sign_in(administrator).post(RULES, sent, headers=ENGLISH)

        assert answer.status_code == 422
        assert "Turn on the sign-off above" in answer.content.decode()
        with pytest.raises(IntegrityError), transaction.atomic():
            Checklist.objects.update(signs_off=False, evidence_to_close="marked")

    def test_a_form_that_does_not_name_the_rule_leaves_it(
        self, strict: Item, administrator: User, sign_in: SignIn
    ) -> None:
        sent = {"signs_off": "on", "due_soon_days": 14, "silence_days": 60}

        assert sign_in(administrator).post(RULES, sent).status_code == 302
        assert Checklist.objects.get().evidence_to_close == EvidenceRule.ALWAYS


@pytest.mark.any_engine
def test_the_catalogue_marks_what_ends_with_a_document() -> None:
    """A measure that is done once ends with a rule, a list or a plan that was issued."""
    marked = {one["code"] for one in MEASURES if one.get("needs_evidence")}

    assert marked >= {one["code"] for one in MEASURES if one["cadence"] == "once"}
    assert not [one["code"] for one in MEASURES if one["code"] in marked and one["cadence"] == "standing"]
