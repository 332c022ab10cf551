"""Forms of what a catalogue says about itself."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from measures.catalogues.draft import column_suffix, texts_of_row
from measures.catalogues.outline import TITLE_LIMIT, Texts
from measures.catalogues.outline_forms import ByLanguage, TypedData, wording_field
from measures.catalogues.store import columns_in
from measures.catalogues.write import LEVELS, WORDS
from measures.models import Catalogue


class HeadForm(ByLanguage):
    """What a catalogue says about itself, in each language; in a new one, the languages with a title."""

    date = forms.DateField(
        label=gettext_lazy("Date of this edition"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, data: TypedData, languages: list[str], initial: Mapping[str, object], *, depth: int = 0
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.languages, self.depth = languages, depth
        for language in languages:
            suffix = column_suffix(language)
            self.fields[f"title_{suffix}"] = wording_field(
                pgettext("catalogue", "Title"), TITLE_LIMIT, required=bool(depth)
            )
            self.fields[f"issuer_{suffix}"] = wording_field(_("Issuer"), TITLE_LIMIT)
            levels = self.fields[f"levels_{suffix}"] = wording_field(_("Names of its levels"), 210)
            if language == get_language():
                levels.widget.attrs["placeholder"] = " / ".join((*LEVELS[language], WORDS[language][1]))
            levels.help_text = _(
                "From the top down to the measure, with / between them, such as 章 / 节 / 措施."
            )

    def chosen(self) -> list[str]:
        """The languages that have a title."""
        return [one for one in self.languages if self.cleaned_data.get(f"title_{column_suffix(one)}")]

    def texts(self, name: str) -> Texts:
        return {one: self.cleaned_data[f"{name}_{column_suffix(one)}"] for one in self.chosen()}

    def level_names(self) -> dict[str, list[str]]:
        """The names of the levels by language, of those that have any."""
        found = {}
        for language in self.chosen():
            text = self.cleaned_data.get(f"levels_{column_suffix(language)}", "")
            if names := [name.strip() for name in text.replace("／", "/").split("/") if name.strip()]:
                found[language] = names
        return found

    def levels(self) -> list[Texts]:
        names = self.level_names()
        count = max(map(len, names.values()), default=0)
        return [{one: given[level] for one, given in names.items()} for level in range(count)]

    def values(self) -> dict[str, object]:
        """The columns of a catalogue, in the languages that have a title."""
        languages = self.chosen()
        return {
            **columns_in("title", self.texts("title"), languages),
            **columns_in("issuer", self.texts("issuer"), languages),
            "date": self.cleaned_data["date"],
            "levels": self.levels(),
        }

    def clean(self) -> None:
        if not self.chosen():
            raise ValidationError(_("Give it a title in one language at least."))
        found = self.level_names()
        count = self.depth + 1 if self.depth else max(map(len, found.values()), default=3)
        for language, names in found.items():
            field = f"levels_{column_suffix(language)}"
            if any(len(name) > 40 for name in names):
                self.add_error(field, _("A level's name has at most 40 characters."))
            elif not 2 <= len(names) <= 5:
                self.add_error(field, _("Name one to four levels of parts, and the measure."))
            elif len(names) != count:
                self.add_error(field, _("Name %(count)d levels here.") % {"count": count})
        if not found and self.depth not in (0, 2):
            field = f"levels_{column_suffix(self.chosen()[0])}"
            self.add_error(field, _("Name %(count)d levels here.") % {"count": self.depth + 1})


class NewCatalogueForm(HeadForm):
    """The same for a new draft, with its short name."""

    def __init__(
        self, data: TypedData, languages: list[str], initial: Mapping[str, object], *, depth: int = 0
    ) -> None:
        super().__init__(data, languages, initial, depth=depth)
        self.fields["slug"] = forms.SlugField(
            label=_("Short name"),
            max_length=50,
            help_text=_("Part of its address: letters a–z, digits, hyphens."),
        )

    def slug(self) -> str:
        return str(self.cleaned_data["slug"])


def head_of(catalogue: Catalogue) -> dict[str, object]:
    """What a head form of this catalogue begins with."""
    found: dict[str, object] = {"date": catalogue.date}
    for language, text in texts_of_row(catalogue, "issuer", catalogue.languages).items():
        found[f"issuer_{column_suffix(language)}"] = text
    for language, text in texts_of_row(catalogue, "title", catalogue.languages).items():
        names = [level.get(language, "") for level in catalogue.levels]
        found[f"title_{column_suffix(language)}"] = text
        found[f"levels_{column_suffix(language)}"] = " / ".join(names) if all(names) else ""
    return found
