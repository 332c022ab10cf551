"""Django's admin: the catalogue to read; checklists, owners and members to manage; items to annotate.

Rights come from measures/rights/roles.py, not from Django's model permissions: staff status opens the site,
and rows and actions follow the user's roles.
"""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from measures.admin.catalogue import CatalogueAdmin, MeasureAdmin, PillarAdmin, SectionAdmin
from measures.admin.days import SpecialDayAdmin
from measures.admin.items import ItemAdmin
from measures.admin.manage import ChecklistAdmin, MembershipAdmin, OwnerAdmin
from measures.admin.users import UserAdmin

admin.site.site_header = admin.site.site_title = _("Taizhang administration")
admin.site.index_title = _("Administration")

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
