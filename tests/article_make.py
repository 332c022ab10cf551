"""A draft from an article, and what is in it."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from measures.models import Catalogue, CatalogueSentence, Measure

TEXT = """关于推进社区食堂建设的意见
近年来，我市社区食堂建设取得明显成效。
一、健全网络
（一）合理布局
各区要编制布点规划，建设社区食堂60家。利用闲置房屋改建食堂。
（二）丰富供给
每季度公布一次菜价。民以食为天。
二、加强监管
（一）守住底线
建立食品留样制度、从业人员健康档案。严禁使用过期食材。
"""


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator", password="x"))
    return client


@pytest.fixture
def draft(operator: Client) -> Catalogue:
    operator.post("/catalogues/article/", {"article": TEXT, "slug": "canteens"})
    return Catalogue.objects.get(slug="canteens")


def act(client: Client, name: str, **more: str) -> HttpResponse:
    return client.post("/catalogues/canteens/sentences/", {"act": name, "at": "1", **more})  # type: ignore[return-value]


def said() -> list[tuple[str, str]]:
    """The measures with their codes, in order; codes say the same order, and positions have no gap."""
    found = list(Measure.objects.filter(section__pillar__catalogue__slug="canteens").order_by("position"))
    assert [one.position for one in found] == list(range(1, len(found) + 1))
    assert [one.code for one in found] == sorted(one.code for one in found)
    return [(one.code, one.title) for one in found]


def sentence(number: int) -> CatalogueSentence:
    return CatalogueSentence.objects.get(catalogue__slug="canteens", number=number)


def measure(code: str) -> Measure:
    return Measure.objects.get(section__pillar__catalogue__slug="canteens", code=code)


def left() -> list[int]:
    return list(CatalogueSentence.objects.unaccounted().values_list("number", flat=True).order_by("number"))
