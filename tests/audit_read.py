"""The audit trail as tests read it."""

import json
from typing import Any

from measures.models import AuditRecord


def newest() -> AuditRecord:
    return AuditRecord.objects.order_by("pk").last()  # type: ignore[return-value]


def actions(after: int = 0) -> list[str]:
    return list(AuditRecord.objects.filter(pk__gt=after).order_by("pk").values_list("action", flat=True))


def read(text: str) -> dict[str, Any]:
    return json.loads(text) if text else {}
