"""How the operator reaches the pages on which catalogues are loaded and written."""

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from measures.articles.propose import propose
from measures.catalogues.begin import copy_edition
from measures.catalogues.from_article import draft_of_article, outline_of_article
from measures.catalogues.sentences import take_proposals
from measures.models import Catalogue, CatalogueSentence, Measure
from tests.articles_read import known
from tests.browser.arrivals import Arrive, Site


def as_operator(page: Page, site: Site, address: str) -> None:
    User.objects.get_or_create(username="operator", defaults={"is_superuser": True, "first_name": "运维"})
    site.sign_in(page.context, "operator")
    page.goto(address)


def loading_a_catalogue(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/load/")


def beginning_a_catalogue(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/new/")


def beginning_an_edition(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/new/?from=henan-cadres-2")


def the_draft() -> Catalogue:
    """The next edition of the demo's catalogue, as it is begun."""
    if draft := Catalogue.objects.filter(slug="henan-cadres-2-2").first():
        return draft
    previous = Catalogue.objects.get(slug="henan-cadres-2")
    values = {"date": timezone.localdate()}
    return copy_edition(
        previous, "henan-cadres-2-2", values, at=timezone.now(), by=User.objects.get(username="operator")
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
    measure = Measure.objects.shared_by(Catalogue.objects.get(slug="henan-cadres-2"))[2]
    page.goto(f"/catalogues/henan-cadres-2/words/m{measure.pk}/")


def an_article(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/article/")


def an_article_without_a_title(page: Page, site: Site) -> None:
    an_article(page, site)
    page.locator('[name="article"]').fill("建立食品留样制度。严禁使用过期食材。")
    page.locator("form[data-wait] button.main").click()
    expect(page.locator("[aria-invalid=true]")).to_be_visible()


def draft_of_an_article(page: Page, site: Site) -> None:
    as_operator(page, site, "/catalogues/")
    operator = User.objects.get(username="operator")
    if not Catalogue.objects.filter(slug="libraries").exists():
        outline, placed = outline_of_article(propose(known("opinion.txt")[0]))
        now = timezone.now()
        draft = draft_of_article(outline, placed, slug="libraries", day=now.date(), at=now, by=operator)
        chosen = CatalogueSentence.objects.filter(catalogue=draft, number__in=(1, 2, 3, 4, 7, 8, 9))
        take_proposals(draft, chosen, at=now, by=operator)


def sentences_of_an_article(form: str = "") -> Arrive:
    def arrive(page: Page, site: Site) -> None:
        draft_of_an_article(page, site)
        page.goto("/catalogues/libraries/sentences/")
        if form:
            page.locator(f'a[href*="{form}="]').nth(4).click()
            expect(page.locator("[data-editing]")).to_be_visible()

    return arrive


def publishing_unaccounted(page: Page, site: Site) -> None:
    draft_of_an_article(page, site)
    page.goto("/catalogues/libraries/")
    page.locator('form[action$="/publish/"] button').click()
    expect(page.locator(".note.error form")).to_be_visible()
