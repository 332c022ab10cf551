"""Forms for what a checklist does with those below it."""

from collections import Counter
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from measures.choices import Cadence
from measures.models import Catalogue, Checklist, Section, TakenOver, Wording, of_no_ledger
from measures.models.levels import part_word
from measures.texts import REASON_LIMIT, Label, one_line_break


class EditionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Published catalogues, each with the date of its edition: editions may share a title."""

    def label_from_instance(self, obj: Catalogue) -> str:
        words = pgettext("a catalogue", "%(catalogue)s (edition of %(edition)s)")
        return words % {"catalogue": obj.title, "edition": date_format(obj.date)}


class TakeOverForm(forms.Form):
    """What new checklists begin with."""

    catalogue = EditionField(
        Catalogue.objects.none(),
        label=_("Catalogue"),
        required=False,
        empty_label=None,
        help_text=_("Each of its measures becomes an item."),
    )
    template = forms.ModelChoiceField(
        Checklist.objects.none(),
        label=_("Template"),
        required=False,
        empty_label=_("None: every item begins empty"),
        help_text=_("Copies its items' due dates and owners, with entries in each journal."),
    )
    due = forms.BooleanField(label=_("Copy the due dates"), required=False, initial=True)
    owners = forms.BooleanField(label=_("Copy the owners' names"), required=False, initial=True)

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.above = checklist
        template, catalogue = self.fields["template"], self.fields["catalogue"]
        assert isinstance(template, forms.ModelChoiceField)
        assert isinstance(catalogue, forms.ModelChoiceField)
        template.queryset = Checklist.objects.filter(Q(pk=checklist.pk) | Q(parent=checklist))
        offered = Catalogue.objects.filter(of_no_ledger() | Q(pk=checklist.catalogue_id), is_draft=False)
        catalogue.queryset, catalogue.initial = offered, checklist.catalogue_id
        if not offered.exclude(pk=checklist.catalogue_id).exists():
            del self.fields["catalogue"]

    def clean(self) -> None:
        super().clean()
        template = self.cleaned_data.get("template")
        if template and template.catalogue_id != self.chosen_catalogue().pk:
            words = _(
                "The template's dates and owners belong to another catalogue. "
                "Choose the template's catalogue, or no template."
            )
            self.add_error("template", words)

    def chosen_catalogue(self) -> Catalogue:
        """The chosen one; that of the checklist above unless told."""
        chosen: Catalogue | None = self.cleaned_data.get("catalogue")
        return chosen or self.above.catalogue

    def taken_over(self) -> TakenOver | None:
        """None where nothing is to be taken over."""
        template, due, owners = (self.cleaned_data[name] for name in ("template", "due", "owners"))
        return TakenOver(template, due, owners) if template and (due or owners) else None


class OpenForm(TakeOverForm):
    """One checklist directly below."""

    name = forms.CharField(label=_("Organisation"), max_length=100)
    slug = forms.SlugField(
        label=pgettext_lazy("checklist", "Address"),
        max_length=50,
        help_text=_("Part of every page's address: lowercase letters a–z, digits and hyphens."),
    )
    field_order = ("name", "slug", "catalogue")

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, checklist=checklist, **kwargs)
        self.new = Checklist(parent=checklist, catalogue=checklist.catalogue, period=checklist.period)

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors:
            self.new.name, self.new.slug = cleaned["name"], cleaned["slug"]
            self.new.catalogue = self.chosen_catalogue()
            try:
                self.new.full_clean(exclude={"path", "opened_at"})
            except forms.ValidationError as error:
                self.add_error(None, error.message_dict.pop("__all__", []))
                for name in ("name", "slug"):
                    if said := error.message_dict.get(name):
                        self.add_error(name, said)


class UnitsSheetForm(TakeOverForm):
    """Many checklists below, at any depth, from a sheet."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("XLSX or CSV, up to 5 MB and 5,000 rows."),
    )
    field_order = ("file",)


class WordingForm(forms.Form):
    """The texts and the cadence of a measure of the unit's own."""

    cadence = forms.ChoiceField(label=_("Cadence"), choices=Cadence.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    detail = forms.CharField(
        label=_("What it asks for"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_detail(self) -> str:
        return one_line_break(self.cleaned_data["detail"])

    def wording(self) -> Wording:
        title, detail, cadence = (self.cleaned_data[name] for name in ("title", "detail", "cadence"))
        return Wording(title, detail, Cadence(cadence))


class LocalMeasureForm(WordingForm):
    """A new measure of the unit's own. Its section stays, since its code contains the section's."""

    section: "forms.ModelChoiceField[Section]" = forms.ModelChoiceField(
        Section.objects.none(), label=_("Section"), empty_label="–"
    )
    field_order = ("section", "cadence", "title", "detail")

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        section = self.fields["section"]
        assert isinstance(section, forms.ModelChoiceField)
        section.queryset = Section.objects.leaves(checklist.catalogue_id)
        section.label = part_word(checklist.catalogue.own_level_names)


class RearrangeForm(forms.Form):
    """What is done with a unit below, with which other, and why."""

    act = forms.ChoiceField(label=_("What to do"))
    to = forms.CharField(
        label=_("Other unit"),
        max_length=100,
        required=False,
        help_text=_("For moving and merging."),
    )
    reason = forms.CharField(
        label=pgettext_lazy("of an act", "Reason"),
        max_length=REASON_LIMIT,
        help_text=_("The audit trail records it, and so does a batch."),
    )

    def __init__(
        self,
        *args: Any,
        checklist: Checklist,
        acts: list[tuple[str, Label]],
        with_another: tuple[str, ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.checklist, self.with_another = checklist, with_another
        near = Checklist.objects.filter(path__startswith=checklist.path).order_by("path")
        units = list(near.values_list("slug", "name"))
        times = Counter(name for _slug, name in units)
        # Those of the same name are told apart by their addresses.
        named = [(slug, f"{name} ({slug})" if times[name] > 1 else name) for slug, name in units]
        self.fields["to"].widget = forms.Select(choices=[("", "–"), *named])
        act = self.fields["act"]
        assert isinstance(act, forms.ChoiceField)
        act.choices = acts
        self.other: Checklist | None = None

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("act") in self.with_another:
            wanted = cleaned.get("to", "")
            near = Checklist.objects.filter(path__startswith=self.checklist.path)
            found = list(near.filter(slug=wanted)) or list(near.filter(name=wanted)[:2])
            if len(found) == 1:
                self.other = found[0]
            elif found:
                self.add_error("to", _("Several checklists have this name. Write the address instead."))
            else:
                self.add_error("to", _("Neither this checklist nor one below it has this address or name."))
