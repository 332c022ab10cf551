"""Templates are filled in a child process within bounds; a bad one gives its reader a page of reasons."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from measures.models import Checklist, ReportTemplate
from measures.reports import docx_template
from measures.reports.docx_template import CHILD, TemplateFault, validate_template, write_with
from tests.make import NOW, SignIn
from tests.reports_make import make_small_report, make_template
from tests.word_make import OFFICE, field, nested, relation, text, word

pytestmark = [pytest.mark.slow, pytest.mark.any_engine]


def test_the_child_needs_no_django() -> None:
    look = (
        f"import runpy, sys; sys.argv = ['child']; runpy.run_path({str(CHILD)!r}, run_name='child');"
        "print([name for name in sys.modules if name.startswith(('django', 'measures.m', 'measures.r'))])"
    )

    done = subprocess.run([sys.executable, "-I", "-c", look], capture_output=True, check=True, text=True)

    assert done.stdout.strip() == "[]"


def child_that(code: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts another program in the child's place, with the child's own limits."""
    program = tmp_path / "child.py"
    program.write_text(
        f"import sys; sys.path.insert(0, {str(CHILD.parents[2])!r})\n"
        f"from measures.word.child import limit\nlimit(int(sys.argv[1]))\n{code}\n"
    )
    monkeypatch.setattr(docx_template, "CHILD", program)


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "a = b'1' * 2 ** 40",
        "a = []\nwhile True: a.append('a' * 10 ** 6)",
        "raise ValueError",
        "sys.exit(1)",
    ],
)
def test_a_child_that_takes_too_much_is_ended_and_told_of_in_words(
    code: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    child_that(code, tmp_path, monkeypatch)
    monkeypatch.setattr(docx_template, "TO_FILL", 1)

    with translation.override("en"), pytest.raises(TemplateFault, match="too much time or memory"):
        write_with(b"")(make_small_report(language="en"))


def test_a_template_that_is_slow_to_read_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_template, "TO_CHECK", 1)
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    with translation.override("en"), pytest.raises(TemplateFault, match="too much time or memory"):
        validate_template(word(text("{{ " * 300_000)))

    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 2.5


def test_a_child_that_sleeps_is_ended(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    child_that("import time; time.sleep(60)", tmp_path, monkeypatch)
    monkeypatch.setattr(docx_template, "WAIT", 1)
    began = time.monotonic()

    with pytest.raises(TemplateFault):
        validate_template(b"")

    assert time.monotonic() - began < 20


# The reader


def kept(checklist: Checklist, data: bytes) -> ReportTemplate:
    """A template that an older release let pass."""
    return ReportTemplate.objects.create(checklist=checklist, name="旧模板", content=data, uploaded_at=NOW)


def old_templates() -> Iterator[tuple[str, bytes]]:
    image = relation(OFFICE + "image", "http://127.0.0.1:9/hyperlink.png", "External")
    yield "relation", word("", image)
    yield "DDEAUTO", word(f"<w:p>{field(' DDEAUTO a b ')}</w:p>")
    yield "three deep", make_template(nested(9))
    yield "Word document", b"nonsense"


@pytest.mark.django_db
def test_a_reader_of_a_bad_template_gets_a_page_with_the_reasons(
    checklist: Checklist, viewer: User, sign_in: SignIn
) -> None:
    client = sign_in(viewer)
    for words, data in old_templates():
        template = kept(checklist, data)
        response = client.get(
            f"/checklists/henan/report/?format=docx&template={template.pk}", headers={"Accept-Language": "en"}
        )
        page = response.content.decode()
        assert response.status_code == 422
        assert "The template cannot be used" in page
        assert "administrator of the checklist" in page
        assert words in page or words == "relation"
        template.delete()
    assert client.get("/checklists/henan/report/?format=docx").status_code == 200


@pytest.mark.django_db
def test_the_site_goes_on_while_a_template_takes_all_it_can_get(
    checklist: Checklist, viewer: User, sign_in: SignIn, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = kept(checklist, make_template("a"))
    child_that("while True: pass", tmp_path, monkeypatch)
    monkeypatch.setattr(docx_template, "TO_FILL", 1)
    client = sign_in(viewer)

    assert client.get(f"/checklists/henan/report/?format=docx&template={template.pk}").status_code == 422
    assert client.get("/checklists/henan/report/").status_code == 200
