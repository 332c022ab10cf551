"""What one is reminded of, and how."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.forms.reminders import ReminderForm
from measures.models import CalendarAddress, Checklist, ReminderChoice, SavedView
from measures.views.access import SignedInRequest

VIEWS_SHOWN = 200


def _calendars(request: SignedInRequest) -> dict[str, object]:
    """The user's calendar addresses, and the saved views of which a calendar can be made."""
    readable = Checklist.objects.visible_to(request.user)
    views = SavedView.objects.visible_to(request.user).filter(checklist__in=readable)
    addresses = CalendarAddress.objects.filter(user=request.user)
    return {
        "addresses": list(addresses.select_related("view__checklist")),
        "views": list(views.select_related("checklist")[:VIEWS_SHOWN]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: SignedInRequest) -> HttpResponse:
    """Shows and changes the user's own choices."""
    found = ReminderChoice.objects.filter(user=request.user.pk).first()
    choice = found or ReminderChoice(user=request.user)
    form = ReminderForm(request.POST if request.method == "POST" else None, choice=choice)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("reminders")
    context = {
        "form": form,
        "mail_is_on": settings.SENDS_MAIL,
        "gateway_is_on": bool(settings.WEBHOOK_URL),
        "calendars_are_on": settings.CALENDAR_ADDRESSES,
    }
    if settings.CALENDAR_ADDRESSES:
        context |= _calendars(request)
    return render(request, "accounts/reminders.html", context, status=422 if form.errors else 200)
