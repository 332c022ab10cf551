"""The closed lists of words. Stored values never change and are never shown; labels are what people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    """The status of an item."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    BLOCKED = "blocked", _("Blocked")
    DONE = "done", _("Done")
    STANDING = "standing", _("Standing")
    DROPPED = "dropped", _("Dropped")


# These count as done in every share.
WELL_STATUSES = (Status.DONE, Status.STANDING)
# Only these can be overdue: the others have nothing left to do.
OPEN_STATUSES = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.BLOCKED)


# Somebody is at work on these, so that silence means something.
RUNNING_STATUSES = (Status.IN_PROGRESS, Status.STANDING)
# The unit of such an item owes an entry for each reporting period.
OWING_STATUSES = (Status.IN_PROGRESS, Status.BLOCKED, Status.STANDING)
# Setting one of these needs a reason.
REASON_STATUSES = (Status.BLOCKED, Status.DROPPED)


class Light(models.TextChoices):
    """How an item looks on a day, worst first; measures/lights.py derives it."""

    RED = "red", pgettext_lazy("traffic", "Red")
    AMBER = "amber", pgettext_lazy("traffic", "Amber")
    GREEN = "green", pgettext_lazy("traffic", "Green")
    GREY = "grey", pgettext_lazy("traffic", "Grey")


class Cadence(models.TextChoices):
    """How often a measure asks for something."""

    ONCE = "once", _("Once")
    RECURRING = "recurring", _("Recurring")
    STANDING = "standing", _("Standing practice")


class ChecklistStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Role(models.TextChoices):
    """What a member is in one checklist; measures/rights/roles.py says what each may do."""

    ADMINISTRATOR = "administrator", _("Administrator")
    EDITOR = "editor", _("Editor")
    VIEWER = "viewer", _("Viewer")
    AUDITOR = "auditor", _("Auditor")


# What the audit trail calls a superuser, before any role that they hold besides.
OPERATOR = "operator"


class Via(models.TextChoices):
    """How an update was made."""

    PAGE = "page", _("Page")
    ADMIN = "admin", _("Admin site")
    BULK = "bulk", _("Bulk edit")
    IMPORT = "import", _("Import")
    COMMAND = "command", _("Command")
    UNDO = "undo", _("Undo")


class Side(models.TextChoices):
    """Which side of the loop acted on an item."""

    OFFICE = "office", pgettext_lazy("side", "The office")
    LEAD = "lead", pgettext_lazy("side", "The lead unit")
    COOPERATING = "cooperating", pgettext_lazy("side", "A cooperating unit")


UNIT_SIDES = (Side.LEAD, Side.COOPERATING)


class ApplicationKind(models.TextChoices):
    """What a unit asks the office for."""

    CLOSE = "close", pgettext_lazy("application", "Close")
    STANDING = "standing", pgettext_lazy("application", "Keep up for good")
    DROP = "drop", pgettext_lazy("application", "Drop")
    EXTEND = "extend", pgettext_lazy("application", "Extend")


class DecisionState(models.TextChoices):
    """What became of an application."""

    GRANTED = "granted", pgettext_lazy("application", "Granted")
    RETURNED = "returned", pgettext_lazy("application", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")


class ChaserLevel(models.TextChoices):
    """How urgently the office asks a unit for an answer, in the colours of official notices."""

    BLUE = "blue", pgettext_lazy("chaser", "Reminder")
    YELLOW = "yellow", pgettext_lazy("chaser", "Chaser")
    RED = "red", pgettext_lazy("chaser", "Supervision")


class MilestoneAct(models.TextChoices):
    """What somebody did with a milestone. loop/milestones.py says what it is afterwards."""

    SET = "set", pgettext_lazy("milestone", "Set")
    PROPOSED = "proposed", pgettext_lazy("milestone", "Proposed")
    ACCEPTED = "accepted", pgettext_lazy("milestone", "Accepted")
    RETURNED = "returned", pgettext_lazy("milestone", "Returned")
    DONE = "done", pgettext_lazy("milestone", "Marked as done")
    REOPENED = "reopened", pgettext_lazy("milestone", "Reopened")
    MOVED = "moved", pgettext_lazy("milestone", "Moved")
    MOVE_ASKED = "move_asked", pgettext_lazy("milestone", "Asked to move")
    MOVE_GRANTED = "move_granted", pgettext_lazy("milestone", "Move granted")
    MOVE_RETURNED = "move_returned", pgettext_lazy("milestone", "Move returned")
    MOVE_TAKEN_BACK = "move_taken_back", pgettext_lazy("milestone", "Request to move withdrawn")
    WITHDRAWN = "withdrawn", pgettext_lazy("milestone", "Withdrawn")


class MilestoneState(models.TextChoices):
    """What a milestone is on a day."""

    PROPOSED = "proposed", pgettext_lazy("milestone state", "Proposed")
    RETURNED = "returned", pgettext_lazy("milestone state", "Returned")
    OPEN = "open", pgettext_lazy("milestone state", "Open")
    MISSED = "missed", pgettext_lazy("milestone state", "Missed")
    DONE = "done", pgettext_lazy("milestone state", "Done")
    WITHDRAWN = "withdrawn", pgettext_lazy("milestone state", "Withdrawn")


class ClosedBy(models.TextChoices):
    """How an item was ended past the usual way, which is by one who asks and another who grants."""

    OFFICE = "office", _("Closed by the office")
    ONE_HAND = "one_hand", _("Closed by one hand")


class EvidenceRule(models.TextChoices):
    """When an application to close an item needs evidence."""

    NEVER = "never", pgettext_lazy("evidence", "Never")
    MARKED = "marked", pgettext_lazy("evidence", "For measures marked so in the catalogue")
    ALWAYS = "always", pgettext_lazy("evidence", "Always")


class AssignmentState(models.TextChoices):
    """What has become of a measure that was handed down, in one checklist."""

    GIVEN = "given", pgettext_lazy("assignment", "Not answered")
    ACCEPTED = "accepted", pgettext_lazy("assignment", "Accepted")
    RETURNED = "returned", pgettext_lazy("assignment", "Returned")
    WITHDRAWN = "withdrawn", pgettext_lazy("assignment", "Withdrawn")


class AnswerKind(models.TextChoices):
    """How an item came to answer a measure, at an upgrade to another edition or its undoing."""

    FIRST = "first", pgettext_lazy("edition", "From the start")
    UNCHANGED = "unchanged", pgettext_lazy("edition", "Unchanged")
    RENUMBERED = "renumbered", pgettext_lazy("edition", "Renumbered")
    REWORDED = "reworded", pgettext_lazy("edition", "Reworded")
    MOVED = "moved", pgettext_lazy("edition", "Moved")
    MOVED_REWORDED = "moved+reworded", pgettext_lazy("edition", "Moved and reworded")
    SPLIT = "split", pgettext_lazy("edition", "Split")
    MERGED = "merged", pgettext_lazy("edition", "Merged")
    NEW = "new", pgettext_lazy("edition", "New")
    RETIRED = "retired", pgettext_lazy("edition", "Retired")
    CONFIRMED = "confirmed", pgettext_lazy("edition", "Confirmed")
    UNDONE = "undone", pgettext_lazy("edition", "Undone")


class Ruling(models.TextChoices):
    """What a person decided about a sentence of an article."""

    OPEN = "open", pgettext_lazy("sentence", "Not decided")
    ASKED = "asked", pgettext_lazy("sentence", "Asks for something")
    NOT_ASKED = "not_asked", pgettext_lazy("sentence", "Asks for nothing")
    LEFT_OUT = "left_out", pgettext_lazy("sentence", "Left out on purpose")


class PeriodKind(models.TextChoices):
    """How a reporting period came by its days."""

    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    BY_HAND = "by_hand", _("By hand")


class PeriodState(models.TextChoices):
    """How far a reporting period has come."""

    OPEN = "open", pgettext_lazy("period", "Open")
    SUBMITTED = "submitted", pgettext_lazy("period", "Submitted")
    RETURNED = "returned", pgettext_lazy("period", "Returned")
    ACCEPTED = "accepted", pgettext_lazy("period", "Accepted")


class ReminderKind(models.TextChoices):
    """What a reminder tells a person, in the order in which it does."""

    CHASED = "chased", pgettext_lazy("reminder", "Chased: an answer is due")
    RETURNED = "returned", pgettext_lazy("reminder", "Returned to the unit")
    LATE = "late", pgettext_lazy("reminder", "Overdue")
    MILESTONE = "milestone", pgettext_lazy("reminder", "Milestones missed or due within seven working days")
    DUE_SOON = "due_soon", pgettext_lazy("reminder", "Due within seven working days")
    SILENT = "silent", pgettext_lazy("reminder", "Without a recent entry")
    ENTRIES_DUE = "entries_due", pgettext_lazy("reminder", "Entries due for the period")
    HANDED_DOWN = "handed_down", pgettext_lazy("reminder", "Handed down, to be accepted")
    ESCALATED = "escalated", pgettext_lazy("reminder", "Chasers long unanswered")
    APPLICATIONS = "applications", pgettext_lazy("reminder", "Applications to decide")
    MILESTONES = "milestones", pgettext_lazy("reminder", "Milestones to decide")
    WITHOUT_LEAD = "without_lead", pgettext_lazy("reminder", "Items without a lead unit")
    NOT_REPORTED = "not_reported", pgettext_lazy("reminder", "Units that have not reported")
    UNANSWERED = "unanswered", pgettext_lazy("reminder", "Chasers not answered")


class ReminderDoor(models.TextChoices):
    """A way by which reminders leave the site."""

    MAIL = "mail", pgettext_lazy("reminder", "E-mail")
    WEBHOOK = "webhook", pgettext_lazy("reminder", "the office's message gateway")


class Audited(models.TextChoices):
    """What the audit trail holds. No constraint in the database repeats this list: a longer one would
    rebuild the table on SQLite, which costs the trigger that guards it.
    """

    ITEM_CHANGED = "item_changed", _("Item changed")
    BATCH_CHANGED = "batch_changed", _("Items changed together")
    CHECKLIST_OPENED = "checklist_opened", _("Checklist opened")
    CHECKLISTS_OPENED = "checklists_opened", _("Checklists opened together")
    CHECKLIST_CHANGED = "checklist_changed", _("Checklist changed")
    MEASURE_ADDED = "measure_added", _("Local measure added")
    MEASURE_CORRECTED = "measure_corrected", _("Local measure corrected")
    OWNER_CHANGED = "owner_changed", _("Owner changed")
    MEMBERSHIP_CHANGED = "membership_changed", _("Membership changed")
    INVITED = "invited", _("Person invited")
    VIEW_CHANGED = "view_changed", _("Saved view changed")
    CALENDAR_ADDRESS = "calendar_address", _("Calendar address made or ended")
    USER_CHANGED = "user_changed", _("User changed")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    LINK_GIVEN = "link_given", _("One-time link given")
    SECOND_FACTOR = "second_factor", _("Second factor changed")
    SESSIONS_ENDED = "sessions_ended", _("Sessions ended")
    CATALOGUE_LOADED = "catalogue_loaded", _("Catalogue loaded")
    CATALOGUE_EDITED = "catalogue_edited", _("Catalogue edited")
    TAKEN_OVER = "taken_over", _("Ledger taken over")
    TAKEOVER_UNDONE = "takeover_undone", _("Taking over undone")
    EDITIONS_MAPPED = "editions_mapped", _("Editions mapped")
    UPGRADED = "upgraded", _("Moved to another edition")
    WORDING_CONFIRMED = "wording_confirmed", _("New wording confirmed")
    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    WRONG_SECRET = "wrong_secret", _("Wrong password or code")
    LOCKED_OUT = "locked_out", _("Locked out")
    SIGNED_OUT = "signed_out", _("Signed out")
    ENTRY_WRITTEN = "entry_written", _("Entry written")
    ENTRY_WITHDRAWN = "entry_withdrawn", _("Entry withdrawn")
    EVIDENCE_ADDED = "evidence_added", _("Evidence added")
    EVIDENCE_WITHDRAWN = "evidence_withdrawn", _("Evidence withdrawn")
    EVIDENCE_READ = "evidence_read", _("Evidence downloaded")
    EVIDENCE_REMOVED = "evidence_removed", _("Evidence destroyed")
    ASKED = "asked", _("Application made")
    DECIDED = "decided", _("Application decided")
    MILESTONE_ADDED = "milestone_added", _("Milestone set or proposed")
    MILESTONE_CHANGED = "milestone_changed", _("Milestone changed")
    CHASED = "chased", _("Units chased")
    CHASER_READ = "chaser_read", _("Chaser read")
    CHASER_WITHDRAWN = "chaser_withdrawn", _("Chaser withdrawn")
    RECEIPT_CONFIRMED = "receipt_confirmed", _("Receipt confirmed")
    RULES_CHANGED = "rules_changed", _("Rules changed")
    DAY_CHANGED = "day_changed", _("Holidays or working days changed")
    PERIOD_STEP = "period_step", _("Reporting period moved on")
    HANDED_DOWN = "handed_down", _("Measure handed down")
    ANSWERED = "answered", _("Assignment answered")
    ASSIGNMENT_CORRECTED = "assignment_corrected", _("Assignment corrected")
    ASSIGNMENT_WITHDRAWN = "assignment_withdrawn", _("Assignment withdrawn")
    TEMPLATE_CHANGED = "template_changed", _("Report template changed")
    DENIED = "denied", _("Refused")
    EXPORTED = "exported", _("Exported")
    AUDIT_READ = "audit_read", _("Audit trail read")
    AUDIT_EXPORTED = "audit_exported", _("Audit trail exported")
    AUDIT_PURGED = "audit_purged", _("Old audit records removed")
    BACKED_UP = "backed_up", _("Database backed up")
    RESTORED = "restored", _("Database restored")
