"""Every page of the demo, walked in both themes and at both widths, by what must hold on each of them."""

import re
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.arrivals import Site
from tests.browser.pages import BY_NAME, PAGES
from tests.test_access import TABLE

# What a page looks like does not hang on the engine, and walking takes its time.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_engine,
]

# Latin words that officials do use: file formats, office programs, and the names of the language switch.
LATIN_ALLOWED = {
    *("English", "XLSX", "CSV", "DOCX", "PDF", "JSON", "ZIP", "docx", "KB", "MB", "MiB"),
    *("Excel", "WPS", "LibreOffice", "Word"),
}
# What is right need not be listed, which takes half as long again.
VIOLATIONS: dict[str, Any] = {"resultTypes": ["violations"]}
# What a theme or a width can break; all else is the same in every theme and at every width.
BY_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
RULES: dict[str, dict[str, Any]] = {
    "light": VIOLATIONS,
    "dark": VIOLATIONS | {"runOnly": {"type": "rule", "values": BY_LOOK}},
}
# These act and lead on, or answer machines; none of them is a page to look at.
NO_PAGE = {
    *("admin-password", "admin-shortcut", "two-factor-picture", "begin-two-factor", "end-two-factor"),
    *("recovery-codes", "end-session", "end-other-sessions"),
    *("calendar", "make-calendar", "end-calendar"),
    *("sign-out", "language", "theme", "alive", "healthz", "undo"),
    *("write-entry", "withdraw-entry", "confirm-item", "confirm-all"),
    *("add-evidence", "dossier", "evidence-file", "withdraw-evidence"),
    *("notice", "read-chaser"),
    *("add-milestone", "step-milestone"),
    *("ask", "decide-applications", "grant-application", "return-application", "take-back-application"),
    *("add-unit", "remove-unit", "add-member", "end-member", "member-link"),
    *("invite", "withdraw-invitation", "undo-people"),
    *("save-view", "default-view", "delete-view"),
    *("accept-assignment", "return-assignment"),
    *("open-one", "starting-sheet", "add-local-measure"),
    *("make-periods", "add-period", "delete-period"),
    *("submit-period", "return-period", "accept-period", "reopen-period"),
    *("starting-template", "report-template", "delete-report-template"),
}


Walked = tuple[dict[str, list[str]], set[str]]


def walk(browser: Browser, site: Site, *, theme: str, width: int) -> Walked:
    """What is wrong with each page that has anything wrong with it; the names of the addresses come by."""
    context = browser.new_context(
        base_url=site.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
    )
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    for shown in PAGES:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", partial(listen, refused))
        shown.open(page, site)
        found = [text for text in refused if "Content Security Policy" in text]
        found += [*foreign_words(page), *accessibility(page, RULES[theme])]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"wider than {width} px")
        if page.locator("html").get_attribute("lang") != "zh-hans":
            found.append("not marked as zh-hans")
        if found:
            wrong[shown.name] = found
        if shown.name != "problem-404":
            seen.add(resolve(re.sub("^https?://[^/]+|[?#].*", "", page.url)).url_name or "")
        page.close()
    context.close()
    return wrong, seen


def foreign_words(page: Page) -> list[str]:
    """Latin words of two letters and more that a Chinese reader would meet."""
    text = page.locator("body").inner_text()
    attributes = page.eval_on_selector_all(
        ":is([aria-label], [title], [placeholder]):not([translate=no])",
        "all => all.map(e => [e.ariaLabel, e.title, e.placeholder].join(' ')).join(' ')",
    )
    untranslated = page.locator("kbd, [translate=no], .slug").all_inner_texts()
    names = set(re.findall(r"[A-Za-z]{2,}", " ".join(untranslated)))
    # A template's fields are named alike in every language.
    said = re.sub(r"{{ \w+ }}", "", f"{text} {attributes}")
    return sorted(set(re.findall(r"[A-Za-z]{2,}", said)) - LATIN_ALLOWED - names)


def accessibility(page: Page, rules: dict[str, Any]) -> list[str]:
    violations = Axe().run(page, options=rules).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in violations for node in v["nodes"][:2]]


def listen(heard: list[str], said: ConsoleMessage) -> None:
    heard.append(said.text)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 360)])
def test_every_page_is_accessible_chinese_and_fits(
    browser: Browser, demo_site: Site, theme: str, width: int
) -> None:
    wrong, seen = walk(browser, demo_site, theme=theme, width=width)

    assert not wrong, "\n".join(f"{name}: {text}" for name, texts in wrong.items() for text in texts)
    assert not set(TABLE) - NO_PAGE - seen, "A page that is not in PAGES is looked at by nobody."


def test_the_first_rows_of_the_list_stand_on_the_first_screen(browser: Browser, demo_site: Site) -> None:
    context = browser.new_context(
        base_url=demo_site.url, locale="zh-CN", viewport={"width": 1280, "height": 800}
    )
    for name, rows in (("items", 10), ("items-filtered", 2)):
        page = context.new_page()
        BY_NAME[name].open(page, demo_site)
        row = page.locator("tbody[data-row]").nth(rows - 1).bounding_box()
        assert row
        assert row["y"] + row["height"] < 800, name
        page.close()
    context.close()


def test_a_hint_is_shown_until_its_reader_has_got_it(browser: Browser, demo_site: Site) -> None:
    context = browser.new_context(base_url=demo_site.url, locale="zh-CN")
    page = context.new_page()
    BY_NAME["items"].open(page, demo_site)
    hint = page.locator("[data-hint=list]")
    assert hint.is_visible()
    assert "?" in hint.inner_text()

    hint.get_by_role("button", name="知道了").click()
    assert not hint.is_visible()
    page.reload()
    assert not hint.is_visible()
    BY_NAME["items-viewer"].open(page, demo_site)
    assert hint.count() == 0
    context.close()
