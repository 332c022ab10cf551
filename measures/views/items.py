"""The list of a checklist's items: filtered, sorted, in pages. The address holds the whole state."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from measures.forms import PER_PAGE, PageSizeForm
from measures.tables import ItemTable
from measures.views.access import SignedInRequest, chips, filtered, readable_checklist


@require_GET
def items(request: SignedInRequest, slug: str) -> HttpResponse:
    checklist = readable_checklist(request, slug)
    found = filtered(request, checklist)
    size = PageSizeForm(request.GET)
    rows = found.items() if size.is_valid() else found.queryset.none()
    table = ItemTable(rows.for_list(), order_by=request.GET.get("sort") or None)
    pages = Paginator(table.data.data, (size.is_valid() and size.cleaned_data["per_page"]) or PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "checklist": checklist,
        "tab": "items",
        "filter": found,
        "size": size,
        "chips": chips(request, found),
        "table": table,
        "page": page,
        "rows": [(item, item.days_late(found.on)) for item in page],
        "numbers": pages.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "all": checklist.items.count(),
    }
    return render(request, "items/list.html", context)
