"""Applications: a unit asks to close an item, keep it up for good, drop or extend it; the office decides.

Only ever added. A pending application is one without a decision.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measures.choices import ApplicationKind, Audited, DecisionState, Side
from measures.database.locks import audited_transaction
from measures.models.application_rules import BECOMES, AskedAlready, refuse_needless
from measures.models.audit import audit
from measures.models.changes import Change
from measures.models.closing import refuse_without_evidence
from measures.models.deciding import Deciding
from measures.models.only_added import AppendOnly
from measures.models.people import person_name
from measures.models.state import StateValue
from measures.models.tracking import Item
from measures.models.updates import Update
from measures.querysets.append_only import AppendOnlyQuerySet
from measures.querysets.loop import DERIVED_FROM_APPLICATIONS, ApplicationQuerySet
from measures.texts import REASON_LIMIT

APPLICATION_LIMIT = 2_000  # characters of its reason


class Application(AppendOnly):
    """One request about an item. `due` is the item's due date at that time, `new_due` what is asked for."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="applications", verbose_name=_("item"))
    kind = models.CharField(pgettext_lazy("application", "kind"), max_length=16, choices=ApplicationKind)
    side = models.CharField(_("asked by"), max_length=16, choices=Side)
    reason = models.TextField(_("reason"), max_length=APPLICATION_LIMIT)
    due = models.DateField(_("due"), null=True, blank=True)
    new_due = models.DateField(_("new due date"), null=True, blank=True)
    at = models.DateTimeField(_("at"))
    # The decision on the one before, of the same item and kind. So the database itself holds that there is
    # one at a time: each decision, and the beginning, is followed by one application at most.
    after = models.OneToOneField(
        "measures.Decision", models.PROTECT, related_name="followed_by", null=True, blank=True, editable=False
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-id"]
        indexes = [models.Index(fields=["item", "-id"], name="application_item_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "kind"],
                condition=Q(after=None),
                name="application_one_at_a_time",
                violation_error_message=_("An application of this kind is already waiting."),
            ),
            models.CheckConstraint(
                condition=Q(kind=ApplicationKind.EXTEND, due__isnull=False, new_due__isnull=False)
                | (~Q(kind=ApplicationKind.EXTEND) & Q(new_due__isnull=True)),
                name="application_new_due_to_extend",
                violation_error_message=_("An extension needs a new due date; other applications have none."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ApplicationKind.values),
                name="application_kind_known",
                violation_error_message=_("Choose one of the listed kinds."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=Side.values),
                name="application_side_known",
                violation_error_message=_("Choose one of the listed sides."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="application_has_reason",
                violation_error_message=_("Describe the result, or say why you ask."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    @audited_transaction()
    def ask(
        cls,
        item: Item,
        kind: ApplicationKind,
        *,
        side: Side,
        by: User,
        at: datetime,
        reason: str,
        new_due: date | None = None,
    ) -> "Application":
        """Ask the office for a decision. Raises AskedAlready, CannotAsk and EvidenceMissing."""
        locked = _locked(item.pk)
        last = cls.objects.filter(item=locked, kind=kind).select_related("decision").order_by("-pk").first()
        decided = getattr(last, "decision", None)
        if last and not decided:
            raise AskedAlready(str(last))
        refuse_needless(locked, kind, new_due)
        refuse_without_evidence(locked, kind)
        made = cls.objects.create(
            item=locked,
            kind=kind,
            side=side,
            reason=reason,
            due=locked.due,
            new_due=new_due,
            at=at,
            after=decided,
            by=by,
            by_name=person_name(by),
        )
        Item.objects.filter(pk=locked.pk).derive(DERIVED_FROM_APPLICATIONS)
        said = made.said | {"due": made.due, "reason": reason}
        audit(Audited.ASKED, by=by, at=at, checklist=locked.checklist, about=locked.measure, after=said)
        return made

    @property
    def said(self) -> dict[str, object]:
        """What is asked for, as the audit trail holds it."""
        said: dict[str, object] = {"kind": self.kind}
        return said | {"new_due": self.new_due} if self.new_due else said

    @property
    def values(self) -> dict[str, StateValue]:
        """What a grant changes of the item's state."""
        kind = ApplicationKind(self.kind)
        return {"due": self.new_due} if kind == ApplicationKind.EXTEND else {"status": BECOMES[kind]}

    @property
    def granted_change(self) -> Change:
        """The change by which a grant makes the item what was asked for."""
        reason = gettext("%(kind)s: %(reason)s") % {"kind": self.get_kind_display(), "reason": self.reason}
        return Change(self.item_id, self.item.version, self.values, reason[:REASON_LIMIT])

    def grant(self, *, by: User, at: datetime, only_one: bool = False) -> "Decision":
        """Do what was asked for. Raises DecidedAlready, RuleRefused, EvidenceMissing, and OwnApplication for
        `by`'s own application, unless `by` is the `only_one` who can decide here and the rules don't require
        two persons.
        """
        return self.decide([self], DecisionState.GRANTED, by=by, at=at, only_one=only_one).only

    def send_back(self, *, by: User, at: datetime, reason: str) -> "Decision":
        """Return it, saying why; the item stays as it is. Raises DecidedAlready and ValueError."""
        return self.decide([self], DecisionState.RETURNED, by=by, at=at, reason=reason).only

    def take_back(self, *, by: User, at: datetime) -> "Decision":
        """Withdraw it, by who asked. Raises DecidedAlready."""
        return self.decide([self], DecisionState.WITHDRAWN, by=by, at=at).only

    @classmethod
    @audited_transaction()
    def decide(
        cls,
        asked: "Iterable[Application]",
        state: DecisionState,
        *,
        by: User,
        at: datetime,
        reason: str = "",
        only_one: bool = False,
    ) -> Deciding:
        """Grant, return or take back applications of one checklist, but leave those that `grant` raises for.

        The number of statements does not depend on how many they are, unless several are of the same item:
        these are decided one after another. Raises ValueError for returning without a reason.
        """
        if state == DecisionState.RETURNED and not reason.strip():
            raise ValueError("Returning an application needs a reason.")
        deciding, waiting = Deciding(state, by, at, reason, only_one), sorted(asked, key=lambda one: one.pk)
        while waiting:
            first_of_each: dict[int, Application] = {}
            for one in waiting:
                first_of_each.setdefault(one.item_id, one)
            deciding.go_through(first_of_each)
            waiting = [one for one in waiting if first_of_each[one.item_id] is not one]
        return deciding


class Decision(AppendOnly):
    """How an application ended: granted or returned by the office, or withdrawn by who asked."""

    application = models.OneToOneField(
        Application, models.PROTECT, related_name="decision", verbose_name=_("application")
    )
    state = models.CharField(pgettext_lazy("application", "state"), max_length=16, choices=DecisionState)
    reason = models.CharField(_("reason"), max_length=REASON_LIMIT, blank=True)
    at = models.DateTimeField(_("at"))
    update = models.ForeignKey(
        Update, models.PROTECT, related_name="decisions", verbose_name=_("update"), null=True, blank=True
    )
    by_one_hand = models.BooleanField(_("asked and granted by one hand"), default=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DecisionState.values),
                name="decision_state_known",
                violation_error_message=_("Choose one of the listed states."),
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.RETURNED, reason=""),
                name="decision_returned_with_reason",
                violation_error_message=_("Say why the application is returned."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.at:%Y-%m-%d %H:%M}"

    @property
    def said(self) -> dict[str, object]:
        """What was decided, as the audit trail holds it."""
        said = self.application.said | {"state": self.state}
        said |= {"reason": self.reason} if self.reason else {}
        return said | {"by_one_hand": True} if self.by_one_hand else said


def _locked(pk: int) -> Item:
    return Item.objects.locked("checklist", "measure", "owner").get(pk=pk)
