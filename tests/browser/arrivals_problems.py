"""How users come to the pages of errors and of outages, and to the style guide."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.arrivals import ROOT, Site


def too_many_fields(page: Page, site: Site) -> None:
    page.goto("/password/")
    page.evaluate(
        """() => {
          const form = document.querySelector("main form");
          for (let n = 0; n < 1100; n++) {
            form.append(Object.assign(document.createElement("input"), { name: n }));
          }
          form.submit();
        }"""
    )
    page.wait_for_selector(".narrow h1")


def token_missing(page: Page, site: Site) -> None:
    page.goto("/password/")
    page.evaluate(
        """() => {
          document.querySelector("main [name=csrfmiddlewaretoken]").remove();
          document.querySelector("main form").submit();
        }"""
    )
    expect(page.locator("body[data-lost]")).to_be_visible()


def broken(page: Page, site: Site) -> None:
    with site.monkeypatch.context() as patched:
        patched.setattr("measures.views.site.home.rights_of", None)
        page.goto("/checklists/")


def maintained(page: Page, site: Site) -> None:
    with there(site.settings.MAINTENANCE_FILE):
        page.goto(f"{ROOT}/")


def styleguide(page: Page, site: Site) -> None:
    site.settings.DEBUG = True
    page.goto("/styleguide/")
    site.settings.DEBUG = False


@contextmanager
def there(file: Path) -> Iterator[None]:
    """The file exists meanwhile."""
    file.touch()
    try:
        yield
    finally:
        file.unlink()
