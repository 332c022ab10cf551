"""Files that a page gives away: their names, and the list's own as XLSX and CSV."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measures.choices import Audited
from measures.ledger.facts import facts_of
from measures.models import Checklist, Update, audit
from measures.models.people import names_of_units
from measures.reports import formats
from measures.reports.formats import Format
from measures.sheets.details import details_column, edition_below, edition_of
from measures.sheets.long_csv import long_csv
from measures.sheets.long_xlsx import long_xlsx
from measures.sheets.loop import loop_sheets
from measures.sheets.read import ROWS_LIMIT
from measures.sheets.write import Export, build_export, write_list_csv, write_list_xlsx
from measures.views.access import SignedInRequest
from measures.views.list_state import ListState
from measures.views.previews import back_to_list

LIST_FORMATS: dict[str, Format[Callable[[Export, Iterable[tuple[str, int]]], bytes]]] = formats.table_of(
    formats.xlsx(write_list_xlsx), formats.csv(write_list_csv)
)
# The list of a checklist and all below it, which is too long to be held in memory.
TREE_FORMATS: dict[str, Format[Callable[..., Iterator[bytes]]]] = formats.table_of(
    formats.xlsx(long_xlsx), formats.csv(long_csv)
)


def file_stem(*parts: str, on: date) -> str:
    """A file's name from parts such as organisation and filters, cut where they get too long, and the day."""
    words = (slugify(part, allow_unicode=True) for part in parts)
    return f"{'-'.join(word for word in words if word)[:109].rstrip('-')}-{on.isoformat()}"


def chosen_format[W](table: Mapping[str, Format[W]], wanted: str) -> Format[W]:
    """The format of this name; 404 for one that the table lacks."""
    if wanted not in table:
        raise Http404(_("There is no file in this format."))
    return table[wanted]


def download(content: bytes, kind: Format[object], *, name: str, plain: str) -> HttpResponse:
    """Like `attached`, for content in memory."""
    return attached(HttpResponse(content), kind, name=name, plain=plain)


def attached[R: HttpResponseBase](response: R, kind: Format[object], *, name: str, plain: str) -> R:
    """The response as a file to keep under `name`, which gets the extension of its kind.

    `plain`, in ASCII, is for programs that do not read RFC 6266's filename*.
    """
    said = content_disposition_header(True, f"{name}.{kind.name}") or "attachment"
    if "filename*=" in said:
        said = said.replace("attachment;", f'attachment; filename="{plain}.{kind.name}";', 1)
    response["Content-Disposition"] = said
    response["Content-Type"] = kind.media_type
    return response


def record_export(
    request: SignedInRequest, checklist: Checklist, about: object, after: Mapping[str, object]
) -> None:
    """For the audit trail: the user takes this away. `after`: format, filters, rows."""
    audit(Audited.EXPORTED, by=request.user, at=timezone.now(), checklist=checklist, about=about, after=after)


def list_file(request: SignedInRequest, state: ListState) -> HttpResponse:
    """The list as a file; 404 for a format that there is not."""
    checklist, day, past = state.checklist, state.day.day, state.day.past
    kind = chosen_format(LIST_FORMATS, state.format)
    facts = facts_of(state.items[: ROWS_LIMIT + 1] if state.below else state.items)
    if state.below and len(facts) > ROWS_LIMIT:
        text = _("A sheet to fill in holds up to %(limit)s rows. Filter the list, and download it again.")
        messages.error(request, text % {"limit": f"{ROWS_LIMIT:,}"})
        return back_to_list(checklist, state.query)
    updates = Update.objects.filter(item__in=[row.pk for row in facts])
    versions = updates.up_to(past).versions() if past else None
    is_read = kind.name == "xlsx" and not (state.to_fill or state.below)
    export = build_export(
        facts,
        checklist=checklist,
        columns=state.shown_columns,
        on=day,
        versions=versions,
        filters=[one.text for one in state.filter.chosen()],
        to_fill=state.to_fill and not past,
        edition=edition_below(checklist) if state.below else edition_of(checklist.catalogue_on(past)),
        below=state.below,
        more=loop_sheets(state.items, day) if is_read else (),
    )
    # Units below have owners of their own: one list for all rows would offer the wrong ones.
    named = [] if state.below else names_of_units(checklist.pk)
    owners = [(name, pk) for pk, name in named]
    content = kind.write(export, owners)
    name = _recorded(request, state, rows=len(export.rows))
    return download(content, kind, name=name, plain=f"{checklist.slug}-items-{day}")


def tree_file(request: SignedInRequest, state: ListState) -> StreamingHttpResponse:
    """The same of a checklist and all below it, to read and not to fill in: unit by unit, as it is made.

    Whatever the list is sorted by: rows that come by their key need no memory, however many they are.
    """
    checklist, items, day = state.checklist, state.items, state.day.day
    kind = chosen_format(TREE_FORMATS, state.format)
    name = _recorded(request, state, rows=items.order_by().values("pk").count(), below=True)
    filters = [one.text for one in state.filter.chosen()]
    columns = [*state.shown_columns, details_column(checklist, day, filters)]
    language, title = get_language(), checklist.name
    parts = kind.write(items, columns=columns, on=day, language=language, title=title)
    plain = f"{checklist.slug}-all-items-{day}"
    return attached(StreamingHttpResponse(parts), kind, name=name, plain=plain)


def _recorded(request: SignedInRequest, state: ListState, **after: object) -> str:
    """Record the export of the items; return the file's name without its extension."""
    about = pgettext("sheet", "Items")
    kept = [state.view.name] if state.view else [one.text for one in state.filter.chosen()]
    record_export(request, state.checklist, about, {"format": state.format, "filters": kept, **after})
    return file_stem(state.checklist.name, about, *kept, on=state.day.day)
