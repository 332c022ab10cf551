"""Every address of the site, walked as everybody. One that is not in the table fails the test."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from measures.choices import Audited
from measures.models import AuditRecord, Checklist
from tests.addresses import own_addresses
from tests.everybody import checklist, everybody, rows_of_everything

pytestmark = pytest.mark.slow

__all__ = ["checklist", "everybody"]  # fixtures are found by their names

SIGN_IN = 302
MEMBERSHIPS = ["viewer", "editor", "other editor", "auditor", "administrator"]
# They read what is not theirs to change: from above, and as the operator.
LOOKERS = ["administrator above", "superuser"]
# They have a role in a checklist elsewhere, and in one beside this.
OUTSIDERS = ["stranger", "administrator beside"]
READERS = [*MEMBERSHIPS, *LOOKERS]
EVERYONE = dict.fromkeys(["anonymous", *OUTSIDERS, *READERS], 200)
MEMBERS = EVERYONE | dict.fromkeys(OUTSIDERS, 404) | {"anonymous": SIGN_IN}
SIGNED_IN = EVERYONE | {"anonymous": SIGN_IN}
POSTED = dict.fromkeys(EVERYONE, 405)


@dataclass(frozen=True)
class Expected:
    """What a GET answers to whom, and what an empty POST does (None: the same as GET says is not tried)."""

    get: dict[str, int]
    post: dict[str, int]
    arguments: tuple[str, ...] = ()


def only(status: int, *allowed: str) -> dict[str, int]:
    """These are answered with this status; other readers with 403, the rest as ever."""
    return MEMBERS | dict.fromkeys(READERS, 403) | dict.fromkeys(allowed, status)


# LoginRequiredMiddleware comes before the view's own refusal of the method.
NO_POST = POSTED | {"anonymous": SIGN_IN}
# The item that is walked belongs to the editor's owner; an empty form is no change.
REFUSED = only(422, "editor", "administrator")
CHANGERS = only(200, "editor", "other editor", "administrator")
MANAGERS = only(200, "administrator")
NOBODY = dict.fromkeys(EVERYONE, 404) | {"anonymous": SIGN_IN}
NO_CODE = dict.fromkeys(EVERYONE, 422) | {"anonymous": SIGN_IN}
LED = dict.fromkeys(EVERYONE, 302)
NAMELESS = dict.fromkeys(READERS, 422)
LED_BACK = dict.fromkeys(READERS, 302)
MADE = only(422, "administrator")
MANAGED = only(404, "administrator")
# Periods are judged from above.
JUDGED = only(404, "administrator above")
# The pages of a batch that is there are walked in tests/test_bulk.py.
UNKNOWN = "00000000-0000-4000-8000-000000000000"
OPERATED = dict.fromkeys(EVERYONE, 403) | {"anonymous": SIGN_IN, "superuser": 200}
NO_DRAFT = OPERATED | {"superuser": 404}
TABLE = {
    # Without a role, one is led to what one may read.
    "home": Expected(SIGNED_IN | {"superuser": 302}, NO_POST),
    "checklists": Expected(SIGNED_IN, NO_POST),
    "search": Expected(SIGNED_IN, NO_POST),
    "catalogues": Expected(SIGNED_IN, NO_POST),
    "catalogue": Expected(SIGNED_IN, NO_POST, ("test",)),
    # Without a format; with one it is recorded.
    "catalogue-file": Expected(NOBODY, NO_POST, ("test",)),
    # Loading and publishing are for superusers; a draft that is there is walked in tests/test_catalogues.py.
    "load-catalogue": Expected(OPERATED, OPERATED | {"superuser": 422}),
    "article": Expected(OPERATED, OPERATED | {"superuser": 422}),
    "sentences": Expected(NO_DRAFT, NO_DRAFT, ("test",)),
    "new-catalogue": Expected(OPERATED, OPERATED | {"superuser": 422}),
    # What is there is walked in tests/test_outline.py.
    "outline": Expected(NO_DRAFT, NO_DRAFT, ("test",)),
    "correct-words": Expected(NO_DRAFT, NO_DRAFT, ("test", "m0")),
    "empty-catalogue": Expected(NOBODY | {"superuser": 200}, NO_POST),
    "publish-catalogue": Expected(POSTED | {"anonymous": SIGN_IN}, NO_DRAFT, ("henan-cadres",)),
    "delete-catalogue": Expected(POSTED | {"anonymous": SIGN_IN}, NO_DRAFT, ("henan-cadres",)),
    # An upload that is there is walked in tests/test_taking_over.py.
    "take-over": Expected(OPERATED, OPERATED | {"superuser": 422}),
    "takeover": Expected(NO_DRAFT, NO_DRAFT, ("1",)),
    "discard-takeover": Expected(POSTED | {"anonymous": SIGN_IN}, NO_DRAFT, ("1",)),
    "taken-over": Expected(NOBODY, NO_POST, ("henan",)),
    "ledger-file": Expected(NOBODY, NO_POST, ("henan",)),
    "undo-taken-over": Expected(POSTED | {"anonymous": SIGN_IN}, NO_DRAFT, ("henan",)),
    "overview": Expected(MEMBERS, NO_POST, ("henan",)),
    "items": Expected(MEMBERS, NO_POST, ("henan",)),
    "units": Expected(MEMBERS, NO_POST, ("henan",)),
    "units-report": Expected(MEMBERS, NO_POST, ("henan",)),
    # Its files are for administrators alone: tests/test_bulletin.py.
    "bulletin": Expected(MEMBERS, NO_POST, ("henan",)),
    # Siblings are compared for those alone who read the checklist above them all.
    "peers": Expected(MEMBERS, NO_POST, ("henan",)),
    "item": Expected(MEMBERS, REFUSED, ("henan", "1.1.1")),
    # tests/test_applications.py asks and decides where the rules are on.
    "ask": Expected(POSTED | {"anonymous": SIGN_IN}, only(403), ("henan", "1.1.1")),
    "applications": Expected(MEMBERS, NO_POST, ("henan",)),
    "decide-applications": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    "grant-application": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "1")),
    "return-application": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "1")),
    "take-back-application": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1")),
    "burden": Expected(MANAGERS, NO_POST, ("henan",)),
    "chasers": Expected(MEMBERS, MADE, ("henan",)),
    "new-chasers": Expected(MANAGERS, MANAGERS, ("henan",)),
    # One that is there is walked in tests/test_chasing.py.
    "chaser": Expected(NOBODY, NO_POST, ("henan", "1")),
    "notice": Expected(NOBODY, NO_POST, ("henan", "1")),
    "read-chaser": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1")),
    "withdraw-chaser": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1")),
    "rules": Expected(MANAGERS, only(422, "administrator"), ("henan",)),
    # Without the moment at which the items were read, nothing is confirmed.
    "upgrade": Expected(MANAGERS, MADE, ("henan",)),
    "edition-mapping": Expected(MANAGED, MANAGED, ("henan", "no-such-edition")),
    "confirm-wording": Expected(POSTED | {"anonymous": SIGN_IN}, only(302, "editor"), ("henan", "1.1.1")),
    "confirm-item": Expected(POSTED | {"anonymous": SIGN_IN}, only(302, "editor"), ("henan", "1.1.1")),
    "confirm-all": Expected(POSTED | {"anonymous": SIGN_IN}, only(302, "editor", "other editor"), ("henan",)),
    "people": Expected(MANAGERS, NO_POST, ("henan",)),
    "add-unit": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    # Units, members, invitations and lists that are there are walked in tests/test_people.py.
    "change-unit": Expected(MANAGED, MANAGED, ("henan", "0")),
    "remove-unit": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "0")),
    "add-member": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    "change-member": Expected(MANAGED, MANAGED, ("henan", "0")),
    "end-member": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "0")),
    "member-link": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "0")),
    "member-left": Expected(MANAGED, MANAGED, ("henan", "0")),
    "invite": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    "withdraw-invitation": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "0")),
    "add-people": Expected(MANAGERS, MADE, ("henan",)),
    "undo-people": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "0")),
    "by-section": Expected(MANAGERS, MADE, ("henan",)),
    "write-entry": Expected(POSTED | {"anonymous": SIGN_IN}, REFUSED, ("henan", "1.1.1")),
    # An entry that is there is walked in tests/test_entries.py.
    "withdraw-entry": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1.1.1", "1")),
    "add-milestone": Expected(POSTED | {"anonymous": SIGN_IN}, REFUSED, ("henan", "1.1.1")),
    # One that is there is walked in tests/test_milestones_page.py.
    "step-milestone": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1.1.1", "1", "done")),
    "add-evidence": Expected(POSTED | {"anonymous": SIGN_IN}, REFUSED, ("henan", "1.1.1")),
    # Evidence that is there is walked in tests/test_evidence.py.
    "dossier": Expected(MEMBERS, NO_POST, ("henan", "1.1.1")),
    "evidence-file": Expected(NOBODY, NO_POST, ("henan", "1.1.1", "1")),
    "withdraw-evidence": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1.1.1", "1")),
    "report": Expected(MEMBERS, NO_POST, ("henan",)),
    "report-templates": Expected(MANAGERS, only(422, "administrator"), ("henan",)),
    "starting-template": Expected(MANAGERS, NO_POST, ("henan",)),
    # What becomes of a template that is there is in tests/test_report_templates_page.py.
    "report-template": Expected(MANAGED, NO_POST, ("henan", "1")),
    "delete-report-template": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "1")),
    "columns": Expected(MEMBERS, NO_POST, ("henan",)),
    "saved-views": Expected(MEMBERS, NO_POST, ("henan",)),
    "save-view": Expected(POSTED | {"anonymous": SIGN_IN}, MEMBERS | NAMELESS, ("henan",)),
    "default-view": Expected(POSTED | {"anonymous": SIGN_IN}, MEMBERS | LED_BACK, ("henan",)),
    "delete-view": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", "1")),
    "bulk": Expected(CHANGERS, CHANGERS, ("henan",)),
    "upload": Expected(CHANGERS, only(422, "editor", "other editor", "administrator"), ("henan",)),
    "batches": Expected(MEMBERS, NO_POST, ("henan",)),
    "batch": Expected(NOBODY, NO_POST, ("henan", UNKNOWN)),
    "undo": Expected(POSTED | {"anonymous": SIGN_IN}, NOBODY, ("henan", UNKNOWN)),
    "periods": Expected(MEMBERS, NO_POST, ("henan",)),
    "make-periods": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    "add-period": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    "compare-reports": Expected(MEMBERS, NO_POST, ("henan",)),
    # A period that is there is walked in tests/periods/.
    "period": Expected(NOBODY, NO_POST, ("henan", "1")),
    "delete-period": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "1")),
    "submit-period": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "1")),
    "return-period": Expected(POSTED | {"anonymous": SIGN_IN}, JUDGED, ("henan", "1")),
    "accept-period": Expected(POSTED | {"anonymous": SIGN_IN}, JUDGED, ("henan", "1")),
    "reopen-period": Expected(POSTED | {"anonymous": SIGN_IN}, JUDGED, ("henan", "1")),
    "audit": Expected(
        dict.fromkeys(EVERYONE, 403) | {"anonymous": SIGN_IN, "auditor": 200, "superuser": 200}, NO_POST
    ),
    "doctor": Expected(dict.fromkeys(EVERYONE, 403) | {"anonymous": SIGN_IN, "superuser": 200}, NO_POST),
    "below": Expected(MEMBERS, NO_POST, ("henan",)),
    "open-one": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    "open-many": Expected(MANAGERS, MADE, ("henan",)),
    "starting-sheet": Expected(MANAGERS, NO_POST, ("henan",)),
    # A unit that is there is walked in tests/test_rearranging.py.
    "rearrange": Expected(MANAGED, MANAGED, ("henan", "nowhere")),
    "local-measures": Expected(MEMBERS, NO_POST, ("henan",)),
    "add-local-measure": Expected(POSTED | {"anonymous": SIGN_IN}, MADE, ("henan",)),
    # One that is there is corrected in tests/test_local_corrections.py.
    "correct-local-measure": Expected(MANAGED, MANAGED, ("henan", "1.1.901")),
    "assignments": Expected(MEMBERS, NO_POST, ("henan",)),
    "hand-down": Expected(MANAGERS, MADE, ("henan", "1.1.1")),
    # One that is there is walked in tests/test_assignments.py.
    "assignment": Expected(NOBODY, NO_POST, ("henan", "1")),
    "correct-assignment": Expected(MANAGED, MANAGED, ("henan", "1")),
    "withdraw-assignment": Expected(MANAGED, MANAGED, ("henan", "1")),
    "accept-assignment": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "1")),
    "return-assignment": Expected(POSTED | {"anonymous": SIGN_IN}, MANAGED, ("henan", "1")),
    "hand-over": Expected(MANAGERS, MADE, ("henan",)),
    "help": Expected(SIGNED_IN, NO_POST),
    "handbook": Expected(SIGNED_IN, NO_POST),
    "help-part": Expected(SIGNED_IN, NO_POST, ("office",)),
    "sign-in-help": Expected(EVERYONE, POSTED),
    "sign-in": Expected(EVERYONE | dict.fromkeys(SIGNED_IN, 302) | {"anonymous": 200}, {}),
    "sign-out": Expected(NO_POST, {}),
    "password": Expected(SIGNED_IN, dict.fromkeys(EVERYONE, 422) | {"anonymous": SIGN_IN}),
    # A link that works is tried in tests/test_users.py.
    "first-password": Expected(dict.fromkeys(EVERYONE, 404), dict.fromkeys(EVERYONE, 404), ("MQ", "0-0")),
    # Without mail: tests/test_forgotten.py has it with mail.
    "forgot-password": Expected(EVERYONE, EVERYONE),
    # Without mail: tests/test_invitations_mailed.py has it with mail.
    "mail-invitations": Expected(NO_POST, NOBODY),
    # A link that works is tried in tests/test_invitations.py.
    "invitation": Expected(dict.fromkeys(EVERYONE, 404), dict.fromkeys(EVERYONE, 404), ("gone",)),
    "account-requests": Expected(OPERATED, OPERATED | {"superuser": 302}),
    "second-step": Expected(dict.fromkeys(EVERYONE, 302), dict.fromkeys(EVERYONE, 302)),
    "two-factor": Expected(SIGNED_IN, NO_POST),
    # Beginning makes a key: tests/test_two_factor.py does it.
    "begin-two-factor": Expected(NO_POST, {}),
    "two-factor-picture": Expected(NOBODY, NO_POST),
    "confirm-two-factor": Expected(NO_POST, dict.fromkeys(EVERYONE, 302)),
    "recovery-codes": Expected(NO_POST, NO_CODE),
    "end-two-factor": Expected(NO_POST, NO_CODE),
    # An empty form switches every kind off, and so writes a row: tests/test_reminders_page.py does it.
    "reminders": Expected(SIGNED_IN, {}),
    # Off by default: tests/test_calendars.py.
    "make-calendar": Expected(NO_POST, NOBODY),
    "end-calendar": Expected(NO_POST, NOBODY, ("1",)),
    "calendar": Expected(dict.fromkeys(EVERYONE, 404), POSTED, ("x",)),
    "sessions": Expected(SIGNED_IN, NO_POST),
    # Ending sessions takes rows away: tests/test_sessions.py does it.
    "end-other-sessions": Expected(NO_POST, {}),
    "end-session": Expected(NO_POST, NOBODY, (UNKNOWN,)),
    "language": Expected(POSTED, dict.fromkeys(EVERYONE, 302)),
    "theme": Expected(POSTED, dict.fromkeys(EVERYONE, 302)),
    # Shown in debug only: tests/test_styleguide.py.
    "styleguide": Expected(NOBODY, NO_POST),
    "admin-password": Expected(LED, LED),
    "admin-shortcut": Expected(NOBODY, NOBODY, ("1/1",)),
    "alive": Expected(dict.fromkeys(EVERYONE, 204) | {"anonymous": SIGN_IN}, NO_POST),
    "healthz": Expected(EVERYONE, POSTED),
}


RECORDED = {"audit": [Audited.AUDIT_READ], "dossier": [Audited.EXPORTED]}


def recorded_since(key: int) -> list[str]:
    """The actions that the audit trail has taken in after this record."""
    return list(AuditRecord.objects.filter(pk__gt=key).order_by("pk").values_list("action", flat=True))


def newest_record() -> int:
    return AuditRecord.objects.values_list("pk", flat=True).first() or 0


def test_every_address_is_in_the_table() -> None:
    assert own_addresses() == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_address_answers_each_person_as_the_table_says(
    name: str, everybody: dict[str, User | None], checklist: Checklist
) -> None:
    expected = TABLE[name]
    address = reverse(name, args=expected.arguments)
    assert set(expected.get) == set(everybody) and set(expected.post) <= set(everybody)  # noqa: PT018
    for who, user in everybody.items():
        client = Client()
        if user:
            client.force_login(user)

        before, recorded = rows_of_everything(), newest_record()
        status = client.get(address).status_code
        assert status == expected.get[who], f"GET {address} as {who}"
        assert rows_of_everything() == before, f"GET {address} wrote"
        # The exception to «a GET never writes»: refusals, files taken away, the reading of the trail itself.
        kept = [Audited.DENIED] if status == 403 else RECORDED.get(name, []) if status == 200 else []
        assert recorded_since(recorded) == (kept if user else []), f"GET {address} as {who} was recorded"
        if expected.post:
            assert client.post(address).status_code == expected.post[who], f"POST {address} as {who}"
            assert rows_of_everything() == before, f"an empty POST to {address} wrote"


def test_a_stranger_to_the_site_is_led_to_sign_in_and_back(checklist: Checklist) -> None:
    response = Client().get("/checklists/henan/items/?pillar=2")

    assert response.headers["Location"] == "/sign-in/?next=/checklists/henan/items/%3Fpillar%3D2"
