"""Every page of the demo, walked in both themes and at both widths, by what must hold on each of them."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.arrivals import ROOT, Site, at
from tests.browser.looks import LOOKS, Look
from tests.browser.pages import BY_NAME, PAGES, Shown
from tests.test_access import TABLE

# What a page looks like does not hang on the engine, and walking takes its time.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.any_engine,
]

# Latin words that officials do use: file formats, office programs, and the names of the language switch.
LATIN_ALLOWED = {
    *("English", "XLSX", "XLS", "xlsx", "CSV", "DOCX", "PDF", "JSON", "ZIP", "docx", "KB", "MB", "MiB"),
    *("Excel", "WPS", "LibreOffice", "Word"),
}
# Django's own look: its tables scroll within a box of their own on a phone.
DJANGOS = {"admin", "admin-items", "admin-item"}
# These act and lead on, or answer machines; none of them is a page to look at.
NO_PAGE = {
    *("admin-password", "admin-shortcut", "two-factor-picture", "begin-two-factor", "end-two-factor"),
    *("recovery-codes", "end-session", "end-other-sessions"),
    *("calendar", "make-calendar", "end-calendar"),
    *("sign-out", "language", "theme", "alive", "healthz", "undo"),
    *("write-entry", "withdraw-entry", "confirm-item", "confirm-all", "confirm-wording"),
    # It needs a second edition, which the demo does not have yet.
    "edition-mapping",
    *("add-evidence", "dossier", "evidence-file", "withdraw-evidence"),
    *("notice", "read-chaser", "withdraw-chaser"),
    *("add-milestone", "step-milestone"),
    *("ask", "decide-applications", "grant-application", "return-application", "take-back-application"),
    *("add-unit", "remove-unit", "add-member", "end-member", "member-link"),
    *("invite", "mail-invitations", "withdraw-invitation", "undo-people"),
    *("catalogue-file", "empty-catalogue", "publish-catalogue", "delete-catalogue"),
    *("discard-takeover", "ledger-file", "undo-taken-over"),
    *("save-view", "default-view", "delete-view"),
    *("accept-assignment", "return-assignment"),
    *("open-one", "starting-sheet", "add-local-measure"),
    *("make-periods", "add-period", "delete-period"),
    *("submit-period", "return-period", "accept-period", "reopen-period"),
    *("starting-template", "report-template", "delete-report-template"),
}


def walk(browser: Browser, site: Site, pages: list[Shown]) -> tuple[dict[str, list[str]], set[str]]:
    """What is wrong with each page that has anything wrong with it; the names of the addresses come by.

    One tab for all, since a new one takes a fifth of a second. Each page is reached on a phone.
    """
    context = browser.new_context(base_url=site.url, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_init_script(Axe().axe_script)
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda said: heard.extend(complaints(said)))
    page.on("pageerror", lambda error: heard.append(str(error)))
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    for shown in pages:
        heard.clear()
        LOOKS[0].put_on(page)
        shown.open(page, site)
        faults = dict.fromkeys(fault for look in LOOKS for fault in faults_of(page, shown, look))
        if found := [*heard, *faults]:
            wrong[shown.name] = found
        if shown.name != "problem-404":
            seen.add(resolve(re.sub("^https?://[^/]+|[?#].*", "", page.url)).url_name or "")
        # What somebody typed or ticked would come back on the next page.
        page.evaluate("sessionStorage.clear()")
    context.close()
    return wrong, seen


def faults_of(page: Page, shown: Shown, look: Look) -> list[str]:
    look.put_on(page)
    said, lang = look.words(page)
    # A template's fields are named alike in every language.
    words = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"{{ \w+ }}", "", said)))
    found = sorted(words - LATIN_ALLOWED)
    if lang != "zh-hans":
        found.append("not marked as zh-hans")
    found += look.wider(page) if shown.name in DJANGOS else look.misfits(page)
    return found + look.barriers(page)


def complaints(said: ConsoleMessage) -> list[str]:
    """What a page complains of, but for its own status."""
    about_page = said.text.startswith("Failed to load resource") and "/static/" not in said.location["url"]
    return [said.text] if said.type == "error" and not about_page else []


def test_every_page_is_accessible_chinese_and_fits(browser: Browser, demo_site: Site) -> None:
    wrong, seen = walk(browser, demo_site, PAGES)

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


def test_a_phone_shows_a_leader_the_figures_and_what_is_late_at_once(
    browser: Browser, demo_site: Site
) -> None:
    context = browser.new_context(
        base_url=demo_site.url, locale="zh-CN", viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    overview = Shown("overview-viewer", at(f"{ROOT}/"), user="viewer")
    for shown, figures, late in (
        (BY_NAME["todo-viewer"], ".three a", ".lines a"),
        (overview, ".headline a", ".rows li"),
    ):
        shown.open(page, demo_site)
        for seen in (page.locator(figures).nth(2), page.locator(late).nth(1)):
            box = seen.bounding_box()
            assert box
            assert box["y"] + box["height"] < 740, shown.name

    BY_NAME["items"].open(page, demo_site)
    row = page.locator("tbody[data-row]").first.bounding_box()
    assert row
    assert row["y"] < 300
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
