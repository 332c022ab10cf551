"""What one is reminded of, and how."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from measures.forms.reminders import ReminderForm
from measures.models import ReminderChoice
from measures.views.access import SignedInRequest


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
    context = {"form": form, "mail_is_on": settings.SENDS_MAIL}
    return render(request, "accounts/reminders.html", context, status=422 if form.errors else 200)
