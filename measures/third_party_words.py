"""Words of packages that lack a Chinese translation which Django finds, or have one that reads badly here.

django-filter ships `zh_CN`, which Django does not load for zh-hans, and no traditional Chinese at all;
django-tables2 and django-modeltranslation ship no traditional Chinese. Named here, their words are
collected with ours and translated in our own catalogues.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

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

# Django's own messages: its Chinese says 你 to people, speaks of 字段 and 值, and spaces digits apart.
DJANGO = [
    _("Enter a valid value."),
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Null characters are not allowed."),
    _("This field is required."),
    _("This field cannot be blank."),
    _("This field cannot be null."),
    _("%(model_name)s with this %(field_label)s already exists."),
    _("Enter a whole number."),
    _("Enter a valid date."),
    _("Enter a valid email address."),
    _("No file was submitted."),
    _("The submitted file is empty."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Enter a list of values."),
    _("“%(pk)s” is not a valid value."),
    _("Please enter a correct %(username)s and password. Note that both fields may be case-sensitive."),
    _("This account is inactive."),
    _("The two password fields didn’t match."),
    _("Enter the same password as before, for verification."),
    _("Your old password was entered incorrectly. Please enter it again."),
    _("The password is too similar to the %(verbose_name)s."),
    _("Your password can’t be too similar to your other personal information."),
    _("This password is too common."),
    _("Your password can’t be a commonly used password."),
    _("This password is entirely numeric."),
    _("Your password can’t be entirely numeric."),
    _("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    _("Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters."),
    _(
        "Designates whether this user should be treated as active. "
        "Unselect this instead of deleting accounts."
    ),
    _("Designates whether the user can log into this admin site."),
]
# Those of its admin: its Chinese spaces words apart, says 以 for by and 动作 for an action.
ADMIN = [
    _("Action:"),
    _("Add"),
    _("Add %(name)s"),
    _("Add %s"),
    _("Add another %(model)s"),
    _("Add another %(verbose_name)s"),
    _("Add link"),
    _("After you’ve created a user, you’ll be able to edit more user options."),
    _(" By %(filter_title)s "),
    _("Change %s"),
    _("Change history: %s"),
    _("Change or view list link"),
    _("Delete selected %(verbose_name_plural)s"),
    _("Filter"),
    _("Items must be selected in order to perform actions on them. No items have been changed."),
    _("Model name"),
    _("My actions"),
    _("None available"),
    _("No action selected."),
    _("Pagination %(name)s"),
    _("Recent actions"),
    _("Save and add another"),
    _("Search"),
    _("Search %(name)s"),
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    _("Select all %(total_count)s %(module_name)s"),
    _("Select all objects on this page for an action"),
    _("Select this object for an action - {}"),
    _("Skip to main content"),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("View %s"),
    _("View on site"),
    _("You don’t have permission to view or edit anything."),
    _("You may edit it again below."),
    _("%(app)s administration"),
    _("0 of %(cnt)s selected"),
]
DJANGO_COUNTED = [
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure this filename has at most %(max)d character (it has %(length)d).",
        "Ensure this filename has at most %(max)d characters (it has %(length)d).",
    ),
]
ADMIN_COUNTED = [
    ngettext_lazy(
        "%(count)s %(name)s was changed successfully.", "%(count)s %(name)s were changed successfully."
    ),
    ngettext_lazy("%(total_count)s selected", "All %(total_count)s selected"),
    ngettext_lazy("%(counter)s result", "%(counter)s results"),
]
