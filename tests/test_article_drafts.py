"""A draft from an article's text: proposed, gone through sentence by sentence, published."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.catalogues.editing import locked_draft, merge
from measures.choices import Ruling
from measures.models import Catalogue, CatalogueSentence, Measure
from tests.article_make import TEXT, act, draft, left, measure, operator, said, sentence
from tests.articles_read import known

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db]

__all__ = ["draft", "operator"]  # fixtures are found by their names


def test_headings_become_parts_and_each_thing_a_measure_with_its_place(draft: Catalogue) -> None:
    assert draft.is_draft
    assert draft.title == "关于推进社区食堂建设的意见"
    assert (draft.languages, draft.level_names[-1]) == (["zh-hans"], "措施")
    assert list(draft.pillars.values_list("code", "title").order_by("position")) == [
        ("1", "健全网络"),
        ("2", "加强监管"),
    ]
    assert said() == [
        ("1.1.1", "各区要编制布点规划"),
        ("1.1.2", "建设社区食堂60家"),
        ("1.1.3", "利用闲置房屋改建食堂"),
        ("1.2.1", "每季度公布一次菜价"),
        ("2.1.1", "建立食品留样制度"),
        ("2.1.2", "建立从业人员健康档案"),
        ("2.1.3", "严禁使用过期食材"),
    ]
    assert (measure("1.2.1").source, measure("1.2.1").cadence) == ("1.2.4", "recurring")
    assert measure("1.1.2").detail == "各区要编制布点规划，建设社区食堂60家。"
    assert [one.measures.count() for one in CatalogueSentence.objects.order_by("number")] == [
        *(0, 2, 1, 1, 0, 2, 1)
    ]
    assert left() == [1, 2, 3, 4, 5, 6, 7]


def test_levels_can_be_named_and_fewer_of_them_used(operator: Client) -> None:
    operator.post("/catalogues/article/", {"article": TEXT, "slug": "flat", "levels": "领域、任务"})

    flat = Catalogue.objects.get(slug="flat")
    assert flat.level_names == ["领域", "任务"]
    codes = Measure.objects.shared_by(flat).values_list("code", flat=True)
    assert list(codes) == ["1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3"]


def test_a_sentence_is_accounted_for_by_accepting_or_setting_it_aside(operator: Client) -> None:
    operator.post("/catalogues/article/", {"article": TEXT, "slug": "canteens"})

    for done in ("accept:1", "accept:2", "leave-out:3", "not-asked:5"):
        answer = act(operator, done)
        assert answer["Location"].endswith(f"#s{done[-1]}")
    assert left() == [4, 6, 7]
    assert [sentence(one).verdict for one in (1, 2, 3, 5)] == [
        *(
            Ruling.NOT_ASKED,
            Ruling.ASKED,
            Ruling.LEFT_OUT,
            Ruling.NOT_ASKED,
        )
    ]
    assert [code for code, _title in said()] == ["1.1.1", "1.1.2", "1.2.1", "2.1.1", "2.1.2", "2.1.3"]
    assert "共7句，还有3句没有处理。" in operator.get("/catalogues/canteens/").content.decode()

    act(operator, "propose:3")
    assert said()[2] == ("1.1.3", "利用闲置房屋改建食堂")
    assert left() == [3, 4, 6, 7]


def test_all_of_a_section_and_all_that_are_plain_are_accepted_together(
    operator: Client, draft: Catalogue
) -> None:
    act(operator, "accept-part:4")
    assert left() == [1, 2, 3, 6, 7]

    act(operator, "accept-plain:1")
    assert sentence(7).verdict == Ruling.ASKED
    assert left() == [1]


def test_measures_are_split_merged_reworded_added_and_removed(operator: Client, draft: Catalogue) -> None:
    act(operator, f"split:{measure('1.1.2').pk}", titles="建设社区食堂60家\n\n 每家不少于 20 座 \n")
    assert said()[:4] == [
        ("1.1.1", "各区要编制布点规划"),
        ("1.1.2", "建设社区食堂60家"),
        ("1.1.3", "每家不少于 20 座"),
        ("1.1.4", "利用闲置房屋改建食堂"),
    ]
    assert sentence(2).measures.count() == 3

    act(operator, f"merge:{measure('1.1.4').pk}")
    assert said()[2] == ("1.1.3", "每家不少于 20 座；利用闲置房屋改建食堂")
    assert list(measure("1.1.3").sentences.values_list("number", flat=True).order_by("number")) == [2, 3]
    # The other sentence still asks for it.
    act(operator, "not-asked:3")
    assert said()[2][0] == "1.1.3"

    words = {"title": "食堂座位", "detail": "", "cadence": "standing", "key_terms": "座位，闲置房屋"}
    act(operator, f"edit:{measure('1.1.3').pk}", **words)
    changed = measure("1.1.3")
    assert (changed.title, changed.cadence, changed.key_terms) == (
        "食堂座位",
        "standing",
        ["座位", "闲置房屋"],
    )

    act(operator, "add:5", title="每天供应早餐")
    assert said()[4] == ("1.2.2", "每天供应早餐")
    assert (sentence(5).verdict, measure("1.2.2").source) == (Ruling.ASKED, "1.2.5")

    act(operator, f"remove:{measure('1.2.2').pk}")
    assert 5 in left()
    # Its part is that of the next sentence with one.
    act(operator, "add:1", title="开展食堂建设评估")
    assert said()[0] == ("1.1.1", "开展食堂建设评估")


def test_the_first_measure_has_none_to_merge_with(operator: Client, draft: Catalogue) -> None:
    answer = operator.post(
        "/catalogues/canteens/sentences/", {"act": f"merge:{measure('1.1.1').pk}", "at": "2"}, follow=True
    )

    assert "前面没有措施可以合并。" in answer.content.decode()
    assert len(said()) == 7


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("split", {"titles": "\n".join(["建设食堂"] * 21)}),
        ("split", {"titles": "长" * 201}),
        ("edit", {"title": "长" * 201, "cadence": "once"}),
        ("edit", {"title": "短", "cadence": "once", "key_terms": "、".join("甲" * n for n in range(1, 15))}),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    operator: Client, draft: Catalogue, name: str, typed: dict[str, str]
) -> None:
    answer = act(operator, f"{name}:{measure('1.1.2').pk}", **typed)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'aria-invalid="true"' in page
    assert max(typed.values(), key=len) in page.replace("&#x27;", "'")
    assert len(said()) == 7


def test_publishing_with_sentences_left_asks_first(operator: Client, draft: Catalogue) -> None:
    answer = operator.post("/catalogues/canteens/publish/")

    assert answer.status_code == 422
    assert "还有7句没有处理" in answer.content.decode()
    assert Catalogue.objects.get(pk=draft.pk).is_draft
    act(operator, "accept:1")
    # Another number than was read is asked about again.
    assert operator.post("/catalogues/canteens/publish/", {"unaccounted": "7"}).status_code == 422

    operator.post("/catalogues/canteens/publish/", {"unaccounted": "6"})
    assert not Catalogue.objects.get(pk=draft.pk).is_draft
    # From now on the sentences are read, and nothing is changed.
    assert operator.get("/catalogues/canteens/sentences/").status_code == 200
    assert act(operator, "accept:2").status_code == 404


def test_parts_without_a_measure_are_left_out_when_it_is_published(
    operator: Client, draft: Catalogue
) -> None:
    act(operator, "not-asked:2")
    act(operator, "leave-out:3")
    for number in (1, 4, 5, 6, 7):
        act(operator, f"accept:{number}")
    assert said()[0] == ("1.2.1", "每季度公布一次菜价")

    operator.post("/catalogues/canteens/publish/")
    assert not Catalogue.objects.get(pk=draft.pk).is_draft
    assert [code for code, _title in said()] == ["1.1.1", "2.1.1", "2.1.2", "2.1.3"]
    assert sentence(3).section is None


def test_the_outline_keeps_which_sentences_a_measure_answers(operator: Client, draft: Catalogue) -> None:
    with locked_draft("canteens") as tree:
        rows = list(tree.measures())
        merge(tree, rows[1], rows[2])
        tree.settle()

    assert list(measure("1.1.2").sentences.values_list("number", flat=True).order_by("number")) == [2, 3]


def test_three_hundred_sentences_take_no_more_queries_than_twenty(operator: Client) -> None:
    text, _asked = known("opinion.txt")
    paragraphs = text.split("\n")
    few = "\n".join(paragraphs[:8])
    counts = []
    for slug, article in (("few", few), ("many", "\n".join([text] * 6))):
        operator.post("/catalogues/article/", {"article": article, "slug": slug})
        with CaptureQueriesContext(connection) as queries:
            operator.get(f"/catalogues/{slug}/sentences/")
        counts.append(len(queries))
    sizes = [Catalogue.objects.get(slug=one).sentences.count() for one in ("few", "many")]

    assert sizes[0] <= 25
    assert sizes[1] >= 300
    assert counts[0] == counts[1]
