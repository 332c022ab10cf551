"""Which pages README.md and the help show. `make pictures` takes them from the demo.

No picture is of a page that names folders of the machine.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A page of tests/browser/pages.py, scrolled so that `top` is at the top where that is given."""

    page: str
    top: str = ""


OF_README = {
    "overview": Picture("overview"),
    "items": Picture("items-editing"),
    "report": Picture("report-since"),
}
OF_HELP = {
    "admin": Picture("admin-items"),
    "applications": Picture("applications"),
    "audit": Picture("audit"),
    "below": Picture("below"),
    "chase": Picture("new-chasers"),
    "closing": Picture("item-editor", "#ask"),
    "evidence": Picture("item-evidence", "#evidence"),
    "home": Picture("todo"),
    "lights": Picture("items", "table.items"),
    "list": Picture("items-editing"),
    "milestones": Picture("item-editor", "#milestones"),
    "overview": Picture("overview"),
    "people": Picture("people"),
    "periods": Picture("periods"),
    "progress": Picture("item-editor", "#new-entry"),
    "reminders": Picture("reminders"),
    "report": Picture("report"),
    "requests": Picture("account-requests"),
    "sheet": Picture("upload-preview"),
    "sign-in": Picture("sign-in"),
    "todo": Picture("todo-editor"),
}
