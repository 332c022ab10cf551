"""What the admin's pages of items draw, as a browser would send it back."""

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from measures.models import Item

LIST = "/admin/measures/item/"


class FormReader(HTMLParser):
    """What a browser would send back from the page's main form, untouched."""

    def __init__(self, page: Any, form_id: str) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.form_id = form_id
        self.inside = False
        self.open: str | None = None  # the textarea or select that is being read
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("id") == self.form_id
        name = found.get("name")
        if not self.inside or "disabled" in found:
            return
        if tag == "input" and name and found.get("type") not in ("submit", "checkbox"):
            self.data[name] = found.get("value") or ""
        elif tag in ("textarea", "select") and name:
            self.open = name
            self.data[name] = ""
        elif tag == "option" and self.open and "selected" in found:
            self.data[self.open] = found.get("value") or ""

    def handle_data(self, text: str) -> None:
        if self.open and self.lasttag == "textarea":
            self.data[self.open] += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag in ("textarea", "select") and self.open:
            if tag == "textarea":  # browsers drop the first line break and send the others as two characters
                text = self.data[self.open]
                self.data[self.open] = re.sub(r"^\n", "", text).replace("\n", "\r\n")
            self.open = None


def read_list(client: Client, query: str = "") -> dict[str, str]:
    return FormReader(client.get(LIST + query), "changelist-form").data | {"_save": "Save"}


def page_of(item: Item) -> str:
    return f"{LIST}{item.pk}/change/"


def read_page(client: Client, item: Item) -> dict[str, str]:
    return FormReader(client.get(page_of(item)), "item_form").data | {"_save": "Save"}


def row(data: dict[str, str], item: Item) -> str:
    """The prefix of the item's inputs: form-3-"""
    return next(
        name.removesuffix("id")
        for name, value in data.items()
        if name.endswith("-id") and value == str(item.pk)
    )


def state(item: Item) -> dict[str, Any]:
    return Item.objects.select_related("owner").get(pk=item.pk).state()
