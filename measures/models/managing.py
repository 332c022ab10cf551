"""The rights to manage accounts: of staff, every page asks which they have.

Django's `has_perm` reads all rights of a user for that.
"""

from django.contrib.auth.models import Permission, User
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, TextField, Value, When

from measures.database.prepared import prepared
from measures.querysets.cooperation import Joined

MANAGING = ("auth.add_user", "auth.change_user")


def managing_rights(user: User) -> set[str]:
    """Return which of MANAGING are granted to the user: none to an inactive one, as with `has_perm`.

    Kept with the user's row, as there.
    """
    if not user.is_active:
        return set()
    kept: set[str] | None = getattr(user, "kept_managing_rights", None)
    return keep_rights(user, _granted(user.pk)) if kept is None else kept


def keep_rights(user: User, codenames: list[str]) -> set[str]:
    kept = {f"auth.{codename}" for codename in codenames}
    vars(user)["kept_managing_rights"] = kept
    return kept


def managing_permissions() -> QuerySet[Permission]:
    codenames = [right.partition(".")[2] for right in MANAGING]
    return Permission.objects.filter(content_type__app_label="auth", codename__in=codenames)


def rights_of_staff(user: str) -> Case:
    """The same for a query that reads the user in this column: their names, one below the other."""
    granted = Q(user=OuterRef(user)) | Q(group__user=OuterRef(user))
    names = managing_permissions().filter(granted).order_by().annotate(names=Joined("codename"))
    asked = When(Q(**{f"{user}__is_staff": True}), then=Subquery(names.values("names")))
    return Case(asked, default=Value(""), output_field=TextField())


@prepared
def _granted(user: int) -> QuerySet[Permission, str]:
    granted = Q(user=user) | Q(group__user=user)
    return managing_permissions().filter(granted).order_by().values_list("codename", flat=True)
