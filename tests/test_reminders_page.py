"""The page on which a person chooses what they are reminded of."""

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from measures.choices import ReminderKind
from measures.models import ReminderChoice
from tests.make import SignIn

pytestmark = pytest.mark.any_engine


@pytest.fixture(autouse=True)
def a_site_that_sends_mail(settings: Settings) -> None:
    settings.SENDS_MAIL = True


def test_a_person_switches_kinds_off_and_chooses_a_language(
    editor: User, sign_in: SignIn, english: None
) -> None:
    client = sign_in(editor)
    assert "Overdue" in client.get("/account/reminders/").content.decode()

    answer = client.post("/account/reminders/", {"kinds": ["late"], "language": "zh-hans"})

    assert answer.status_code == 302
    choice = ReminderChoice.objects.get(user=editor)
    assert choice.language == "zh-hans"
    assert set(choice.off) == set(ReminderKind) - {ReminderKind.LATE, ReminderKind.CHASED}


def test_what_is_not_offered_is_refused(editor: User, sign_in: SignIn) -> None:
    answer = sign_in(editor).post("/account/reminders/", {"kinds": ["nonsense"], "language": "fr"})

    assert answer.status_code == 422
    assert not ReminderChoice.objects.exists()


def test_the_page_says_where_messages_go(
    editor: User, sign_in: SignIn, settings: Settings, english: None
) -> None:
    page = "/account/reminders/"
    assert "has no e-mail address" in sign_in(editor).get(page).content.decode()
    User.objects.filter(pk=editor.pk).update(email="editor@example.org")
    assert "Messages go to editor@example.org" in sign_in(editor).get(page).content.decode()
    settings.SENDS_MAIL = False
    assert "does not send reminders yet" in sign_in(editor).get(page).content.decode()
