"""Where an answer leads back to: an address on this site, however it was asked for."""

import ast

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from measures.models import Checklist
from measures.origin import safe_return
from tests.make import SignIn
from tests.test_structure import sources

ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example",
    "javascript:alert(1)",
    "",
]
ITEM = "/checklists/henan/items/1.1.1/"


@pytest.mark.no_database
@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_answer_leads_to_another_site(address: str) -> None:
    assert safe_return(RequestFactory().get("/"), address, otherwise="/home/") == "/home/"


@pytest.mark.no_database
@pytest.mark.parametrize("address", ["/checklists/?sort=name", "http://testserver/checklists/"])
def test_an_answer_leads_back_on_this_site(address: str) -> None:
    assert safe_return(RequestFactory().get("/"), address, otherwise="/home/") == address


@pytest.mark.no_database
def test_a_secure_site_leads_back_to_no_plain_address() -> None:
    request = RequestFactory().get("/", secure=True)
    assert safe_return(request, "http://testserver/checklists/", otherwise="/home/") == "/home/"


@pytest.mark.slow
@pytest.mark.no_database
def test_one_function_decides_where_an_answer_may_lead() -> None:
    asking = [
        path.as_posix()
        for path, tree in sources("measures", "config")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("url_has_allowed_host_and_scheme")
    ]

    assert asking == ["measures/origin.py"], "Call origin.safe_return."


@pytest.mark.parametrize("address", ELSEWHERE)
def test_saving_an_item_leads_to_the_item_in_place_of_another_site(
    address: str, checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    response = sign_in(administrator).post(ITEM, {"version": "1", "status": "in_progress", "next": address})
    assert response.headers["Location"] == ITEM


def test_a_page_for_a_missing_token_links_to_no_other_site(checklist: Checklist, administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    response = client.post(ITEM, {"notes": "已印发"}, headers={"Referer": "https://elsewhere.example/"})

    assert response.status_code == 403
    assert "elsewhere.example" not in response.content.decode()
