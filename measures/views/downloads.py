"""Files that a page gives away: their names, and the list's own as XLSX and CSV."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measures.choices import Audited
from measures.ledger.facts import facts_by_key, facts_of
from measures.models import Checklist, Update, audit
from measures.sheets.long import long_csv, long_xlsx
from measures.sheets.write import build_export, write_csv, write_xlsx
from measures.views.access import SignedInRequest
from measures.views.list_state import ListState

# For each the writer of one checklist's list, and that of a whole tree's.
LIST_FORMATS: dict[str, tuple[str, Any, Any]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx, long_xlsx),
    "csv": ("text/csv; charset=utf-8", write_csv, long_csv),
}


def asks_for_a_file(request: HttpRequest) -> bool:
    return "format" in request.GET


def sends_a_file(request: HttpRequest) -> bool:
    return bool(request.FILES)


def file_stem(*parts: str, on: date) -> str:
    """A file's name from parts such as organisation and filters, cut where they get too long, and the day."""
    words = (slugify(part, allow_unicode=True) for part in parts)
    return f"{'-'.join(word for word in words if word)[:109].rstrip('-')}-{on.isoformat()}"


def download(content: bytes, *, name: str, plain: str, content_type: str) -> HttpResponse:
    """A file to keep under `name`; `plain`, in ASCII, is for what does not read RFC 6266's filename*."""
    return named(HttpResponse(content, content_type=content_type), name=name, plain=plain)


def named[R: HttpResponseBase](response: R, *, name: str, plain: str) -> R:
    """The response as a file to keep under `name`; `plain` as above."""
    said = content_disposition_header(True, name) or "attachment"
    if "filename*=" in said:
        said = said.replace("attachment;", f'attachment; filename="{plain}";', 1)
    response["Content-Disposition"] = said
    return response


def record_export(request: SignedInRequest, checklist: Checklist, about: Any, after: dict[str, Any]) -> None:
    """For the audit trail: the user takes this away. `after`: format, filters, rows."""
    audit(Audited.EXPORTED, by=request.user, at=timezone.now(), checklist=checklist, about=about, after=after)


def list_file(request: SignedInRequest, state: ListState) -> HttpResponse:
    """The list as a file; 404 for a format that there is not."""
    checklist, wanted, past = state.checklist, state.format, state.day.past
    content_type, write, _stream = _format(wanted)
    versions = Update.objects.filter(item__checklist=checklist).up_to(past).versions() if past else None
    export = build_export(
        facts_of(state.items),
        checklist=checklist,
        columns=state.shown_columns,
        on=state.day.day,
        versions=versions,
    )
    content = write(export, checklist.owners.order_by("name").values_list("name", flat=True))
    name, kept = pgettext("sheet", "Items"), _kept(state)
    record_export(request, checklist, name, {"format": wanted, "filters": kept, "rows": len(export.rows)})
    return download(
        content,
        name=f"{file_stem(checklist.name, name, *kept, on=state.day.day)}.{wanted}",
        plain=f"{checklist.slug}-items-{state.day.day}.{wanted}",
        content_type=content_type,
    )


def tree_file(request: SignedInRequest, state: ListState) -> StreamingHttpResponse:
    """The same of a checklist and all below it, to read and not to bring back: unit by unit, as it is made.

    Whatever the list is sorted by: rows that come by their key need no memory, however many they are.
    """
    checklist, wanted, items, day = state.checklist, state.format, state.items, state.day.day
    content_type, _write, stream = _format(wanted)
    name, kept = pgettext("sheet", "Items"), _kept(state)
    after = {"format": wanted, "filters": kept, "rows": items.order_by().values("pk").count(), "below": True}
    record_export(request, checklist, name, after)
    language, title = get_language(), checklist.name
    parts = stream(facts_by_key(items), columns=state.shown_columns, on=day, language=language, title=title)
    return named(
        StreamingHttpResponse(parts, content_type=content_type),
        name=f"{file_stem(checklist.name, name, *kept, on=day)}.{wanted}",
        plain=f"{checklist.slug}-all-items-{day}.{wanted}",
    )


def _format(wanted: str) -> tuple[str, Any, Any]:
    if wanted not in LIST_FORMATS:
        raise Http404(_("There is no file of this format."))
    return LIST_FORMATS[wanted]


def _kept(state: ListState) -> list[str]:
    """The view or the filters, in words."""
    return [state.view.name] if state.view else [one.text for one in state.filter.chosen()]
