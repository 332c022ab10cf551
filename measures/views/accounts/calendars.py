"""Secret calendar addresses: made and ended on the page of reminders, read by calendar programs."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_POST

from measures.models import CalendarAddress, Checklist, ReminderChoice, SavedView, Use
from measures.models.calendars import hash_of_token
from measures.reminders.calendar import calendar_file, due_days, items_of, milestone_days, period_days
from measures.reports.formats import ICALENDAR
from measures.views.access import SignedInRequest
from measures.views.limits import too_many
from measures.views.list_state import ListState

READS, READS_WITHIN = 60, timedelta(hours=1)  # of one person's calendars


def _refuse_where_off() -> None:
    if not settings.CALENDAR_ADDRESSES:
        raise Http404


@require_POST
def make_calendar(request: SignedInRequest) -> HttpResponse:
    """Makes the address of one's own calendar, or of a saved view's, and shows it this once."""
    _refuse_where_off()
    wanted = request.POST.get("view", "")
    view = None
    if wanted:
        views = SavedView.objects.visible_to(request.user)
        readable = Checklist.objects.visible_to(request.user)
        key = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 else 0
        view = get_object_or_404(views.filter(checklist__in=readable), pk=key)
    token = CalendarAddress.make(request.user, view, at=timezone.now())
    address = f"{settings.SITE_ADDRESS}{reverse('calendar', args=[token])}"
    return render(request, "accounts/calendar_made.html", {"address": address, "view": view})


@require_POST
def end_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends one of the user's addresses; 404 for another user's."""
    found = get_object_or_404(
        CalendarAddress.objects.select_related("view__checklist"), user=request.user, pk=pk
    )
    found.end(at=timezone.now())
    messages.success(request, _("The address no longer works."))
    return redirect("reminders")


# A calendar program has no session. The secret in the address says who reads.
@login_not_required
@require_GET
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of this address, by the rights that its person has now; 404 if there is none."""
    _refuse_where_off()
    addresses = CalendarAddress.objects.filter(user__is_active=True)
    found = get_object_or_404(addresses.select_related("user", "view__checklist"), token=hash_of_token(token))
    at = timezone.now()
    used = Use.objects.of(found.user, "calendar", since=at - READS_WITHIN)
    if len(used) >= READS:
        return too_many(request, used[0] + READS_WITHIN - at)
    Use.objects.count_in(found.user, "calendar", at=at, within=READS_WITHIN)
    choice = ReminderChoice.objects.filter(user=found.user).first()
    with override((choice and choice.language) or settings.LANGUAGE_CODE):
        content = _view_file(found.user, found.view) if found.view else _own_file(found.user)
    answer = HttpResponse(content, content_type=ICALENDAR)
    answer["Content-Disposition"] = 'inline; filename="taizhang.ics"'
    return answer


def _own_file(user: User) -> bytes:
    on = timezone.localdate()
    checklists = Checklist.objects.filter(memberships__user=user)
    items = items_of(user)
    days = [*due_days(items, on=on), *milestone_days(items, on=on), *period_days(checklists, on=on)]
    return calendar_file(_("Taizhang"), days, at=timezone.now())


def _view_file(user: User, view: SavedView) -> bytes:
    """The calendar of a view; 404 if the user may no longer see it."""
    checklist = get_object_or_404(Checklist.objects.visible_to(user), pk=view.checklist_id)
    get_object_or_404(checklist.saved_views.visible_to(user), pk=view.pk)
    items = ListState(QueryDict(view.query), checklist, user).items
    on = timezone.localdate()
    days = [*due_days(items, on=on), *milestone_days(items, on=on)]
    return calendar_file(view.name, days, at=timezone.now())
