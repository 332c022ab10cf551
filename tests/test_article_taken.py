"""What is taken as an article, who may send one, and what becomes of its draft."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from measures.models import AuditRecord, Catalogue, CatalogueSentence
from tests.article_make import TEXT, act, draft, left, measure, operator, said

pytestmark = [pytest.mark.any_engine, pytest.mark.django_db]

__all__ = ["draft", "operator"]  # fixtures are found by their names


def test_a_file_is_read_and_its_text_kept_if_something_is_wrong(operator: Client) -> None:
    file = SimpleUploadedFile("意见.txt", TEXT.encode())
    wrong = operator.post("/catalogues/article/", {"file": file, "levels": "一、二、三、四、五"})
    assert wrong.status_code == 422
    assert "利用闲置房屋改建食堂" in wrong.content.decode()

    file.seek(0)
    operator.post("/catalogues/article/", {"file": file})
    assert Catalogue.objects.get().slug.startswith("article-")
    file.seek(0)
    operator.post("/catalogues/article/", {"file": file})
    assert Catalogue.objects.count() == 2


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"article": "今天天气很好。"},
        {"article": "x" * 500_001},
        {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 no")},
        {"file": SimpleUploadedFile("a.docx", b"PK\x03\x04 no")},
        {"file": SimpleUploadedFile("a.txt", "建立制度。".encode()), "article": TEXT},
        {"article": TEXT, "slug": "article"},
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(operator: Client, sent: dict[str, object]) -> None:
    answer = operator.post("/catalogues/article/", sent)

    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert not Catalogue.objects.exists()


def test_a_draft_of_the_same_name_is_not_replaced(operator: Client, draft: Catalogue) -> None:
    answer = operator.post("/catalogues/article/", {"article": TEXT, "slug": "canteens"})

    assert answer.status_code == 422
    assert CatalogueSentence.objects.count() == 7


def test_others_neither_see_the_sentences_nor_act_on_them(draft: Catalogue, administrator: User) -> None:
    other = Client()
    other.force_login(administrator)

    assert other.get("/catalogues/canteens/sentences/").status_code == 403
    assert act(other, "accept:1").status_code == 403
    assert other.post("/catalogues/article/", {"article": TEXT}).status_code == 403
    assert len(left()) == 7


def test_each_act_is_recorded(operator: Client, draft: Catalogue) -> None:
    before = AuditRecord.objects.count()

    for done in ("accept:1", "leave-out:3", "propose:3", f"remove:{measure('1.1.1').pk}", "accept-plain:1"):
        act(operator, done)
    records = AuditRecord.objects.order_by("pk")[before:]
    assert [one.about for one in records] == [draft.title] * 5


def test_deleting_the_draft_deletes_its_sentences(operator: Client, draft: Catalogue) -> None:
    operator.post("/catalogues/canteens/delete/")

    assert not CatalogueSentence.objects.exists()
    assert not Catalogue.objects.exists()


def test_what_a_draft_says_can_be_downloaded_and_loaded_again(operator: Client, draft: Catalogue) -> None:
    before = said()
    sheet = b"".join(operator.get("/catalogues/canteens/file/?format=xlsx"))
    operator.post("/catalogues/load/", {"file": SimpleUploadedFile("canteens.xlsx", sheet)})

    assert said() == before
