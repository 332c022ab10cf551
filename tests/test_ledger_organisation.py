"""Whose ledger it is, by its title."""

import pytest

from measures.takeover.organisation import organisation_of

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize(
    ("title", "whose"),
    [
        ("青岚县2026年重点工作任务分解表", "青岚县"),
        ("2026年云岚市重大改革任务推进台账", "云岚市"),
        ("组织部任务落实台账", "组织部"),
        ("县委办公室督办事项台账", "县委办公室"),
        ("市自然资源和规划局问题整改清单", "市自然资源和规划局"),
        ("青嵐縣2026年重點工作任務分解表", "青嵐縣"),
        ("重点工作部署台账", ""),
        ("全市重点任务清单", ""),
        ("Work plan 2026", ""),
        ("", ""),
    ],
)
def test_a_ledger_is_named_after_the_organisation_of_its_title(title: str, whose: str) -> None:
    assert organisation_of(title) == whose
