"""Help: short pages by role and by task, and all of them as one handbook. They hold no data."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from measures.help.parts import HELP_PARTS, OPEN_TO_ALL, ROLES, TASKS, HelpPart

GROUPS = {"roles": ROLES, "tasks": TASKS}


@require_GET
def help_contents(request: HttpRequest) -> HttpResponse:
    return render(request, "help/contents.html", GROUPS)


@require_GET
def help_part(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in HELP_PARTS:
        raise Http404
    return _shown(request, HELP_PARTS[slug])


# Those who cannot sign in need it most.
@login_not_required
@require_GET
def sign_in_help(request: HttpRequest) -> HttpResponse:
    return _shown(request, OPEN_TO_ALL)


@require_GET
def handbook(request: HttpRequest) -> HttpResponse:
    """Every part on one page, to print."""
    return render(request, "help/handbook.html", {"both": GROUPS.values()})


def _shown(request: HttpRequest, part: HelpPart) -> HttpResponse:
    return render(request, "help/part.html", GROUPS | {"part": part})
