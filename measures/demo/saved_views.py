"""The demo's saved views, shared and private."""

from collections.abc import Mapping

from django.contrib.auth.models import User

from measures.models import Checklist, Owner, SavedView


def save_views(checklist: Checklist, users: Mapping[str, User]) -> None:
    """Three of the office, and one of the unit that `editor` acts for."""
    education = Owner.objects.get(memberships__user=users["editor"]).pk
    for username, name, query, shared in (
        ("administrator", "逾期和受阻事项", "light=red&sort=light", True),
        ("administrator", "近7天有更新", "updated=week&sort=-updated", True),
        ("administrator", "待分办", "owner=none&columns=code,title,section,cadence,due", False),
        (
            "editor",
            "我处事项",
            f"unit={education}&columns=code,title,light,status,owner,due,last_entry",
            False,
        ),
    ):
        SavedView.objects.create(
            checklist=checklist, user=users[username], name=name, query=query, is_shared=shared
        )
