"""Which records of the audit trail a user can read, and how many of them are new to them."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from measures.choices import Audited
from measures.models import AuditRecord, Checklist, Membership
from measures.querysets.append_only import AuditQuerySet
from measures.querysets.checklists import ChecklistQuerySet
from measures.rights.roles import Rights

COUNTED_UNREAD = 10_000


def readable_records(rights: Rights) -> tuple[AuditQuerySet, ChecklistQuerySet]:
    """Return the records that the user can read, and their checklists; 403 for users who can read none.

    Auditors can read records of their checklists and all below. Records without a checklist, such as
    sign-ins, are shown to auditors of a checklist without a parent: those of people in their tree, of the
    operator, of users without any role, such as those who manage accounts, and of unknown users.
    """
    if not rights.reads_audit():
        raise PermissionDenied(_("The audit trail is for auditors."))
    audited = rights.audited()
    everything = rights.reads_whole_audit()
    paths = ["/"] if everything else [checklist.path for checklist in audited]
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(path__startswith=path)
    checklists = Checklist.objects.filter(below).order_by("path")
    if everything:
        return AuditRecord.objects.all(), checklists
    people = Membership.objects.filter(checklist__in=checklists.order_by().values("pk")).values("user")
    strangers = Membership.objects.exclude(user__in=people)
    site_wide = any(checklist.parent_id is None for checklist in audited)
    return AuditRecord.objects.of_trees(paths, strangers, site_wide=site_wide), checklists


def unread_records(rights: Rights) -> list[tuple[Audited, int]]:
    """How many records of each action the user has not read, the most frequent first.

    Of the newest 10,000 records at most. It shows no record: reading one is itself recorded.
    """
    records, _checklists = readable_records(rights)
    read = AuditRecord.objects.filter(by=rights.user.pk, action=Audited.AUDIT_READ).order_by("-pk")
    unread = records.filter(pk__gt=Coalesce(Subquery(read.values("pk")[:1]), 0)).among_newest(COUNTED_UNREAD)
    found = unread.order_by().values_list("action").annotate(count=Count("pk")).order_by("-count", "action")
    return [(Audited(action), count) for action, count in found]
