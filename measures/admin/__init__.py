"""Django's admin: the catalogue to read; checklists, owners and members to manage; items to annotate.

Rights come from measures/rights/roles.py, not from Django's model permissions. Staff and every administrator
of a checklist open the site; rows and actions follow the user's roles. All but the items needs staff status.
"""

from measures.admin.catalogue import CatalogueAdmin, MeasureAdmin, PillarAdmin, SectionAdmin
from measures.admin.days import SpecialDayAdmin
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
    "SpecialDayAdmin",
    "UserAdmin",
]
