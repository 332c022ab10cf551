"""An article becomes a catalogue by the keyboard: pasted, gone through, published."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from measures.choices import Ruling
from measures.models import Catalogue, CatalogueSentence, Measure
from tests.browser.conftest import PageAs

pytestmark = [pytest.mark.browser, pytest.mark.any_engine, pytest.mark.django_db(transaction=True)]

TEXT = """关于办好社区食堂的意见
近年来，社区食堂建设取得明显成效。
一、健全网络
各区要编制布点规划，建设社区食堂60家。利用闲置房屋改建食堂。新建小区预留食堂用房。民以食为天。
二、丰富供给
每季度公布一次菜价。建立营养师联系制度。对高龄老人上门送餐。
三、加强监管
建立食品留样制度、从业人员健康档案。严禁使用过期食材。每月抽检一次。群众的口碑是最好的招牌。
"""


def said() -> list[str]:
    return list(Measure.objects.order_by("position").values_list("title_zh_hans", flat=True))


def test_twelve_sentences_become_a_published_catalogue_by_the_keyboard(page_as: PageAs) -> None:
    page: Page = page_as(User.objects.create_superuser("operator", password="x"))
    page.goto("/catalogues/article/")
    page.locator("[name=article]").fill(TEXT)
    page.locator("form[data-wait] button.main").click()
    expect(page.locator("[data-sentence]")).to_have_count(12)
    assert CatalogueSentence.objects.unaccounted().count() == 12

    def press(keys: str, at: int) -> None:
        """Press keys one after the other; the last one leads back to this sentence, which has the focus."""
        for key in keys.split():
            page.keyboard.press(key)
        expect(page.locator("main:not([aria-busy])")).to_be_attached()
        expect(page.locator(f"#s{at}:focus, #s{at} :focus")).to_be_attached()

    press("a", 1)
    press("j a", 2)
    # The second measure of sentence 2, put to the first.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("m")
    expect(page.locator("#s2 [data-measure]")).to_have_count(1)
    press("u", 3)
    page.keyboard.press("e")
    page.locator("[data-editing] [name=title]").fill("改建闲置房屋")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#s3")).to_contain_text("改建闲置房屋")
    press("a", 3)
    press("u x", 4)
    press("u n", 5)
    page.locator('button[value^="accept-plain"]').click()
    expect(page.locator('button[value^="accept-plain"]')).to_have_count(0)
    while page.locator('[data-key="u"]').count():
        at = str(page.locator('[data-key="u"]').get_attribute("href")).rpartition("#s")[2]
        press("u a", int(at))

    expect(page.locator(".sentences-head")).to_contain_text("12")
    assert not CatalogueSentence.objects.unaccounted().exists()
    assert [one.verdict for one in CatalogueSentence.objects.order_by("number")[:5]] == [
        *(
            Ruling.NOT_ASKED,
            Ruling.ASKED,
            Ruling.ASKED,
            Ruling.LEFT_OUT,
            Ruling.NOT_ASKED,
        )
    ]
    assert said()[:3] == ["各区要编制布点规划；建设社区食堂60家", "改建闲置房屋", "每季度公布一次菜价"]
    page.locator(".sentences-head a.main").click()
    page.locator('form[action$="/publish/"] button').click()
    expect(page.locator(".messages")).to_be_visible()
    assert not Catalogue.objects.get().is_draft
