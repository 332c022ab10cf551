"""Custom templates: filled with the report, or refused with the place of the error."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from django.utils import translation

from measures.choices import Status
from measures.reports.document import chapter_words
from measures.reports.docx_template import LARGEST, TemplateFault, validate_template, write_with
from measures.reports.start_template import start_template
from measures.reports.template_fields import LISTS, SHORT_LISTS, TEXTS, template_fields
from measures.reports.text.tell import told_text
from tests.reports_make import HOSTILE, make_report, make_small_report, make_template
from tests.reports_read import docx_text, squeezed

pytestmark = [pytest.mark.slow, pytest.mark.any_engine]


def repacked(
    data: bytes, change_part: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None
) -> bytes:
    """The package with each part changed, and more parts in it."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change_part(name, old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return output.getvalue()


def fault_of(data: bytes) -> str:
    with translation.override("en"), pytest.raises(TemplateFault) as caught:
        validate_template(data)
    return str(caught.value)


def test_every_field_that_is_documented_can_be_filled_in() -> None:
    lists = [
        f"{{% for row in {name} %}}" + "".join(f"[{{{{ row.{field} }}}}]" for field in names) + "{% endfor %}"
        for name, names in LISTS.items()
    ]
    data = make_template(*(f"{name}: {{{{ {name} }}}}" for name in TEXTS), *lists)
    validate_template(data)
    report = make_report(measures=3)

    said = docx_text(write_with(data)(report))

    assert "organisation:河南" in said
    assert f"total:{report.whole.total}" in said
    assert f"done:{report.whole.by_status[Status.DONE]}" in said
    assert f"well_share:{report.whole.well_share:.1f}%" in said
    assert f"[{report.rows[7].code}][{report.rows[7].title}]" in said
    assert "as_of:2026年9月30日" in said


def test_the_documentation_names_every_field() -> None:
    docs = Path(__file__).parent.parent / "docs"
    page = "".join((docs / name).read_text(encoding="utf-8") for name in ("reports.md", "report-schema.md"))

    names = {*TEXTS, *LISTS, *(name for names in LISTS.values() for name in names)}
    assert not {name for name in names if f"`{name}`" not in page}
    assert set(template_fields(make_small_report())) == {*TEXTS, *LISTS}


def test_the_documentation_names_no_field_that_there_is_not() -> None:
    page = (Path(__file__).parent.parent / "docs" / "reports.md").read_text(encoding="utf-8")
    listed = page.split("Texts of the report in words:")[1].split("A loop over items, moves or updates")[0]

    of_rows = {name for names in LISTS.values() for name in names}
    documented = set(re.findall(r"`([a-z_]+)`", listed))
    assert documented - {*TEXTS, *LISTS, *of_rows} == set()
    assert {*TEXTS, *LISTS} - documented == set()


def test_what_people_typed_is_text_in_a_template_too() -> None:
    data = make_template("{% for row in items %}{{ row.notes }}{% endfor %}")

    said = docx_text(write_with(data)(make_report(measures=3)))

    assert all(squeezed(text) in said for text in HOSTILE[:4])


def test_a_table_has_a_row_for_each_of_a_list() -> None:
    data = make_template(rows=("{%tr for row in items %}", "{{ row.code }}", "{%tr endfor %}"))
    validate_template(data)
    report = make_report(measures=3)

    table = docx.Document(io.BytesIO(write_with(data)(report))).tables[0]

    assert [row.cells[0].text for row in table.rows] == [row.code for row in report.rows]


def test_a_field_in_the_page_head_and_in_the_documents_title_is_filled_in() -> None:
    data = make_template("", header="{{ organisation }}", title="{{ title }}")
    validate_template(data)

    word = docx.Document(io.BytesIO(write_with(data)(make_small_report())))

    assert word.sections[0].header.paragraphs[0].text == "河南"
    assert word.core_properties.title == "进展情况报告"


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_the_template_to_begin_with_passes_and_says_all_that_the_report_says(language: str) -> None:
    with translation.override(language):
        data = start_template()
        validate_template(data)
        report = make_report(measures=3, language=language)
        choice = replace(report.choice, title="关于任务的报告", to="省委组织部", signed="督查室")
        report = replace(report, choice=choice)
        chapters = [chapter_words(chapter) for chapter in told_text(report)]
        filled = template_fields(report)

    said = docx_text(write_with(data)(report))

    assert all(squeezed(f"{one.code}{one.title}{one.total}") in said for one in report.pillars)
    assert all(squeezed(text) in said for text in chapters)
    assert all(text in said for text in ("关于任务的报告", "省委组织部", "督查室"))
    assert squeezed(str(filled["made_on"])) in said
    assert squeezed(str(filled["annexes"])) in said
    for name in ("troubles", "ledger"):
        assert filled[name]
        for row in filled[name]:
            assert isinstance(row, dict)
            assert squeezed(row["code"] + row["title"]) in said
            assert squeezed(row.get("entry") or row["reason"]) in said


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        (
            ("好", "见 {{ organization }} 的"),
            "Text, paragraph 2, “见 {{ organization }} 的”: There is no field “organization”.",
        ),
        (("{% for row in items %}{{ row.colour }}{% endfor %}",), "There is no field “row.colour”."),
        (("{{ title ",), "is not a valid field"),
        (("{% if done %}",), "is not a valid field"),
        (("{% for row in things %}{% endfor %}",), "A loop has the form"),
        (("{{ items }}",), "“items” contains several fields"),
        (("{{ title|upper }}",), "There is no filter “upper”"),
        (("{{ title.__class__ }}",), "There is no field “title.__class__”"),
        (("{{ ''.__class__.__mro__ }}",), "There is no field"),
        (("{{ cycler.__init__.__globals__ }}",), "There is no field"),
        (("{{ title * 1000000000 }}",), "“Mul” is not allowed"),
        (("{{ range(9) }}",), "“Call” is not allowed"),
        (("{% set x = title %}",), "“Assign” is not allowed"),
        (("{% include 'x' %}",), "“Include” is not allowed"),
        (
            ("{% for a in items %}{% for b in items %}{% endfor %}{% endfor %}",),
            "cannot contain another loop",
        ),
    ],
)
def test_a_template_with_a_fault_is_refused_with_its_place(texts: tuple[str, ...], fault: str) -> None:
    assert fault in fault_of(make_template(*texts))


def test_a_fault_in_the_page_head_or_the_properties_is_found_and_named() -> None:
    assert fault_of(make_template("", header="{{ nothing }}")).startswith("Header")
    assert fault_of(make_template("", title="{{ nothing }}")).startswith("Document properties")


def test_a_short_list_may_hold_a_long_one() -> None:
    inner = "{% for row in items %}{% if row.pillar == one.title %}{{ row.code }}{% endif %}{% endfor %}"

    validate_template(make_template("{% for one in pillars %}" + inner + "{% endfor %}"))
    assert {"pillars", "owners"} <= set(SHORT_LISTS)


def test_what_is_no_word_document_is_refused() -> None:
    empty = io.BytesIO()
    with zipfile.ZipFile(empty, "w") as package:
        package.writestr("a.txt", "a")
    for data in (b"", b"PK\x03\x04", b"%PDF-1.7", empty.getvalue(), make_template("a")[:-400]):
        assert "not a Word document" in fault_of(data)
    packed_otherwise = io.BytesIO()
    with zipfile.ZipFile(packed_otherwise, "w", zipfile.ZIP_LZMA) as package:
        for name in ("[Content_Types].xml", "word/document.xml"):
            package.writestr(name, "a")
    assert "not a Word document" in fault_of(packed_otherwise.getvalue())
    # Bytes in the middle of what was packed: no checksum comes before the unpacking.
    torn = bytearray(make_template("a"))
    torn[200:260] = b"\xff" * 60
    assert "not a Word document" in fault_of(bytes(torn))
    broken = repacked(make_template("a"), lambda name, part: b"<w:" if name == "word/document.xml" else part)
    assert "not a Word document" in fault_of(broken)


def test_a_large_file_and_one_that_unpacks_to_a_large_one_are_refused() -> None:
    assert "larger than 2 MiB" in fault_of(b"P" * (LARGEST + 1))
    bomb = repacked(make_template("a"), lambda _name, part: part, {"word/media/a.bin": b"\0" * 30_000_000})
    assert len(bomb) < LARGEST
    assert "The file is too large when unpacked" in fault_of(bomb)
    many = repacked(make_template("a"), lambda _name, part: part, {f"a{n}": b"" for n in range(500)})
    assert "The file is too large when unpacked" in fault_of(many)
    assert "too much text" in fault_of(make_template(*["一" * 1000] * 400))
    assert "too much text" in fault_of(make_template(*["{{ title }}"] * 2_001))


def test_macros_and_what_is_fetched_from_elsewhere_are_refused() -> None:
    def with_relation(name: str, part: bytes) -> bytes:
        if name != "word/_rels/document.xml.rels":
            return part
        kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
        relation = (
            b'<Relationship Id="rIdX" TargetMode="External" Type="%s" Target="http://example.com/a.dotm"/>'
            % kind
        )
        return part.replace(b"</Relationships>", relation + b"</Relationships>")

    def with_entity(name: str, part: bytes) -> bytes:
        return part.replace(b"<w:document", b'<!DOCTYPE a [<!ENTITY b "b">]><w:document', 1)

    plain = make_template("a")
    assert "macros" in fault_of(repacked(plain, lambda _n, part: part, {"word/vbaProject.bin": b"a"}))
    assert "attached to another Word template" in fault_of(repacked(plain, with_relation))
    assert "XML that Word does not write" in fault_of(repacked(plain, with_entity))
