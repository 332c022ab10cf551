"""Items: a list in which an item's state is written in the row, and a page for each."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from measures.admin.audited import OneTransactionAdmin
from measures.admin.desk import desk_of
from measures.admin.item_forms import AdminItemForm, ItemPageForm, ItemRowForm
from measures.admin.item_journal import SHOWN_FIELDS, JournalInline, ShowsUnits
from measures.choices import Via
from measures.forms.days import PER_PAGE
from measures.models import Checklist, Item, Measure, StaleVersion
from measures.models.people import person_name
from measures.models.state import COLUMN_FIELDS
from measures.querysets.catalogue import LANGUAGE_SUFFIXES
from measures.rights.administration import opens_admin
from measures.rights.roles import Action

# Each field of the state has two inputs; key, version and tick have one each.
INPUTS_OF_A_ROW = 2 * len(COLUMN_FIELDS) + 3
CHOSEN = "checklist__id__exact"  # in an address
INPUTS_LIMIT = 900  # a post of more than 1,000 is answered with 400
LONGEST_ADDRESS = 3_500  # characters; servers refuse what is much longer


class OfTheChecklistFilter(admin.RelatedOnlyFieldListFilter):
    """Offers what items of the chosen checklist have; Django's offers that of all checklists."""

    def field_choices(  # type: ignore[override]
        self, field: ForeignKey[Model], request: HttpRequest, model_admin: "ItemAdmin"
    ) -> list[object]:
        listed = model_admin.get_queryset(request)
        chosen = request.GET.get(CHOSEN, "")
        if chosen.isdecimal():
            listed = listed.filter(checklist=int(chosen))
        keys = listed.order_by().values(f"{self.field_path}__pk").distinct()
        ordering = self.field_admin_ordering(field, request, model_admin)
        return list(
            field.get_choices(include_blank=False, limit_choices_to={"pk__in": keys}, ordering=ordering)
        )


@admin.register(Item)
class ItemAdmin(ShowsUnits, OneTransactionAdmin[Item]):
    form = ItemPageForm
    inlines = [JournalInline]
    actions = ["change_together"]
    # What is written most comes first; the rest scrolls within the list.
    list_display = [
        *("code", "title", "status", "owner", "due", "notes"),
        *(name for name in SHOWN_FIELDS if name not in ("status", "owner", "due", "notes")),
        *("pillar_title", "version"),
    ]
    list_editable = COLUMN_FIELDS
    list_filter = [
        ("checklist", admin.RelatedOnlyFieldListFilter),
        ("measure__section__pillar", OfTheChecklistFilter),
        ("measure__section", OfTheChecklistFilter),
        "status",
        ("owner", OfTheChecklistFilter),
    ]
    # Counting all items for "3 of 260,000" takes longer than the page.
    show_full_result_count = False
    list_per_page = PER_PAGE
    list_max_show_all = min(80, INPUTS_LIMIT // INPUTS_OF_A_ROW)
    ordering = ["checklist__path", "measure__position"]
    sortable_by = ["code", "owner", "due"]
    search_fields = [
        "^measure__code",
        "notes",
        "target",
        *(f"measure__title_{suffix}" for suffix in LANGUAGE_SUFFIXES),
    ]
    search_help_text = _("Code, title in any language, target, notes")
    readonly_fields = [
        "checklist",
        "measure",
        "pillar_title",
        "section",
        "detail",
        "source",
        "key_terms",
        "updated_at",
        "updater",
        "cooperating_units",
    ]
    # `version` is a form field here; the model field is not editable.
    exclude = ["version"]

    class Media:
        css = {"all": ["measures/admin.css"]}

    # Columns and read-only fields

    @admin.display(description=_("Code"), ordering="measure__position")
    def code(self, item: Item) -> str:
        return item.measure.code

    @admin.display(description=_("Title"))
    def title(self, item: Item) -> str:
        return item.measure.title

    @admin.display(description=_("pillar"))
    def pillar_title(self, item: Item) -> str:
        return item.measure.section.pillar.title

    @admin.display(description=_("section"))
    def section(self, item: Item) -> str:
        return str(item.measure.section)

    @admin.display(description=_("detail"))
    def detail(self, item: Item) -> str:
        return item.measure.detail

    @admin.display(description=_("source"))
    def source(self, item: Item) -> str:
        return item.measure.source

    @admin.display(description=_("key terms"))
    def key_terms(self, item: Item) -> str:
        return " · ".join(item.measure.key_terms_in(get_language()))

    @admin.display(description=capfirst(Item._meta.get_field("updated_by").verbose_name))
    def updater(self, item: Item) -> str:
        return person_name(item.updated_by) if item.updated_by else ""

    def view_on_site(self, item: Item) -> str:
        return item.get_absolute_url()

    # Rights

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        """What the user may read, with all that a row, its rights and its messages ask of it."""
        return desk_of(request).items.all()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Everybody who may open the admin; which items they read is up to `get_queryset`."""
        return opens_admin(desk_of(request).rights)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Item | None = None) -> bool:
        rights = desk_of(request).rights
        allowed = rights.changes_anything() if obj is None else rights.may_change(obj)
        return opens_admin(rights) and allowed

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    # The list

    def get_list_display(self, request: HttpRequest) -> Any:
        """Add the checklist's column if the list mixes several checklists.

        It is the last column, because the URL names a sorted column by its number.
        """
        return [*self.list_display, "checklist"] if mixes_checklists(request) else self.list_display

    def get_list_filter(self, request: HttpRequest) -> list[object]:  # type: ignore[override]
        """In a list of several checklists, the checklist is chosen first: they may have thousands of units.

        A filter that the address uses is always offered.
        """
        if not mixes_checklists(request):
            return list(self.list_filter)
        return [one for one in self.list_filter if _is_offered(one, request)]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        form = type("ItemRowForm", (ItemRowForm,), {"desk": desk_of(request)})
        return super().get_changelist_form(request, **{"form": form, "fields": self.list_editable, **kwargs})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        added = {"listed": self._listed(request), "typed_reason": request.POST.get("reason", "")}
        extra_context = added | (extra_context or {})
        try:
            response = super().changelist_view(request, extra_context)
        except StaleVersion:
            # Someone was quicker, between our check and our lock. Read again, the form itself says so.
            response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        changelist = shown.get("cl")
        if changelist and changelist.formset and changelist.formset.is_bound:
            # Django pairs what was typed with the rows that the filters find now, by their place. Others'
            # changes can have moved those, and a person would see their text beside another item.
            changelist.result_list = [form.instance for form in changelist.formset.forms]
        return response

    @admin.action(description=_("Change the chosen items together…"), permissions=["change"])
    def change_together(self, request: HttpRequest, chosen: QuerySet[Item]) -> HttpResponse | None:
        """Redirect to the page that previews and creates a batch; this writes nothing."""
        slugs = set(chosen.order_by().values_list("checklist__slug", flat=True))
        if len(slugs) != 1:
            text = _("These items belong to several checklists. Choose items of one checklist.")
            self.message_user(request, text, messages.ERROR)
            return None
        codes = chosen.order_by("measure__position").values_list("measure__code", flat=True)
        query = urlencode({"codes": ",".join(codes)}, safe=",")
        address = f"{reverse('bulk', args=list(slugs))}?{query}"
        if len(address) > LONGEST_ADDRESS:
            text = _("These are too many items for here. Change them in the checklist's own list.")
            self.message_user(request, text, messages.ERROR)
            return None
        return redirect(address)

    def _listed(self, request: HttpRequest) -> Checklist | None:
        """The checklist whose items are listed, where they are of one."""
        desk = desk_of(request)
        if not desk.reads_several:
            return next(iter(desk.first_readable), None)
        wanted = request.GET.get(CHOSEN, "")
        visible = Checklist.objects.visible_to(request.user)
        return visible.filter(pk=wanted if wanted.isdecimal() else 0).first()

    # The page

    def get_fieldsets(self, request: HttpRequest, obj: Item | None = None) -> Any:
        written = [*SHOWN_FIELDS, "version"]
        if obj and self.has_change_permission(request, obj):
            written.insert(-1, "reason")
        return [
            (None, {"fields": ["checklist", "measure", *written, "updated_at", "updater"]}),
            (
                capfirst(Measure._meta.verbose_name),
                {"fields": ["pillar_title", "section", "detail", "source", "key_terms"]},
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Item | None = None) -> list[str]:
        fixed = list(self.readonly_fields)
        if obj and not desk_of(request).rights.may(Action.HAND_OVER, obj.checklist):
            fixed.append("owner")
        return fixed

    def get_form(
        self, request: HttpRequest, obj: Item | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"desk": desk_of(request)})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleVersion:
            return super().changeform_view(request, object_id, form_url, extra_context)  # as for the list

    def save_model(self, request: HttpRequest, obj: Item, form: AdminItemForm, change: bool) -> None:
        """Record what the user touched, and nothing else. A newer version raises StaleVersion."""
        if values := form.values():
            obj.change(
                values,
                version=form.cleaned_data["version"],
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
                via=Via.ADMIN,
                reason=form.cleaned_data.get("reason", ""),
            )


def _is_offered(listed: object, request: HttpRequest) -> bool:
    path = str(listed[0] if isinstance(listed, tuple) else listed)
    return path in ("checklist", "status") or any(name.startswith(path) for name in request.GET)


def mixes_checklists(request: HttpRequest) -> bool:
    """Whether the list that this address asks for is of several checklists."""
    return desk_of(request).reads_several and CHOSEN not in request.GET
