"""The forms of an article's page: its text, and the words of one measure."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from measures.articles.files import LARGEST, text_of_file
from measures.articles.text import LONGEST, ArticleError
from measures.catalogues.outline import DETAIL_LIMIT, TITLE_LIMIT
from measures.choices import Cadence
from measures.sheets.words import on_one_line
from measures.texts import different_terms

LANGUAGES = [
    ("", _("Recognised from the text")),
    ("zh-hans", "简体中文"),
    ("zh-hant", "繁體中文"),
    ("en", "English"),
]
MOST_TERMS, LONGEST_TERM = 12, 40
MOST_PIECES = 20  # measures that one is split into


class ArticleForm(forms.Form):
    """An article, pasted or as a file. Once it is valid, `article` is its text."""

    article = forms.CharField(
        label=_("Text of the article"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Paste it with its headings, such as 一、 and （一）, each on a line of its own."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf,.txt"}),
        help_text=_("DOCX, PDF or TXT, up to 5 MB. It is read and not kept."),
    )
    title = forms.CharField(
        label=_("Name of the catalogue"),
        max_length=TITLE_LIMIT,
        required=False,
        help_text=_("Leave empty for the title of the article."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=LANGUAGES, required=False)
    levels = forms.CharField(
        label=_("Names of the levels"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "方面、重点任务、措施"}),
        help_text=_(
            "From the top part down to the measure, such as 方面、重点任务、措施. "
            "Leave empty to take them from the headings."
        ),
    )
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=50,
        required=False,
        help_text=_("Part of its address: letters a–z, digits, hyphens. Leave empty for one by the date."),
    )
    date = forms.DateField(
        label=_("Date of this edition"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty for today."),
    )

    def clean(self) -> None:
        super().clean()
        file, text = self.cleaned_data.get("file"), str(self.cleaned_data.get("article", ""))
        if self.errors:
            return
        if file and text.strip():
            self.add_error("file", gettext("Paste a text or choose a file, not both."))
        elif file:
            try:
                if (file.size or 0) > LARGEST:
                    raise ArticleError(gettext("The file is larger than 5 MB."))
                self.cleaned_data["article"] = text_of_file(file.read())
            except ArticleError as error:
                self.add_error("file", str(error))
        elif not text.strip():
            self.add_error("article", gettext("Paste the text of an article, or choose a file."))


class ProposedMeasureForm(forms.Form):
    """The words of one measure."""

    title = forms.CharField(
        label=_("Title"), max_length=TITLE_LIMIT, widget=forms.Textarea(attrs={"rows": 2})
    )
    detail = forms.CharField(
        label=_("Detail"), max_length=DETAIL_LIMIT, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    cadence = forms.ChoiceField(label=_("Cadence"), choices=Cadence.choices)
    key_terms = forms.CharField(
        label=_("Key terms"),
        max_length=MOST_TERMS * (LONGEST_TERM + 1),
        required=False,
        help_text=_("Words of the article, separated by 、 or commas."),
    )

    def clean_title(self) -> str:
        return on_one_line(str(self.cleaned_data["title"]))

    def clean_key_terms(self) -> list[str]:
        terms = different_terms(str(self.cleaned_data["key_terms"]))
        if len(terms) > MOST_TERMS or any(len(one) > LONGEST_TERM for one in terms):
            said = gettext("At most %(most)d key terms of at most %(long)d characters are possible.")
            raise ValidationError(said % {"most": MOST_TERMS, "long": LONGEST_TERM})
        return terms


class SplitForm(forms.Form):
    """A measure as several: each line is one."""

    titles = forms.CharField(
        label=_("One measure on each line"),
        max_length=MOST_PIECES * TITLE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean_titles(self) -> list[str]:
        lines = [on_one_line(line) for line in str(self.cleaned_data["titles"]).splitlines()]
        titles = [line for line in lines if line]
        if len(titles) > MOST_PIECES:
            raise ValidationError(
                gettext("At most %(most)d measures can be made of one.") % {"most": MOST_PIECES}
            )
        if any(len(one) > TITLE_LIMIT for one in titles):
            raise ValidationError(gettext("A line has at most %(most)d characters.") % {"most": TITLE_LIMIT})
        return titles


class AddedMeasureForm(forms.Form):
    """A measure that the rules did not find."""

    title = forms.CharField(label=_("What else does it ask for?"), max_length=TITLE_LIMIT)

    def clean_title(self) -> str:
        return on_one_line(str(self.cleaned_data["title"]))
