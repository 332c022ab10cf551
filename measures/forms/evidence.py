"""The form with which evidence is added to an item. roles.py decides rights."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from measures.evidence import scan
from measures.evidence.archives import Refused
from measures.evidence.kinds import (
    LARGEST_FILE,
    accepted_suffixes,
    file_kind,
    kinds_in_words,
    refuse_other_name,
    tidy_name,
)
from measures.evidence.receive import ReceivedFile
from measures.forms.widgets import Select
from measures.models import Application, Entry, Item, NewFile, Owner
from measures.models.evidence import LINK_LIMIT

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict

STORE_FAILED = _(
    "The file could not be stored: the disk is full or not reachable. Tell the operator, and try again later."
)
SCHEMES = ("http", "https")


class ActField(forms.ModelChoiceField):  # type: ignore[type-arg]  # of either model
    """An entry or an application. It offers those that the page shows, and takes all of its queryset."""

    widget = Select

    def label_from_instance(self, obj: Entry | Application) -> str:
        name = obj.unit.name if isinstance(obj, Entry) else obj.get_kind_display()
        return f"{timezone.localtime(obj.at):%Y-%m-%d %H:%M} {name}"

    def offer(self, shown: Iterable[Entry] | Iterable[Application]) -> None:
        choices = [(str(one.pk), self.label_from_instance(one)) for one in shown]
        if choices:
            self.widget.choices = [("", _("No, to the item as a whole")), *choices]
        else:
            self.widget = forms.HiddenInput()  # type: ignore[assignment]


class EvidenceForm(forms.Form):
    """A file or a link, and the entry or application that it belongs to."""

    file = forms.FileField(label=_("File"), required=False)
    link = forms.CharField(
        label=_("Or a link"),
        required=False,
        max_length=LINK_LIMIT,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    entry = ActField(Entry.objects.none(), label=_("Belongs to an entry"), required=False)
    application = ActField(Application.objects.none(), label=_("Belongs to an application"), required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
        *,
        item: Item,
        unit: Owner | None,
        entries: Iterable[Entry],
        applications: Iterable[Application],
    ) -> None:
        """With `unit`, for entries of this unit. The page shows these `entries` and `applications`."""
        super().__init__(data, files, auto_id="evidence-%s")
        self.out_of_order = False  # whether the site is why the file is not taken
        entry, application = self.fields["entry"], self.fields["application"]
        assert isinstance(entry, ActField)
        assert isinstance(application, ActField)
        if self.is_bound:
            own = {"unit": unit} if unit else {}
            entry.queryset = item.entries.not_withdrawn().filter(**own).select_related("unit")
            application.queryset = item.applications.pending()
        entry.offer(one for one in entries if unit is None or one.unit_id == unit.pk)
        application.offer(applications)
        self.fields["file"].widget.attrs["accept"] = accepted_suffixes()
        self.fields["file"].help_text = _("%(kinds)s; up to 20 MB.") % {"kinds": kinds_in_words()}

    def clean_file(self) -> NewFile | None:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        assert isinstance(file, ReceivedFile)
        assert file.file
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 20 MB. Make it smaller, or add a link."))
        if file.failed:
            self.out_of_order = True
            raise forms.ValidationError(STORE_FAILED)
        name = tidy_name(file.name or "")
        try:
            kind = file_kind(file.file)
            refuse_other_name(name, kind)
            found = scan.scan_file(file.file)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        except scan.ScannerUnavailable as error:
            self.out_of_order = True
            said = _("The virus scanner does not answer, so no file is accepted. Try again later.")
            raise forms.ValidationError(said) from error
        if found:
            raise forms.ValidationError(_("The virus scanner found something in this file: %s.") % found)
        return NewFile(name, kind.media_type, file.size or 0, file.sha256, file.file)

    def clean_link(self) -> str:
        link = str(self.cleaned_data["link"])
        if not link:
            return ""
        try:
            parts = urlsplit(link)
            host = parts.hostname
        except ValueError:
            parts, host = urlsplit(""), None
        if (
            parts.scheme not in SCHEMES
            or not host
            or any(sign.isspace() or not sign.isprintable() for sign in link)
        ):
            raise forms.ValidationError(_("Enter a whole address that begins with http:// or https://."))
        if parts.username or parts.password:
            raise forms.ValidationError(_("This address contains a user name or a password. Leave them out."))
        return link

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if self.errors:
            return
        if said.get("file") and said.get("link"):
            self.add_error("link", _("Choose a file or enter a link, not both."))
        elif not said.get("file") and not said.get("link"):
            self.add_error("file", _("Choose a file, or enter a link."))
        if said.get("entry") and said.get("application"):
            self.add_error("application", _("Choose an entry or an application, not both."))

    @property
    def what(self) -> NewFile | str:
        """The file, or the link."""
        what: NewFile | str = self.cleaned_data["file"] or self.cleaned_data["link"]
        return what
