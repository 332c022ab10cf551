"""The table of rights in docs/security.md is the one that the code reads."""

from pathlib import Path

from django.conf import settings

from measures.choices import Role
from measures.rights.roles import TABLE, Action


def test_the_documented_table_of_rights_is_the_true_one() -> None:
    lines = (Path(settings.BASE_DIR) / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("| action |"))
    roles = [cell.strip().lower() for cell in lines[start].strip("|").split("|")[1:]]
    documented = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        action, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        documented[action] = {role for role, cell in zip(roles, cells, strict=True) if cell == "yes"}

    assert set(roles) == set(Role.values)
    assert documented == {
        str(action): {str(role) for role in Role if action in TABLE[role]} for action in Action
    }
