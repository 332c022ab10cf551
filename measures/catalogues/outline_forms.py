"""Forms of the outline editor. Each has the fields of every language that the catalogue has."""

from collections.abc import Iterable, Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from measures.catalogues.draft import (
    TERMS_OF_MEASURE,
    Draft,
    DraftPart,
    column_suffix,
    terms_of_row,
    texts_of_row,
)
from measures.catalogues.numbering import measure_codes, part_codes
from measures.catalogues.outline import (
    CODE_LIMIT,
    DETAIL_LIMIT,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    MeasureLine,
    Texts,
)
from measures.catalogues.rows import code_fault
from measures.choices import Cadence
from measures.models import Measure, Pillar, Section
from measures.texts import different_terms, fingerprint_of, half_width, one_line_break

LINES_LIMIT = 200
type TypedData = Mapping[str, str] | None


def visible(text: str) -> None:
    if any(ord(sign) < 32 and sign not in "\r\n\t" for sign in text):
        raise ValidationError(_("This text has signs that cannot be shown. Write it again."))


def wording_field(label: str, limit: int, *, rows: int = 0, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label, max_length=limit, required=required, widget=widget, validators=[visible]
    )


class ByLanguage(forms.Form):
    """A form with fields of each language, whose names end in it."""

    languages: list[str]

    def by_language(self) -> list[tuple[str, list[BoundField]]]:
        """The fields of each language, for the page."""
        return [
            (language, [self[name] for name in self.fields if name.endswith(f"_{column_suffix(language)}")])
            for language in self.languages
        ]

    def others(self) -> list[BoundField]:
        """The fields that no language has to itself."""
        worded = {field.name for _language, fields in self.by_language() for field in fields}
        return [self[name] for name in self.fields if name not in worded]

    @property
    def seen(self) -> str:
        """A short text that differs as soon as somebody changes what the form begins with."""
        return fingerprint_of(sorted((name, str(value)) for name, value in self.initial.items()))

    def versus(self) -> list[tuple[str, str, str]]:
        """Each field that is stored otherwise than it was typed: label, what is stored, what was typed."""
        found = []
        for name, field in self.fields.items():
            stored, typed = str(self.initial.get(name, "") or ""), str(self[name].value() or "")
            if isinstance(field.widget, forms.Select):
                words = {str(key): str(word) for key, word in field.widget.choices}
                stored, typed = words.get(stored, stored), words.get(typed, typed)
            if isinstance(field, forms.BooleanField):
                words = {"": _("no"), "False": _("no"), "True": _("yes"), "on": _("yes")}
                stored, typed = words[stored], words.get(typed, typed)
            if stored.split() != typed.split():
                found.append((str(field.label), stored, typed))
        return found


class WordsForm(ByLanguage):
    """Texts by language: a title, and one longer text."""

    title_label = gettext_lazy("Title")
    longer, longer_label = "detail", gettext_lazy("Detail")
    has_terms = True

    def __init__(
        self,
        data: TypedData,
        languages: list[str],
        initial: Mapping[str, object],
        *,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial), prefix=prefix)
        self.languages = languages
        for language in languages:
            suffix, own = column_suffix(language), language == languages[0]
            self.fields[f"title_{suffix}"] = wording_field(str(self.title_label), TITLE_LIMIT, required=own)
            self.fields[f"{self.longer}_{suffix}"] = wording_field(
                str(self.longer_label), DETAIL_LIMIT, rows=3
            )
            if self.has_terms:
                self.fields[f"terms_{suffix}"] = wording_field(_("Key terms"), DETAIL_LIMIT)
                self.fields[f"terms_{suffix}"].help_text = _("Separated by 、 or commas.")

    def texts(self, name: str) -> Texts:
        found = {one: self.cleaned_data[f"{name}_{column_suffix(one)}"] for one in self.languages}
        return {one: one_line_break(text) for one, text in found.items()}

    def terms(self) -> dict[str, list[str]]:
        return {
            one: different_terms(self.cleaned_data[f"terms_{column_suffix(one)}"]) for one in self.languages
        }

    def clean(self) -> None:
        for name in [name for name in self.fields if name.startswith("terms_")]:
            terms = different_terms(self.cleaned_data.get(name, ""))
            if len(terms) > TERMS_OF_MEASURE or any(len(term) > TITLE_LIMIT for term in terms):
                self.add_error(name, _("At most 50 terms of 200 characters are possible."))


def initial_words(row: Measure | Pillar | Section, longer: str, languages: list[str]) -> dict[str, object]:
    """What a form of words begins with."""
    found: dict[str, object] = {}
    for name in ("title", longer):
        for language, text in texts_of_row(row, name, languages).items():
            found[f"{name}_{column_suffix(language)}"] = text
    if isinstance(row, Measure):
        for language, terms in terms_of_row(row, languages).items():
            found[f"terms_{column_suffix(language)}"] = "、".join(terms)
    return found


class PartWordsForm(WordsForm):
    title_label = pgettext_lazy("catalogue", "Title")
    longer, longer_label, has_terms = "summary", gettext_lazy("Summary"), False


def clean_code(code: str, used: Iterable[str], taken: str) -> str:
    code = half_width(code) if not set("（）") & set(code) else code
    if wrong := code_fault(code):
        raise ValidationError(wrong)
    if code in used:
        raise ValidationError(taken)
    return code


def part_label(part: DraftPart, language: str) -> str:
    return f"{part.row.code} {texts_of_row(part.row, 'title', [language])[language]}"[:80]


class MeasureForm(WordsForm):
    """All of a measure of a draft."""

    def __init__(self, data: TypedData, draft: Draft, row: Measure) -> None:
        initial = initial_words(row, "detail", draft.languages)
        names = ("code", "source", "cadence", "needs_evidence")
        initial |= {name: vars(row)[name] for name in names}
        self.draft, self.row = draft, row
        super().__init__(data, draft.languages, {**initial, "part": draft.part_of(row).key})
        self.fields["code"] = wording_field(_("Code"), CODE_LIMIT, required=True)
        self.fields["source"] = wording_field(_("Source"), SOURCE_LIMIT)
        self.fields["cadence"] = forms.ChoiceField(label=_("Cadence"), choices=Cadence.choices)
        leaves = [one for one in draft.parts() if draft.holds_measures(one)]
        choices = [(one.key, part_label(one, draft.languages[0])) for one in leaves]
        self.fields["part"] = forms.ChoiceField(label=_("Belongs to"), choices=choices)
        self.fields["needs_evidence"] = forms.BooleanField(label=_("Needs evidence"), required=False)

    def clean_code(self) -> str:
        used = measure_codes(self.draft) - {self.row.code}
        return clean_code(self.cleaned_data["code"], used, _("There is a measure with this code already."))

    def line(self) -> MeasureLine:
        values = self.cleaned_data
        return MeasureLine(
            (),
            values["code"],
            self.texts("title"),
            self.texts("detail"),
            Cadence(values["cadence"]),
            values["source"],
            self.terms(),
            values["needs_evidence"],
        )

    def to(self) -> DraftPart:
        return self.draft.by_key[self.cleaned_data["part"]]


class PartForm(PartWordsForm):
    """All of a part of a draft."""

    def __init__(self, data: TypedData, draft: Draft, part: DraftPart) -> None:
        initial = initial_words(part.row, "summary", draft.languages) | {"code": part.row.code}
        self.draft, self.part = draft, part
        super().__init__(data, draft.languages, {**initial, "part": part.parent.key if part.parent else ""})
        self.fields["code"] = wording_field(_("Code"), CODE_LIMIT, required=True)
        if part.parent:
            above = [one for one in draft.parts() if one.level == part.level - 1]
            choices = [(one.key, part_label(one, draft.languages[0])) for one in above]
            self.fields["part"] = forms.ChoiceField(label=_("Belongs to"), choices=choices)

    def clean_code(self) -> str:
        used = part_codes(self.draft) - {self.part.row.code}
        return clean_code(self.cleaned_data["code"], used, _("There is a part with this code already."))

    def to(self) -> DraftPart | None:
        return self.draft.by_key.get(self.cleaned_data.get("part", ""))


class LinesForm(forms.Form):
    """Several titles at once, one a line."""

    titles = forms.CharField(
        label=gettext_lazy("Titles, one a line"),
        max_length=LINES_LIMIT * TITLE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[visible],
    )

    def clean_titles(self) -> list[str]:
        lines = [line.strip() for line in one_line_break(self.cleaned_data["titles"]).split("\n")]
        lines = [line for line in lines if line]
        if len(lines) > LINES_LIMIT:
            said = _("At most %(limit)d lines are possible at once.")
            raise ValidationError(said % {"limit": LINES_LIMIT})
        for number, line in enumerate(lines, 1):
            if len(line) > TITLE_LIMIT:
                said = _("Line %(line)d has %(count)d characters; at most %(limit)d are possible.")
                raise ValidationError(said % {"line": number, "count": len(line), "limit": TITLE_LIMIT})
        return lines
