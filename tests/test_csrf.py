"""No address takes a form without its token."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from measures.models import Checklist
from tests.everybody import checklist, everybody, rows_of_everything
from tests.test_access import TABLE

# Middleware refuses such a form before anything asks the database.
pytestmark = [pytest.mark.slow, pytest.mark.any_engine]

__all__ = ["checklist", "everybody"]  # fixtures are found by their names


@pytest.mark.parametrize("name", TABLE)
def test_no_address_takes_a_form_without_its_token(
    name: str, everybody: dict[str, User | None], checklist: Checklist
) -> None:
    address = reverse(name, args=TABLE[name].arguments)
    for who in ("anonymous", "administrator", "superuser"):
        client = Client(enforce_csrf_checks=True)
        if user := everybody[who]:
            client.force_login(user)
        before = rows_of_everything()

        assert client.post(address, {"name": "forged"}).status_code == 403, f"{address} as {who}"
        assert rows_of_everything() == before


def test_a_post_without_a_token_is_refused(checklist: Checklist, everybody: dict[str, User | None]) -> None:
    client = Client(enforce_csrf_checks=True)
    assert everybody["administrator"]
    client.force_login(everybody["administrator"])

    response = client.post("/checklists/henan/items/1.1.1/", {"status": "done"})

    assert response.status_code == 403
    assert checklist.items.filter(status="done").count() == 0
