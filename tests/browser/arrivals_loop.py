"""How the walks come to pages of the loop between the office and its units."""

from playwright.sync_api import Page

from measures.models import Chaser
from tests.browser.arrivals import Site


def chaser(page: Page, site: Site) -> None:
    """One that waits for the answer of the editor's unit."""
    page.goto(Chaser.objects.waiting().get(unit__name="干部教育处").get_absolute_url())
