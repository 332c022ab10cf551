"""All models, so that `from measures.models import Item` works wherever a model lives."""

from measures.models.accounts import Account, PastPassword, RecoveryCode, Session, forget_second_factor
from measures.models.application_rules import AskedAlready, CannotAsk, DecidedAlready, OwnApplication
from measures.models.applications import Application, Decision
from measures.models.assignment_steps import AnsweredAlready, AssignmentCorrection, AssignmentStep, Terms
from measures.models.assignments import Assignment
from measures.models.audit import AuditRecord, audit
from measures.models.calendars import CalendarAddress
from measures.models.catalogue import Catalogue, Measure, Pillar, Section
from measures.models.changes import Change, Outcome, ReasonRequired, RuleRefused, StaleVersion
from measures.models.chasers import ChasedItem, Chaser, ChaserRead, ChaserWithdrawal, Sent
from measures.models.checklists import Checklist, PlaceRefused
from measures.models.closing import EvidenceMissing
from measures.models.cooperation import Cooperation, UpdateCooperation
from measures.models.editions import Answered, ChecklistEdition, EditionMapping, PastWording
from measures.models.entries import Entry, Withdrawal, WithdrawnAlready
from measures.models.evidence import (
    ContentRemoved,
    Evidence,
    EvidenceWithdrawal,
    EvidenceWithdrawn,
    NewFile,
    TooMuchEvidence,
    add_evidence,
)
from measures.models.evidence_removals import EvidenceRemoval
from measures.models.frozen import FrozenReport, PeriodEvent, RemarkRequired, Submission
from measures.models.invitations import Enrolment, Invitation, NameTaken
from measures.models.local_measures import (
    CorrectedMeanwhile,
    NoCodeLeft,
    TooLateToCorrect,
    Wording,
    add_measure,
    correct_measure,
    next_local_code,
)
from measures.models.milestones import (
    Milestone,
    MilestoneMoved,
    MilestoneStep,
    NewStep,
    NoMilestoneNeeded,
    TooManyMilestones,
)
from measures.models.new_entries import NewEntry, NoUnit, StaleEntries, write_entries
from measures.models.opening import TakenOver, open_together
from measures.models.people import Membership, Owner
from measures.models.people_changes import UnitInUse, delete_unit, end_membership, save_recorded
from measures.models.periods import NotEnded, Period, PeriodMoved, PeriodsOverlap, spans
from measures.models.placements import Placement, Turn
from measures.models.receipts import Receipt
from measures.models.reminders import Reminder, ReminderChoice
from measures.models.report_templates import ReportTemplate
from measures.models.saved_views import SavedView
from measures.models.sentences import CatalogueSentence
from measures.models.special_days import SpecialDay
from measures.models.takeovers import KnownHeadings, Takeover, of_no_ledger
from measures.models.tracking import Item, change_items
from measures.models.updates import Batch, Update
from measures.models.uses import Use

__all__ = [
    "Account",
    "Answered",
    "AnsweredAlready",
    "Application",
    "AskedAlready",
    "Assignment",
    "AssignmentCorrection",
    "AssignmentStep",
    "AuditRecord",
    "Batch",
    "CalendarAddress",
    "CannotAsk",
    "Catalogue",
    "CatalogueSentence",
    "Change",
    "ChasedItem",
    "Chaser",
    "ChaserRead",
    "ChaserWithdrawal",
    "Checklist",
    "ChecklistEdition",
    "ContentRemoved",
    "Cooperation",
    "CorrectedMeanwhile",
    "DecidedAlready",
    "Decision",
    "EditionMapping",
    "Enrolment",
    "Entry",
    "Evidence",
    "EvidenceMissing",
    "EvidenceRemoval",
    "EvidenceWithdrawal",
    "EvidenceWithdrawn",
    "FrozenReport",
    "Invitation",
    "Item",
    "KnownHeadings",
    "Measure",
    "Membership",
    "Milestone",
    "MilestoneMoved",
    "MilestoneStep",
    "NameTaken",
    "NewEntry",
    "NewFile",
    "NewStep",
    "NoCodeLeft",
    "NoMilestoneNeeded",
    "NoUnit",
    "NotEnded",
    "Outcome",
    "OwnApplication",
    "Owner",
    "PastPassword",
    "PastWording",
    "Period",
    "PeriodEvent",
    "PeriodMoved",
    "PeriodsOverlap",
    "Pillar",
    "PlaceRefused",
    "Placement",
    "ReasonRequired",
    "Receipt",
    "RecoveryCode",
    "RemarkRequired",
    "Reminder",
    "ReminderChoice",
    "ReportTemplate",
    "RuleRefused",
    "SavedView",
    "Section",
    "Sent",
    "Session",
    "SpecialDay",
    "StaleEntries",
    "StaleVersion",
    "Submission",
    "TakenOver",
    "Takeover",
    "Terms",
    "TooLateToCorrect",
    "TooManyMilestones",
    "TooMuchEvidence",
    "Turn",
    "UnitInUse",
    "Update",
    "UpdateCooperation",
    "Use",
    "Withdrawal",
    "WithdrawnAlready",
    "Wording",
    "add_evidence",
    "add_measure",
    "audit",
    "change_items",
    "correct_measure",
    "delete_unit",
    "end_membership",
    "forget_second_factor",
    "next_local_code",
    "of_no_ledger",
    "open_together",
    "save_recorded",
    "spans",
    "write_entries",
]
