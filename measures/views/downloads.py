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
from measures.ledger.columns import Column
from measures.ledger.facts import facts_by_key, facts_of
from measures.models import Checklist, Update, audit
from measures.querysets.ledger import ItemQuerySet
from measures.sheets.long import long_csv, long_xlsx
from measures.sheets.write import build_export, write_list_csv, write_list_xlsx
from measures.views.access import SignedInRequest

# For each the writer of one checklist's list, and that of a whole tree's.
LIST_FORMATS: dict[str, tuple[str, Any, Any]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_list_xlsx, long_xlsx),
    "csv": ("text/csv; charset=utf-8", write_list_csv, long_csv),
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


def list_file(
    request: SignedInRequest,
    wanted: str,
    items: ItemQuerySet,
    *,
    checklist: Checklist,
    columns: list[Column],
    kept: list[str],
    past: date | None = None,
) -> HttpResponse:
    """These items as a file; 404 for a format that there is not. `kept`: view or filters, in words.

    `past` is the day of whose end they show the state, where that is not today.
    """
    if wanted not in LIST_FORMATS:
        raise Http404(_("There is no file of this format."))
    content_type, write, _stream = LIST_FORMATS[wanted]
    day = past or timezone.localdate()
    versions = Update.objects.filter(item__checklist=checklist).up_to(past).versions() if past else None
    export = build_export(facts_of(items), checklist=checklist, columns=columns, on=day, versions=versions)
    owners = checklist.owners.order_by("name").values_list("name", flat=True)
    stem = file_stem(checklist.name, pgettext("sheet", "Items"), *kept, on=day)
    content = write(export, owners)
    record_export(
        request,
        checklist,
        pgettext("sheet", "Items"),
        {"format": wanted, "filters": kept, "rows": len(export.rows)},
    )
    return download(
        content,
        name=f"{stem}.{wanted}",
        plain=f"{checklist.slug}-items-{day}.{wanted}",
        content_type=content_type,
    )


def tree_file(
    request: SignedInRequest,
    wanted: str,
    items: ItemQuerySet,
    *,
    checklist: Checklist,
    columns: list[Column],
    kept: list[str],
    past: date | None = None,
) -> StreamingHttpResponse:
    """The same of a checklist and all below it, to read and not to bring back: unit by unit, as it is made.

    Whatever the list is sorted by: rows that come by their key need no memory, however many they are.
    """
    if wanted not in LIST_FORMATS:
        raise Http404(_("There is no file of this format."))
    content_type, _write, stream = LIST_FORMATS[wanted]
    day = past or timezone.localdate()
    name = pgettext("sheet", "Items")
    after = {"format": wanted, "filters": kept, "rows": items.order_by().values("pk").count(), "below": True}
    record_export(request, checklist, name, after)
    language = get_language()
    parts = stream(facts_by_key(items), columns=columns, on=day, language=language, title=checklist.name)
    stem = file_stem(checklist.name, name, *kept, on=day)
    return named(
        StreamingHttpResponse(parts, content_type=content_type),
        name=f"{stem}.{wanted}",
        plain=f"{checklist.slug}-all-items-{day}.{wanted}",
    )
