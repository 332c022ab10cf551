"""Saved views: save, open by URL, share, delete; and choose columns."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from measures.choices import Audited
from measures.database.locks import audited_transaction
from measures.forms.saved_views import SavedViewForm
from measures.ledger.columns import ALL
from measures.models import Checklist, SavedView, audit
from measures.models.audit import in_plain
from measures.rights.roles import Action, rights_of
from measures.views.access import SignedInRequest, readable_checklist
from measures.views.list_state import DAYS, ListState


@require_GET
def saved_views(request: SignedInRequest, slug: str) -> HttpResponse:
    """The user's views of the checklist and the shared ones, and a form for a new one."""
    checklist = readable_checklist(request, slug)
    kept = ListState.of(request, checklist).without("view", *DAYS)
    form = SavedViewForm(initial={"query": kept.urlencode()})
    return _page(request, checklist, form)


@require_POST
def save_view(request: SignedInRequest, slug: str) -> HttpResponse:
    """Saves what a list shows under a name."""
    checklist = readable_checklist(request, slug)
    form = SavedViewForm(request.POST, instance=SavedView(checklist=checklist, user=request.user))
    form.is_valid()
    # The form leaves out constraints over fields that are not on it.
    names = SavedView.objects.filter(checklist=checklist, user=request.user)
    if names.filter(name=form.cleaned_data.get("name")).exists():
        form.add_error("name", _("You already have a view with this name. Choose another name."))
    if form.errors:
        return _page(request, checklist, form, status=422)
    with audited_transaction():
        if form.cleaned_data["is_default"]:
            _take_default_away(request, names)
        saved = form.save()
        _audit(request, saved, after=in_plain(saved))
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": saved.name})
    return redirect(saved)


@require_POST
def delete_view(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Delete one of the user's views; administrators of the checklist can also delete shared ones."""
    checklist = readable_checklist(request, slug)
    view = get_object_or_404(checklist.saved_views.visible_to(request.user), pk=pk)
    if view.user != request.user and not rights_of(request).may(Action.MANAGE, checklist):
        raise PermissionDenied(_("Only an administrator or the user who saved a shared view can delete it."))
    with audited_transaction():
        _audit(request, view, before=in_plain(view))
        view.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("saved-views", checklist.slug)


@require_POST
def set_default_view(request: SignedInRequest, slug: str) -> HttpResponse:
    """Set which of the user's views opens first; none if `view` names none."""
    checklist = readable_checklist(request, slug)
    own = SavedView.objects.filter(checklist=checklist, user=request.user)
    with audited_transaction():
        _take_default_away(request, own)
        if wanted := request.POST.get("view", ""):
            view = get_object_or_404(own, pk=wanted if wanted.isdecimal() else 0)
            view.is_default = True
            view.save(update_fields=["is_default"])
            _audit(request, view, before={"is_default": False}, after={"is_default": True})
    messages.success(request, _("Saved."))
    return redirect("saved-views", checklist.slug)


@require_GET
def columns(request: SignedInRequest, slug: str) -> HttpResponse:
    """The choice of columns and their order: each link is the same page with one change."""
    checklist = readable_checklist(request, slug)
    state = ListState.of(request, checklist)
    names = [column.name for column in state.columns]
    rows = []
    for place, column in enumerate(state.columns):
        others = [name for name in names if name != column.name]
        rows.append(
            {
                "column": column,
                "up": state.with_columns(_swapped(names, place - 1)) if place else "",
                "down": state.with_columns(_swapped(names, place)) if place + 1 < len(names) else "",
                "without": state.with_columns(others) if others else "",
            }
        )
    hidden = [
        (column, state.with_columns([*names, name])) for name, column in ALL.items() if name not in names
    ]
    use = reverse("items", args=[checklist.slug]) + state.with_columns(names)
    context = {"checklist": checklist, "tab": "items", "rows": rows, "hidden": hidden, "use": use}
    return render(request, "saved_views/columns.html", context)


def _audit(
    request: SignedInRequest,
    view: SavedView,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    audit(
        Audited.VIEW_CHANGED,
        by=request.user,
        at=timezone.now(),
        checklist=view.checklist,
        about=view,
        before=before,
        after=after,
    )


def _take_default_away(request: SignedInRequest, own: "QuerySet[SavedView]") -> None:
    for view in own.filter(is_default=True).select_related("checklist"):
        view.is_default = False
        view.save(update_fields=["is_default"])
        _audit(request, view, before={"is_default": True}, after={"is_default": False})


def _swapped(names: list[str], place: int) -> list[str]:
    return [*names[:place], names[place + 1], names[place], *names[place + 2 :]]


def _page(
    request: SignedInRequest, checklist: Checklist, form: SavedViewForm, status: int = 200
) -> HttpResponse:
    kept = ListState(QueryDict(form["query"].value() or ""), checklist, request.user)
    context = {
        "checklist": checklist,
        "tab": "items",
        "form": form,
        "kept": kept,
        "sort": next((column.heading for column in kept.columns if column.name == kept.sort.strip("-")), ""),
        "views": checklist.saved_views.visible_to(request.user).select_related("user", "checklist"),
        "manages": rights_of(request).may(Action.MANAGE, checklist),
    }
    return render(request, "saved_views/page.html", context, status=status)
