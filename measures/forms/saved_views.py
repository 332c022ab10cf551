"""The form that names and keeps what a list shows."""

from django import forms
from django.http import QueryDict

from measures.forms.generic import ModelForm
from measures.models import SavedView


class SavedViewForm(ModelForm[SavedView]):
    """A name for what the list shows now."""

    class Meta:
        model = SavedView
        fields = ("name", "is_shared", "is_default", "query")
        widgets = {"query": forms.HiddenInput}

    def clean_query(self) -> str:
        """What belongs to the view itself; not the page that happened to be open."""
        query = QueryDict(self.cleaned_data["query"], mutable=True)
        for passing in ("page", "view", "edit", "format"):
            query.pop(passing, None)
        return query.urlencode()
