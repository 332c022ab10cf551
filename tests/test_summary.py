"""The summary of a report: its sentences say the report's own figures, as officials would."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from measures.choices import Status
from measures.progress import Counts, add_up
from measures.reports.model import Completeness, Move, MoveKind, Report
from measures.reports.summary import summarise
from measures.reports.words import completeness_words
from tests.make import NOW
from tests.reports_make import make_row


def counts(title: str, late: int = 0, **by_status: int) -> Counts:
    return Counts("", title, dict.fromkeys(Status, 0) | {Status(k): n for k, n in by_status.items()}, late)


def report(*pillars: Counts, untouched: int = 0, since: date | None = None, moves: str = "") -> Report:
    """A report with these pillars; `moves` names kinds of move, one each time."""
    row = make_row(status=Status.NOT_STARTED, updated=None)
    return Report(
        title="进展情况报告",
        organisation="河南",
        catalogue="",
        edition="",
        period="",
        language="zh-hans",
        as_of=date(2026, 9, 30),
        since=since,
        made_at=NOW,
        made_by="",
        filters=(),
        view="",
        summary=(),
        whole=add_up("", "", pillars),
        pillars=pillars,
        owners=(),
        timeline=(),
        completeness=Completeness(0, 0, 0, None),
        rows=(row,) * untouched,
        moves=tuple(Move(MoveKind(kind), "1.1.1", "", "", "", "") for kind in moves.split()),
    )


FULL = report(
    counts("思想引领", late=2, done=1, blocked=1, not_started=2, dropped=1),
    counts("精准赋能", done=2, standing=1, in_progress=1),
    untouched=2,
    since=date(2026, 6, 30),
    moves="finished finished started late due_moved owner_changed",
)


def said(made: Report, language: str) -> list[str]:
    with translation.override(language):
        return list(summarise(made))


def test_the_summary_in_simplified_chinese() -> None:
    assert said(FULL, "zh-hans") == [
        "截至2026年9月30日，河南围绕2个方面承担事项9项，应推进8项。",
        "其中，已完成3项、占37.5%，长期坚持1项、占12.5%，正在推进1项、占12.5%，"
        "推进受阻1项、占12.5%，尚未启动2项、占25.0%。",
        "另有1项经研究终止，不计入上述比例。",
        "已完成和长期坚持合计4项、占50.0%。",
        "分方面看，精准赋能进展较快，应推进事项4项，已完成和长期坚持3项，占75.0%；"
        "思想引领进展相对滞后，应推进事项4项，已完成和长期坚持1项，占25.0%。",
        "与2026年6月30日相比，新完成或转为长期坚持2项，新启动1项，新增逾期1项，调整完成时限1项，变更责任单位1项。",
        "存在的主要问题：逾期2项，推进受阻1项，尚未填报进展2项。",
    ]


def test_the_summary_in_traditional_chinese() -> None:
    assert said(FULL, "zh-hant")[0] == ("截至2026年9月30日，河南圍繞2個方面承擔事項9項，應推進8項。")


def test_the_summary_in_english_counts_one_and_many() -> None:
    assert said(FULL, "en") == [
        "By the end of Sept. 30, 2026, 河南 had 9 items in 2 pillars, of which 8 were to be carried out.",
        "Of these: 3 done (37.5%), 1 standing (12.5%), 1 in progress (12.5%), 1 blocked (12.5%), "
        "2 not started (25.0%).",
        "Another 1 was dropped; it is counted separately and not part of the percentages above.",
        "Done or standing together: 4, or 50.0%.",
        "The most advanced pillar is 精准赋能, with 3 of 4 items done or standing (75.0%); "
        "the least advanced is 思想引领, with 1 of 4 (25.0%).",
        "Since the end of June 30, 2026, 2 were finished or made standing, 1 was started, "
        "1 fell overdue, 1 due date was moved, 1 changed its owner.",
        "As for problems, 2 items are overdue, 1 is blocked, 2 have no update yet.",
    ]


def test_pillars_that_are_equally_far_are_named_together() -> None:
    made = report(counts("甲", done=1, blocked=1), counts("乙", not_started=3), counts("丙", not_started=2))

    assert said(made, "zh-hans")[3] == (
        "分方面看，甲进展较快，应推进事项2项，已完成和长期坚持1项，占50.0%；"
        "乙、丙进展相对滞后，应推进事项5项，已完成和长期坚持0项，占0.0%。"
    )


@pytest.mark.parametrize(
    "pillars", [(counts("甲", not_started=3),), (counts("甲", done=1), counts("乙", standing=2))]
)
def test_nothing_leads_where_nothing_lags(pillars: tuple[Counts, ...]) -> None:
    assert not any("分方面看" in sentence for sentence in said(report(*pillars), "zh-hans"))


def test_a_quiet_report_says_so() -> None:
    made = report(counts("甲", in_progress=3), since=date(2026, 6, 30))

    assert said(made, "zh-hans")[3:] == [
        "与2026年6月30日相比，各事项没有变化。",
        "存在的主要问题：目前没有逾期、受阻事项。",
    ]


def test_a_filtered_report_says_that_it_is_one() -> None:
    made = replace(FULL, filters=(("方面", "1 思想引领"),))

    assert said(made, "zh-hans")[0].startswith("截至2026年9月30日，河南（按筛选条件）围绕2个方面")


def test_what_was_dropped_is_no_denominator() -> None:
    assert said(report(counts("甲", dropped=4)), "zh-hans")[0] == "截至2026年9月30日，河南没有应推进的事项。"


def test_an_empty_report_says_that_nothing_fits() -> None:
    assert said(report(), "zh-hans") == ["没有符合筛选条件的事项。"]


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (
            Completeness(1, 1, 1, 1),
            "Of 1 item, 1 has an owner and 1 has a due date. 1 was updated in this period.",
        ),
        (
            Completeness(8, 7, 6, 5),
            "Of 8 items, 7 have an owner and 6 have a due date. 5 were updated in this period.",
        ),
    ],
)
def test_english_says_how_complete_one_item_is_and_many(known: Completeness, words: str) -> None:
    with translation.override("en"):
        assert completeness_words(replace(FULL, completeness=known)) == words
