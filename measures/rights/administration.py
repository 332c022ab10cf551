"""Django's admin as a whole: who may open it, and which pages of the app it names to them."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from measures.choices import Role
from measures.models import Checklist
from measures.rights.roles import TABLE, Action, Rights, rights_of

LINKS_SHOWN = 5


def opens_admin(rights: Rights) -> bool:
    """Whether the user may open the admin: staff, and every administrator of a checklist for its items."""
    user = rights.user
    administers = any(Action.MANAGE in TABLE[Role(held.role)] for held in rights.memberships.values())
    return user.is_active and (bool(getattr(user, "is_staff", False)) or administers)


class Administration(AdminSite):
    """Django makes it from the name in measures/apps.py, before measures/admin registers anything."""

    site_header = site_title = _("Taizhang administration")
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        return opens_admin(rights_of(request))

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        """`managed`: checklists whose own pages replace most of the admin."""

        def managed() -> list[Checklist]:
            held = [one.checklist for one in rights_of(request).memberships.values()]
            return [one for one in held if rights_of(request).may(Action.MANAGE, one)][:LINKS_SHOWN]

        return {**super().each_context(request), "managed": SimpleLazyObject(managed)}

    def get_app_list(  # type: ignore[override]
        self, request: HttpRequest, app_label: str | None = None
    ) -> "SimpleLazyObject[list[object]]":
        """As Django's, made when a page shows it: it asks for all rights of the user."""
        return SimpleLazyObject(lambda: super(Administration, self).get_app_list(request, app_label))
