"""What a template may compute and repeat, and what its text may become in the report."""

import io
import zipfile
from typing import Any

import pytest

from measures.reports.template_fields import LISTS, SHORT_LISTS, TEXTS, template_fields
from measures.word import expressions
from measures.word.expressions import DEEPEST, CountedRows, Meter, Names
from measures.word.faults import RefusedError
from measures.word.fill import fill
from measures.word.guard import check_document
from measures.word.package import TEMPLATE
from tests import word_make as make
from tests.reports_make import make_small_report, make_template
from tests.reports_read import docx_text, squeezed
from tests.word_make import OFFICE, WORD, field, instruction, mark, nested, relation, template, text, word

pytestmark = pytest.mark.any_engine

NAMES = Names(TEXTS, LISTS, tuple(SHORT_LISTS))


def filled(data: bytes, **values: Any) -> str:
    """What the template says of a report, filled in this process."""
    return docx_text(fill(data, NAMES, {**template_fields(make_small_report()), **values}))


def fault_of(data: bytes, **values: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        filled(data, **values)
    fault = caught.value.faults[0]
    return fault.message % fault.values


# Expressions and loops


def test_loops_are_at_most_three_deep() -> None:
    filled(template(nested(DEEPEST)))
    filled(template(nested(DEEPEST - 1, "{% for row in items %}x{% endfor %}")))

    for inside in (
        "",
        "{% if title %}" + nested(1) + "{% endif %}",
        "{% for a in owners if title %}{% endfor %}",
    ):
        assert "three deep" in fault_of(template(nested(DEEPEST + (not inside), inside)))
    assert "three deep" in fault_of(template(nested(DEEPEST, "{% for row in items %}{% endfor %}")))


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "title * 1000000000",
            "'a' * 10 ** 9",
            "9 ** 9 ** 9",
            "title ~ title",
            "'%0999999999d' % 1",
            "title + title",
        ),
        *(
            "range(10 ** 9)",
            "title|join(title)",
            "title|replace('', title)",
            "title|center(999999999)",
            "[title] * 9",
        ),
        *(
            "title|format(title)",
            "title.format(title)",
            "title.__class__",
            "(title,) * 9",
            "{'a': 1}",
            "title[0]",
        ),
        *(
            "title|indent(99999999)",
            "title|tojson",
            "loop.cycle(title)",
            "self",
            "lipsum(99)",
            "cycler(1)",
            "-1",
        ),
        *(
            "items|batch(1)",
            "items|list",
            "title is defined",
            "items|map('a')",
            "1 if title else 2 * 3",
            "1 // 2",
        ),
    ],
)
def test_what_computes_calls_or_repeats_is_refused(expression: str) -> None:
    for source in (f"{{{{ {expression} }}}}", f"{{% if {expression} %}}{{% endif %}}"):
        assert fault_of(template(source))


@pytest.mark.parametrize(
    "source",
    [
        *(
            "{% set a = title %}",
            "{% set a %}b{% endset %}",
            "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        ),
        *(
            "{% call a() %}{% endcall %}",
            "{% filter upper %}{% endfilter %}",
            "{% include 'a' %}",
            "{% import 'a' as b %}",
        ),
        *(
            "{% extends 'a' %}",
            "{% block a %}{% endblock %}",
            "{% for a in items recursive %}{{ loop(a) }}{% endfor %}",
        ),
        *(
            "{% with a = 1 %}{% endwith %}",
            "{% autoescape false %}{% endautoescape %}",
            "{% for a in 'aaa' %}{% endfor %}",
        ),
        *(
            "{% for a in items|length %}{% endfor %}",
            "{% for a, b in items %}{% endfor %}",
            "{% do 1 %}",
            "{% break %}",
        ),
        *(
            "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
            "{{ " + "9" * 9_999 + " }}",
            "{{ title" + "|length" * 3_000 + " }}",
        ),
    ],
)
def test_statements_other_than_if_and_for_are_refused(source: str) -> None:
    assert fault_of(template(source))


@pytest.mark.parametrize(
    "source", ["｛｛ as_of ｝｝", "{｛as_of}}", "｛% if title %}x{% endif %}", "｛％ if title ％｝"]
)
def test_braces_of_an_input_method_are_refused_in_words(source: str) -> None:
    assert "half width" in fault_of(template(source))
    filled(template("｛一｝{{ title }}"))


def test_rounds_are_counted_over_the_whole_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "MOST_ROUNDS", 100)
    ten = [{"code": "1"}] * 10

    filled(template(nested(1, "{% for row in sections %}x{% endfor %}")), sections=ten[:9])
    for body in ([nested(2)], [nested(1)] * 11, ["{% for a in sections if not title %}{% endfor %}"] * 11):
        assert "too large" in fault_of(template(*body), sections=ten)
    assert "too large" in fault_of(make_template(nested(1), header=nested(2)), sections=ten)


def test_what_is_written_is_counted_over_the_whole_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "MOST_WRITTEN", 10_000)

    filled(template("{{ title }}" * 10), title="字" * 100)
    assert "too large" in fault_of(template("{{ title }}" * 10), title="字" * 1_000)
    assert "too large" in fault_of(template("{% for row in items %}" + "长" * 5_000 + "{% endfor %}"))


def test_a_list_counts_its_rounds_however_it_is_walked() -> None:
    meter = Meter()
    rows = CountedRows([1, 2, 3], meter)

    assert list(rows) == [1, 2, 3]
    assert len(rows) == 3
    assert meter.rounds == 3


# What a template becomes is checked too


@pytest.mark.parametrize(
    "hidden",
    [
        # Text between quotes in a field becomes markup again.
        '{% raw %}{{ &lt;w:altChunk r:id="rId1"/&gt; }}{% endraw %}',
        "{% raw %}{{ &lt;w:object/&gt; }}{% endraw %}",
    ],
)
def test_markup_that_a_field_hides_is_found_in_the_report(hidden: str) -> None:
    assert fault_of(word(f"<w:p><w:r><w:t>{hidden}</w:t></w:r></w:p>"))


def test_a_field_code_that_a_condition_changes_is_found_in_the_report() -> None:
    """The paragraph with the condition vanishes, and the beginning of the code with it."""
    shown = field(" DATE ", "<w:r><w:t>{%p if title %}</w:t></w:r>")
    data = word(
        f"<w:p>{mark('begin')}</w:p>"
        f"<w:p>{instruction(' IF 1 ')}{shown}</w:p>"
        f"<w:p>{instruction(' DDEAUTO a b ')}{mark('end')}</w:p>"
        f"{text('{%p endif %}')}"
    )
    check_document(data, TEMPLATE)

    assert "DDEAUTO" in fault_of(data)


def test_typed_text_never_becomes_a_field_or_markup() -> None:
    typed = 'DDEAUTO "cmd" <w:altChunk/> {{ title }} {% for %} &lt;w:object/&gt; "'
    data = make_template("{{ title }}", header="{{ title }}")

    assert squeezed(typed) in filled(data, title=typed)


def test_footnotes_are_filled_once_however_many_sections_there_are() -> None:
    section = "<w:p><w:pPr><w:sectPr/></w:pPr></w:p>"
    notes = make.main(f'<w:footnote w:id="1">{text("{{ title }}")}</w:footnote>', "footnotes")
    data = word(
        section * 3 + text("a") + "<w:sectPr/>",
        relation(OFFICE + "footnotes", "footnotes.xml"),
        parts={"word/footnotes.xml": notes},
        types=(make.override("word/footnotes.xml", WORD + "footnotes+xml"),),
    )

    report = fill(data, NAMES, {**template_fields(make_small_report()), "title": "{{ nothing }}"})

    with zipfile.ZipFile(io.BytesIO(report)) as parts:
        notes = parts.read("word/footnotes.xml")
    assert b"{{ nothing }}" in notes
    assert b"{{ title }}" not in notes
