"""Pages for when much may be broken: no database, no session, only the reader's cookies."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.templatetags.static import static

from measures.context_processors import appearance

SHEETS = ("tokens", "base", "pieces")
A_WHILE = 600  # seconds
HEALTH = "/healthz"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _alone(request, "400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    return _alone(request, "500.html", 500)


def maintenance(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: 503 on every page for as long as the file settings.MAINTENANCE_FILE is there."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path == HEALTH or not settings.MAINTENANCE_FILE.exists():
            return get_response(request)
        response = _alone(request, "maintenance.html", 503)
        response["Retry-After"] = str(A_WHILE)
        return response

    return answer


def page_files() -> dict[str, object]:
    """Addresses of the `sheets` and the `mark` of a page that no other part of the app helps to draw.

    None where nothing was collected, or the wrong version: the words must get through all the same.
    """
    try:
        sheets = [static(f"measures/{name}.css") for name in SHEETS]
        return {"sheets": sheets, "mark": static("measures/mark.svg")}
    except ValueError:
        return {}


def _alone(request: HttpRequest, template: str, status: int) -> HttpResponse:
    context = {**page_files(), **appearance(request)}
    return HttpResponse(loader.get_template(template).render(context), status=status)
