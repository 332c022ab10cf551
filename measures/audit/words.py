"""Audit records for people to read: fields by their labels, stored values by their words."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from measures.choices import (
    OPERATOR,
    AnswerKind,
    ApplicationKind,
    AssignmentState,
    Audited,
    ChaserLevel,
    ChecklistStatus,
    DecisionState,
    EvidenceRule,
    MilestoneAct,
    PeriodKind,
    PeriodState,
    Role,
    Side,
    Status,
)
from measures.ledger.journal import changed_lines
from measures.models import (
    AuditRecord,
    Checklist,
    Invitation,
    Measure,
    Membership,
    Owner,
    Period,
    ReportTemplate,
    SavedView,
)
from measures.models.entries import ENTRY_TEXTS
from measures.models.state import BY_NAME, FIELDS
from measures.querysets.editions import code_then
from measures.texts import Label

ROLES: Mapping[str, Label] = {OPERATOR: gettext_lazy("superuser (operator)"), **dict(Role.choices)}
MODELS: dict[str, type[Model]] = {
    Audited.CHECKLIST_OPENED: Checklist,
    Audited.CHECKLIST_CHANGED: Checklist,
    Audited.RULES_CHANGED: Checklist,
    Audited.MEASURE_ADDED: Measure,
    Audited.MEASURE_CORRECTED: Measure,
    Audited.OWNER_CHANGED: Owner,
    Audited.MEMBERSHIP_CHANGED: Membership,
    Audited.INVITED: Invitation,
    Audited.VIEW_CHANGED: SavedView,
    Audited.USER_CHANGED: User,
    Audited.SECOND_FACTOR: User,
    Audited.PERIOD_STEP: Period,
    Audited.TEMPLATE_CHANGED: ReportTemplate,
}
OURS: dict[str, Label] = {one.name: one.label for one in FIELDS} | {
    **ENTRY_TEXTS,
    **dict(AnswerKind.choices),
    "slug": gettext_lazy("Short name"),
    "measures": gettext_lazy("Measures"),
    "draft": gettext_lazy("Draft"),
    "edition": gettext_lazy("Edition"),
    "revision": gettext_lazy("Version"),
    "pairs": gettext_lazy("Lines of the mapping"),
    "changed": gettext_lazy("Changed"),
    "row": gettext_lazy("Row"),
    "part": gettext_lazy("Part"),
    "parts": gettext_lazy("Parts"),
    "code": gettext_lazy("Code"),
    "codes": gettext_lazy("Codes"),
    "sentences": gettext_lazy("Sentences"),
    "entries": gettext_lazy("Entries"),
    "unit": gettext_lazy("Unit"),
    "side": gettext_lazy("Written by"),
    "counts_on": gettext_lazy("Counts on"),
    "nothing_new": gettext_lazy("Nothing new"),
    "file": gettext_lazy("File"),
    "files": gettext_lazy("Files"),
    "size": gettext_lazy("Size in bytes"),
    "link": gettext_lazy("Link"),
    "consent": gettext_lazy("Agreed to by"),
    "new_due": gettext_lazy("New due date"),
    "by_one_hand": gettext_lazy("by one hand"),
    "milestone": gettext_lazy("Milestone"),
    "act": pgettext_lazy("milestone", "What was done"),
    "done_on": gettext_lazy("Done on"),
    "units": gettext_lazy("Units"),
    "level": pgettext_lazy("chaser", "Level"),
    "answer_by": gettext_lazy("Answer by"),
    "path": gettext_lazy("Place in the tree"),
    "checklists": gettext_lazy("Checklists"),
    "template": gettext_lazy("Template"),
    "text": gettext_lazy("What is asked"),
    "reason": pgettext_lazy("of an act", "Reason"),
    "state": pgettext_lazy("of an act", "State"),
    "items": gettext_lazy("Items"),
    "batch": gettext_lazy("Batch"),
    "format": gettext_lazy("Format"),
    "filters": gettext_lazy("Filters"),
    "rows": gettext_lazy("Rows"),
    "records": gettext_lazy("Records"),
    "last_hash": gettext_lazy("Last hash"),
    "until": gettext_lazy("Until"),
    "fixtures": gettext_lazy("Fixtures"),
    "sha256": gettext_lazy("Checksum"),
    "why": gettext_lazy("Cause"),
    "recovery_codes": gettext_lazy("Recovery codes"),
    "kind": gettext_lazy("Kind"),
    "password": gettext_lazy("Password"),
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")
VALUES: dict[str, Mapping[str, Label]] = {
    "status": {**dict(Status.choices), **dict(ChecklistStatus.choices)},
    "role": dict(Role.choices),
    "side": dict(Side.choices),
    "level": dict(ChaserLevel.choices),
    "act": dict(MilestoneAct.choices),
    "evidence_to_close": dict(EvidenceRule.choices),
    "state": {**dict(DecisionState.choices), **dict(AssignmentState.choices), **dict(PeriodState.choices)},
    "kind": {**dict(ApplicationKind.choices), **dict(PeriodKind.choices)},
}


# Records about one item, named by its measure.
ABOUT_AN_ITEM = (
    Audited.ITEM_CHANGED,
    Audited.ENTRY_WRITTEN,
    Audited.ENTRY_WITHDRAWN,
    Audited.EVIDENCE_ADDED,
    Audited.EVIDENCE_WITHDRAWN,
    Audited.EVIDENCE_READ,
    Audited.ASKED,
    Audited.DECIDED,
    Audited.MILESTONE_ADDED,
    Audited.MILESTONE_CHANGED,
    Audited.RECEIPT_CONFIRMED,
    Audited.WORDING_CONFIRMED,
)


@dataclass(frozen=True)
class Said:
    """One field of a record in words, before and after; empty text for a missing value.

    `lines` are those that came and went in a long text that was changed: (sign, line).
    """

    label: str
    before: str
    after: str
    lines: Sequence[tuple[str, str]] = ()


def said(record: AuditRecord) -> list[Said]:
    """What the record says was and became, field by field."""
    before, after = _read(record.before), _read(record.after)
    if "batch" in after:
        # A batch has a key that nobody can read, and the moment of its record.
        after["batch"] = f"{timezone.localtime(record.at):%Y-%m-%d %H:%M}"
    return [_said(record.action, name, before.get(name), after.get(name)) for name in {**before, **after}]


def _said(action: str, name: str, before: object, after: object) -> Said:
    was, now = _words(name, before), _words(name, after)
    one = BY_NAME.get(name)
    lines = changed_lines(was, now) if one and one.is_long and was and now else ()
    return Said(_label(action, name), was, now, lines)


def roles_said(record: AuditRecord) -> str:
    """The roles in words: superuser (operator), Administrator."""
    return _(", ").join(str(ROLES.get(role, role)) for role in record.by_role.split(",") if role)


def linked(record: AuditRecord, editions: Mapping[str, list[tuple[datetime, str]]]) -> str:
    """The page of what the record is about; empty where there is none to show.

    `editions`: since when each checklist that was moved has had which.
    """
    slug, batch = record.checklist_slug, _read(record.after).get("batch")
    try:
        if record.action in ABOUT_AN_ITEM and not batch:
            code = code_then(record.about.partition(" ")[0], editions.get(slug, []), record.at)
            return reverse("item", args=[slug, code])
        if record.action in (Audited.BATCH_CHANGED, Audited.ENTRY_WRITTEN) and batch:
            return reverse("batch", args=[slug, batch])
    except NoReverseMatch:  # a forged record must not keep the page from being read
        pass
    return ""


def _read(text: str) -> dict[str, object]:
    try:
        return dict(json.loads(text)) if text else {}
    except (TypeError, ValueError):  # forged, as above
        return {"–": text}


def _label(action: str, name: str) -> str:
    """A field's label on its own model; else one of ours; else its bare name."""
    if name in OURS or action not in MODELS:
        return str(OURS.get(name, name))
    try:
        return capfirst(str(MODELS[action]._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    except (AttributeError, FieldDoesNotExist):  # a field of an older release
        return name


def _words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    if isinstance(value, dict):
        return _(", ").join(f"{key} {one}" for key, one in value.items())
    text = "" if value is None else str(value)
    if MOMENT.match(text):
        return f"{timezone.localtime(datetime.fromisoformat(text)):%Y-%m-%d %H:%M:%S}"
    return str(VALUES.get(name, {}).get(text, text))


def table() -> tuple[list[str], Callable[[Iterable[AuditRecord]], Iterator[list[str | int | date | None]]]]:
    """Headings of an exported trail, and what turns records into its rows."""
    headings = [
        _("Number"),
        _("When"),
        pgettext("audit", "Who"),
        _("Role"),
        _("Action"),
        _("Checklist"),
        _("Object"),
        _("Before"),
        _("After"),
        _("Address"),
        _("Way"),
        _("Hash"),
    ]
    return headings, _rows


def _rows(records: Iterable[AuditRecord]) -> Iterator[list[str | int | date | None]]:
    for record in records:
        fields = said(record)
        yield [
            record.pk,
            record.at,
            record.by_name,
            roles_said(record),
            record.get_action_display(),
            record.checklist_slug,
            record.about,
            "\n".join(f"{one.label}: {one.before}" for one in fields if one.before),
            "\n".join(f"{one.label}: {one.after}" for one in fields if one.after),
            record.address,
            record.get_via_display(),
            record.hash,
        ]
