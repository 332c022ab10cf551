"""The parts of the help: one for each role and each task, and the pages that each of them explains.

The texts are templates/help/<language>/<part>.html; tests/test_help.py compares the three languages.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True)
class HelpPart:
    """A short page of help. `pages` are the names of the addresses from which it is linked."""

    slug: str
    title: str | Promise
    pages: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        """Its text in the language of the reader."""
        language = get_language()
        return f"help/{language if language in LANGUAGES else LANGUAGES[0]}/{self.slug}.html"


ROLES = (
    HelpPart("unit", _("Editors: report for a unit")),
    HelpPart("office", _("Administrators: run a checklist")),
    HelpPart(
        "leader", _("Leaders and viewers: see where things are"), ("overview", "checklists", "units", "peers")
    ),
    HelpPart("auditor", _("Auditors: who changed what"), ("audit",)),
    HelpPart("accounts", _("Account managers: accounts and links"), ("account-requests",)),
    HelpPart(
        "operator",
        _("Operators: keep the site running"),
        ("doctor", "article", "sentences", "new-catalogue", "outline", "correct-words"),
    ),
)
TASKS = (
    HelpPart(
        "sign-in",
        _("Sign in"),
        (
            *("sign-in", "second-step", "first-password", "invitation", "password", "sessions"),
            *("two-factor", "confirm-two-factor", "recovery-codes"),
        ),
    ),
    HelpPart("todo", _("What waits for you"), ("home", "confirm-item", "confirm-all")),
    HelpPart("lights", _("What the lights mean")),
    HelpPart(
        "list",
        _("Find items, and change several"),
        (
            *("items", "columns", "saved-views", "save-view", "bulk", "by-section"),
            *("batches", "batch", "hand-over", "local-measures", "add-local-measure"),
            "correct-local-measure",
        ),
    ),
    HelpPart("progress", _("Report progress"), ("item", "write-entry", "withdraw-entry")),
    HelpPart("closing", _("Ask to close an item"), ("ask",)),
    HelpPart("extension", _("Ask for more time")),
    HelpPart("evidence", _("Add evidence"), ("add-evidence", "withdraw-evidence")),
    HelpPart("milestones", _("Milestones"), ("add-milestone", "step-milestone")),
    HelpPart("chase", _("Chase units"), ("chasers", "new-chasers", "chaser", "read-chaser", "burden")),
    HelpPart(
        "applications",
        _("Decide on applications"),
        ("applications", "decide-applications", "grant-application", "return-application"),
    ),
    HelpPart(
        "report",
        _("Send the report up"),
        (
            *("report", "report-templates", "report-template", "units-report", "compare-reports"),
            "bulletin",
            *("periods", "make-periods", "add-period", "period", "delete-period"),
            *("submit-period", "return-period", "accept-period", "reopen-period"),
        ),
    ),
    HelpPart(
        "people",
        _("Set up units and people"),
        (
            *("people", "add-unit", "change-unit", "remove-unit", "add-member", "change-member"),
            *("end-member", "member-left", "member-link", "invite", "withdraw-invitation"),
            *("add-people", "undo-people", "rules"),
            *("upgrade", "edition-mapping"),
        ),
    ),
    HelpPart(
        "ledger",
        _("Take over the ledger that you keep"),
        ("take-over", "takeover", "discard-takeover", "taken-over", "undo-taken-over"),
    ),
    HelpPart("sheet", _("Fill in a sheet and upload it"), ("upload",)),
    HelpPart(
        "below",
        _("Units below: open checklists, hand measures down"),
        (
            *("below", "open-one", "open-many", "rearrange", "hand-down", "assignments", "assignment"),
            *("correct-assignment", "withdraw-assignment", "accept-assignment", "return-assignment"),
        ),
    ),
    HelpPart("admin", _("Edit items in the administration")),
    HelpPart("reminders", _("Reminders and calendars"), ("reminders", "make-calendar")),
)
HELP_PARTS = {part.slug: part for part in (*ROLES, *TASKS)}
OPEN_TO_ALL = HELP_PARTS["sign-in"]


def by_page(parts: Iterable[HelpPart]) -> dict[str, HelpPart]:
    return {page: part for part in parts for page in part.pages}


PART_OF = by_page(HELP_PARTS.values())
