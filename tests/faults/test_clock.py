"""The clock goes back an hour below a running site, and comes right again: nobody notices, order is kept."""

from tests.faults.ledger import codes, hold_to, rows, versions
from tests.faults.people import LIST, Notebook, Person
from tests.faults.world import SLUG
from tests.figures import Say
from tests.serving import Site

HOUR = 3_600
PAGES = [
    f"/checklists/{SLUG}/",
    LIST,
    f"{LIST}1.1.1/",
    f"/checklists/{SLUG}/report/",
    f"/checklists/{SLUG}/report/?format=csv",
    "/account/sessions/",
]


def work(site: Site, person: Person, notebook: Notebook, words: str) -> None:
    """A save, another of the same item, a bulk edit, a sheet brought back; then a look around."""
    every = codes(site)
    for number in range(2):
        notebook.versions = versions(site)
        said = f"{words}{number}"
        notebook.note(every[0], said, person.save(every[0], notebook.versions[every[0]], said))
    for many, text in ((person.edit_many, f"{words}-bulk"), (person.bring_back, f"{words}-sheet")):
        answer = many(every[1:6], text)
        assert answer is not None
        assert answer.status == 302, answer.body
        notebook.batches.append(text)
    for page in PAGES:
        assert person.ask("GET", page).status == 200, page


def test_a_clock_set_back_below_a_running_site_is_got_over(site: Site, say: Say) -> None:
    site.environment["DJANGO_SETTINGS_MODULE"] = "tests.faults.wrong_clock"
    clock, notebook = site.folder / "clock", Notebook()
    clock.write_text("0")
    site.start()
    person = Person(site, "person0").sign_in()
    work(site, person, notebook, "before")

    clock.write_text(str(-HOUR))
    work(site, person, notebook, "set back")
    later = Person(site, "person1").sign_in()
    work(site, later, notebook, "signed in meanwhile")
    clock.write_text("0")
    work(site, person, notebook, "right again")
    # An hour without activity, as far as their session can know.
    assert later.ask("GET", LIST).location.startswith("/sign-in/?ended")
    work(site, later.sign_in(), notebook, "right again for the other")

    assert notebook.answers[302] == 10
    hold_to(site, notebook, {"bulk": 5, "import": 5})
    journal = rows(site, "SELECT item_id, at FROM measures_update ORDER BY item_id, id")
    assert journal == sorted(journal), "an update is dated before the one that it follows"
    site.manage("verify_audit")
    assert not [line for line in site.log().splitlines() if "ERROR" in line]
    say(f"{len(journal)} updates of {len(dict(journal))} items in order, the audit trail intact")
