"""What `manage.py check --database default` says besides Django's own."""

from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from measures.separation import separation_problems


@register(Tags.database, Tags.security)
def three_administrators(databases: Any = None, **more: Any) -> list[CheckMessage]:
    """A warning for each account that holds what should be separate. Silent before the first migration."""
    if not databases:
        return []
    try:
        return [Warning(problem.text, id="measures.W001") for problem in separation_problems()]
    except DatabaseError:
        return []
