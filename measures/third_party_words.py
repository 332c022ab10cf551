"""Words of packages that lack a Chinese translation which Django finds.

django-filter ships `zh_CN`, which Django does not load for zh-hans, and no traditional Chinese at all;
django-tables2 and django-modeltranslation ship no traditional Chinese. Named here, their words are
collected with ours and translated in our own catalogues.
"""

from django.utils.translation import gettext_noop as _

WORDS = [
    _("date"),
    _("year"),
    _("month"),
    _("day"),
    _("week day"),
    _("hour"),
    _("minute"),
    _("second"),
    _("contains"),
    _("is in"),
    _("is greater than"),
    _("is greater than or equal to"),
    _("is less than"),
    _("is less than or equal to"),
    _("starts with"),
    _("ends with"),
    _("is in range"),
    _("is null"),
    _("matches regex"),
    _("search"),
    _("exclude"),
    _("Select a lookup."),
    _("Range query expects two values."),
    _("Multiple values may be separated by commas."),
    _("Today"),
    _("Yesterday"),
    _("Past 7 days"),
    _("This month"),
    _("This year"),
    _("Ordering"),
    _("%s (descending)"),
    _("Unknown"),
    _("Yes"),
    _("No"),
    _("Any date"),
    _("previous"),
    _("next"),
    # Django's own, which no Chinese of its has yet.
    _("- Select an option -"),
]
