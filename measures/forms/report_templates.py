"""The form with which a Word template for the report is uploaded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.forms.generic import ModelForm
from measures.models import Checklist, ReportTemplate

TEMPLATE_SIZE = 2 * 1024 * 1024


class ReportTemplateForm(ModelForm[ReportTemplate]):
    """A name and a Word document. Whether it can be filled is checked later."""

    upload = forms.FileField(
        label=_("Word document (.docx)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        help_text=_("At most 2 MiB, without macros."),
    )

    class Meta:
        model = ReportTemplate
        fields = ("name",)

    def __init__(self, *args: Any, checklist: Checklist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checklist = checklist

    def clean_name(self) -> str:
        # The form leaves out constraints over fields that are not on it.
        name = str(self.cleaned_data["name"])
        if self.checklist.report_templates.filter(name=name).exists():
            raise forms.ValidationError(_("A template with this name already exists. Choose another name."))
        return name

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        # One byte more than is allowed says that it is too large, and nothing larger is held.
        self.instance.content = upload.read(TEMPLATE_SIZE + 1)
        return upload
