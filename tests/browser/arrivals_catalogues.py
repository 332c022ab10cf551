"""How the operator reaches the pages on which catalogues are loaded and written."""

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page

from measures.catalogues.begin import copy_edition
from measures.models import Catalogue, Measure
from tests.browser.arrivals import Site


def as_operator(page: Page, site: Site, address: str) -> None:
    User.objects.get_or_create(username="operator", defaults={"is_superuser": True, "first_name": "运维"})
    site.sign_in(page.context, "operator")
    page.goto(address)


def loading_a_catalogue(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/load/")


def beginning_a_catalogue(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/new/")


def beginning_an_edition(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/new/?from=henan-cadres")


def the_draft() -> Catalogue:
    """The next edition of the demo's catalogue, as it is begun."""
    if draft := Catalogue.objects.filter(slug="henan-cadres-2").first():
        return draft
    previous = Catalogue.objects.get(slug="henan-cadres")
    values = {"date": timezone.localdate()}
    return copy_edition(
        previous, "henan-cadres-2", values, at=timezone.now(), by=User.objects.get(username="operator")
    )


def of_a_draft(page: Page, site: Site, opened: str) -> None:
    as_operator(page, site, "/catalogues/")
    draft = the_draft()
    measure = Measure.objects.shared_by(draft)[2]
    page.goto(f"/catalogues/{draft.slug}/outline/?{opened}=m{measure.pk}#m{measure.pk}")


def writing_a_draft(page: Page, site: Site) -> None:
    of_a_draft(page, site, "at")


def adding_to_a_draft(page: Page, site: Site) -> None:
    of_a_draft(page, site, "add")


def splitting_a_measure(page: Page, site: Site) -> None:
    of_a_draft(page, site, "split")


def correcting_words(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/")
    measure = Measure.objects.shared_by(Catalogue.objects.get(slug="henan-cadres"))[2]
    page.goto(f"/catalogues/henan-cadres/words/m{measure.pk}/")
