"""The audit trail: who did what, when, from where. A chain of records to which one function adds.

Each record holds a hash over itself and over the hash of the one before, so that a record changed, taken
out, put in or moved breaks the chain at its place: `verify_chain`. The trail's end is held by its newest
hash, which belongs somewhere else too: docs/security.md.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db import models, router, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from measures.choices import Audited, Via
from measures.database.locks import hold_the_chain_and_ask
from measures.database.rows import add_row
from measures.models.only_added import OnlyAdded
from measures.models.people import person_name, roles_of
from measures.origin import present_origin
from measures.querysets.append_only import AuditQuerySet

if TYPE_CHECKING:
    from measures.models.checklists import Checklist

GENESIS = "0" * 64  # what the very first record follows
NEWEST = 'SELECT "hash" FROM "measures_auditrecord" ORDER BY "id" DESC LIMIT 1'
SECRET = {"password", "last_login"}


class AuditRecord(OnlyAdded):
    """One act. `audit` writes it; nothing changes or deletes it."""

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=32, choices=Audited)
    via = models.CharField(_("by way of"), max_length=16, choices=Via)
    address = models.CharField(pgettext_lazy("network", "address"), max_length=45, blank=True)
    # Keys without constraint: a record outlives what it refers to. Names and roles are stored as text.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        verbose_name=pgettext_lazy("audit", "by"),
        null=True,
        db_constraint=False,
    )
    by_name = models.CharField(pgettext_lazy("audit", "by"), max_length=300, blank=True)
    by_role = models.CharField(_("role"), max_length=100, blank=True)
    checklist = models.ForeignKey(
        "measures.Checklist",
        models.DO_NOTHING,
        related_name="+",
        verbose_name=_("checklist"),
        null=True,
        db_constraint=False,
        db_index=False,
    )
    checklist_slug = models.CharField(_("checklist"), max_length=50, blank=True)
    about = models.CharField(_("object"), max_length=300, blank=True)
    # Text, not a JSON column: the database must give back, byte for byte, what the hash was made of.
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    # Unique: the database itself refuses two records that follow the same one.
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit records")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["action", "-id"], name="audit_action_newest"),
            models.Index(fields=["checklist", "-id"], name="audit_checklist_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name} {self.get_action_display()} {self.about}"

    def own_hash(self) -> str:
        """What `hash` must be: SHA-256 over every other field but the key, as canonical JSON."""
        sealed = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if field.attname not in ("id", "hash")
        }
        sealed["at"] = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        canonical = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@transaction.atomic(savepoint=False)
def audit(
    action: Audited,
    *,
    at: datetime,
    by: AbstractBaseUser | AnonymousUser | None = None,
    by_name: str = "",
    checklist: "Checklist | None" = None,
    about: object = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    via: Via | None = None,
) -> AuditRecord:
    """Add one record to the trail, in the caller's transaction: what is undone leaves none.

    The address and, where `via` is not said, the way come from the request. `by_name` is for one who has
    no account: what was typed.
    """
    act = _act(action, at=at, by=by, by_name=by_name, checklist=checklist, via=via)
    record = AuditRecord(**act, **_said(about, before, after))
    _chain([record])
    add_row(record)
    return record


@transaction.atomic(savepoint=False)
def audit_each(
    action: Audited,
    said: Iterable[tuple[object, Mapping[str, object] | None, Mapping[str, object]]],
    *,
    at: datetime,
    by: User,
    checklist: "Checklist",
    via: Via | None = None,
) -> None:
    """Add a record of one act about each of some things, with what it was and became: one statement."""
    act = _act(action, at=at, by=by, checklist=checklist, via=via)
    records = [AuditRecord(**act, **_said(*one)) for one in said]
    if records:
        _chain(records)
    if len(records) == 1:
        add_row(records[0])
    elif records:
        models.QuerySet[AuditRecord](AuditRecord).bulk_create(records)


def _act(
    action: Audited,
    *,
    at: datetime,
    by: AbstractBaseUser | AnonymousUser | None,
    by_name: str = "",
    checklist: "Checklist | None",
    via: Via | None = None,
) -> dict[str, object]:
    user = by if isinstance(by, User) else None
    origin = present_origin()
    return {
        "at": at,
        "action": action,
        "via": via or origin.via,
        "address": origin.address,
        "by_id": user.pk if user else None,
        "by_name": one_line(by_name or (person_name(user) if user else ""), 300),
        "by_role": roles_of(user, checklist) if user and not by_name else "",
        "checklist_id": checklist.pk if checklist else None,
        "checklist_slug": checklist.slug if checklist else "",
    }


def _said(
    about: object, before: Mapping[str, object] | None, after: Mapping[str, object] | None
) -> dict[str, str]:
    about = one_line(_in_site_language(about), 300)
    return {"about": about, "before": as_json(before), "after": as_json(after)}


def _chain(records: Sequence[AuditRecord]) -> None:
    """Seal new records, each after the one before it. Nobody else adds any until the transaction ends."""
    newest = hold_the_chain_and_ask(NEWEST, router.db_for_write(AuditRecord))
    previous = str(newest[0]) if newest else GENESIS
    for record in records:
        record.previous = previous
        previous = record.hash = record.own_hash()


def one_line(text: str, length: int) -> str:
    """The text in one line that fits: nobody's line break or control character forges a second record."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)[
        :length
    ]


def _in_site_language(about: object) -> str:
    """Catalogue titles in one language, regardless of the user's."""
    with override(settings.LANGUAGE_CODE):
        return str(about).strip()


# What JSON holds; a mapping's keys are texts.
type Plain = bool | int | str | list[object] | dict[str, Plain] | None


def as_json(values: Mapping[str, object] | None) -> str:
    """The values as JSON that people can read; empty for none."""
    if not values:
        return ""
    plain = {name: as_plain(value) for name, value in values.items()}
    text = json.dumps(plain, ensure_ascii=False)
    return text.encode(errors="replace").decode()  # a lone surrogate is no text that a database takes


def as_plain(value: object) -> Plain:
    """A value for JSON: rows by their names, days and times in ISO form."""
    if value is None or isinstance(value, bool | int | list) or type(value) is str:
        return value
    if isinstance(value, Mapping):
        return {str(name): as_plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [as_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return _in_site_language(value)


def in_plain(row: models.Model) -> dict[str, object]:
    """A row's fields for `before` and `after`: all but its key and what is secret."""
    plain: dict[str, object] = {}
    for field in row._meta.concrete_fields:
        if not (field.primary_key or field.name in SECRET):
            plain[field.name] = as_plain(getattr(row, field.name))
    for many in row._meta.many_to_many:
        plain[many.name] = sorted(str(one) for one in getattr(row, many.name).all())
    return plain


def only_differing(
    before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Both, without what is the same in them."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names if n in after}


@dataclass(frozen=True)
class Break:
    """Where the chain breaks first, and how."""

    record: AuditRecord | None
    why: str


@dataclass(frozen=True)
class Verdict:
    """The number of records read, the newest one's hash, and the first break, if any."""

    count: int
    head: str
    broken: Break | None = None


def verify_chain(known_head: str = "") -> Verdict:
    """Read the whole trail, oldest first, up to its first break.

    `known_head` is a hash that was the newest once: a trail that no longer holds it has lost its end.
    """
    expected, started_at, count = "", "", 0
    resumed: set[str] = set()
    seen = not known_head
    first: AuditRecord | None = None
    for record in AuditRecord.objects.order_by("pk").iterator(chunk_size=2000):
        if first is None:
            first, started_at, expected = record, record.previous, record.previous
        if record.previous != expected:
            why = "it does not follow the record before it: one was taken out, put in or moved here"
            return Verdict(count, expected, Break(record, why))
        if record.hash != record.own_hash():
            return Verdict(count, expected, Break(record, "its text was changed: the hash does not fit"))
        if record.action == Audited.AUDIT_PURGED:
            resumed.add(json.loads(record.after).get("last_hash", ""))
        count, expected = count + 1, record.hash
        seen = seen or record.hash == known_head
    if first and started_at not in {GENESIS, *resumed}:
        why = "the trail starts here, yet no purge says that what came before was removed"
        return Verdict(count, expected, Break(first, why))
    if not seen and known_head != started_at:
        newest = AuditRecord.objects.order_by("-pk").first()
        why = "the trail ends here and does not hold the hash that you gave: its end was cut off, or purged"
        return Verdict(count, expected, Break(newest, why))
    return Verdict(count, expected)
