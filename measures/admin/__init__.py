"""Django's admin: the catalogue to read; checklists, owners and members to manage; items to annotate.

Rights come from measures/roles.py, not from Django's model permissions: staff status opens the site,
and rows and actions follow the user's roles.
"""

from measures.admin.catalogue import CatalogueAdmin, MeasureAdmin, PillarAdmin, SectionAdmin
from measures.admin.items import ItemAdmin
from measures.admin.manage import ChecklistAdmin, MembershipAdmin, OwnerAdmin
from measures.admin.users import UserAdmin

__all__ = [
    "CatalogueAdmin",
    "ChecklistAdmin",
    "ItemAdmin",
    "MeasureAdmin",
    "MembershipAdmin",
    "OwnerAdmin",
    "PillarAdmin",
    "SectionAdmin",
    "UserAdmin",
]
