"""The second edition of the Henan catalogue, and the way of a database of the first release to it."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from measures.choices import Audited, Role, Side, Status, Via
from measures.editions.compare import compare
from measures.editions.mapping import pairs_of
from measures.editions.mapping_file import MappingFile
from measures.editions.read import edition_from_file
from measures.editions.shipped import FIXTURES, NEWEST, load_shipped
from measures.editions.upgrading import undecided
from measures.ledger.plans import carry_out
from measures.models import (
    AuditRecord,
    Catalogue,
    Change,
    Checklist,
    EditionMapping,
    Entry,
    Item,
    Measure,
    NewEntry,
    Update,
    write_entries,
)
from measures.models.state import StateValue
from tests.make import NOW, make_owner, make_user
from tests.upgrades.make import csv_of

FIRST = "henan-cadres"
EDITIONS = [FIXTURES / "editions" / f"{FIRST}.json", FIXTURES / "catalogue.json"]
SHIPPED = FIXTURES / "mappings" / f"{FIRST}-to-{NEWEST}.json"
PAGE = "/checklists/henan/upgrade/"
DAY = timedelta(days=1)


@pytest.mark.no_database
def test_the_mapping_that_ships_is_what_comparing_proposes_and_adds_splits_and_merges() -> None:
    proposed = compare(*map(edition_from_file, EDITIONS))

    shipped = MappingFile.read(SHIPPED)

    assert (shipped.old, shipped.new) == (FIRST, NEWEST)
    assert set(shipped.pairs) == {(pair.old, pair.new) for pair in proposed}
    rows = json.loads(SHIPPED.read_text("utf-8"))["pairs"]
    kinds = {(tuple(one["old"]), tuple(one["new"])): one["kind"] for one in rows}
    assert kinds == {(pair.old, pair.new): pair.kind for pair in proposed}
    assert kinds[("2.3.5", "2.3.6", "2.3.7"), ("2.3.5",)] == "merged"
    assert kinds[("4.2.13",), ("4.2.13", "4.2.14")] == "split"
    assert [new for (old, new) in kinds if not old] == [("1.1.1",), ("1.1.2",), ("1.3.9",)]


@pytest.mark.any_engine
@pytest.mark.django_db
def test_a_new_installation_has_the_newest_edition_alone() -> None:
    call_command("set_up", stdout=io.StringIO())

    assert Catalogue.objects.get().slug == NEWEST
    assert Checklist.objects.get().slug == "henan"
    assert not EditionMapping.objects.exists()


@pytest.fixture
def opened(db: None) -> Checklist:
    """A database of the first release: its edition alone, and henan."""
    call_command("loaddata", f"editions/{FIRST}", verbosity=0)
    return Checklist(slug="henan", name="河南", catalogue=Catalogue.objects.get()).open(at=NOW - 9 * DAY)


@pytest.fixture
def office(opened: Checklist) -> User:
    return make_user("office", opened, Role.ADMINISTRATOR)


@pytest.fixture
def annotated(opened: Checklist, office: User) -> Checklist:
    """Every item has notes, and an entry by its unit."""
    unit = make_owner(opened, "干部一处")
    values: dict[str, StateValue] = {"owner": unit, "status": Status.IN_PROGRESS}
    handed_out = [
        Change(one.pk, one.version, values | {"notes": f"备注 {one.measure.code}"})
        for one in opened.items.select_related("measure").in_order()
    ]
    carry_out(handed_out, checklist=opened, by=office, at=NOW - 8 * DAY, via=Via.IMPORT, reason="分办")
    items = opened.items.select_related("measure").in_order()
    said = [NewEntry.on(one, progress=f"进展 {one.measure.code}") for one in items]
    editor = make_user("editor", opened, Role.EDITOR, unit)
    write_entries(said, side=Side.LEAD, by=editor, at=NOW - 7 * DAY, via=Via.PAGE)
    return opened


def written() -> dict[str, list[object]]:
    """What users wrote, and which measure each item answers."""
    models = (Item, Update, Entry, Checklist)
    return {model.__name__: [*model._default_manager.order_by("pk").values()] for model in models}


@pytest.mark.django_db
def test_a_database_of_the_first_release_gets_the_new_edition_beside_its_own_and_moves_when_told(
    annotated: Checklist, office: User, client: Client
) -> None:
    before, day = written(), (NOW - 5 * DAY).date()
    report, notes = csv_of(annotated, day), set(annotated.items.values_list("notes", flat=True))

    call_command("set_up", stdout=io.StringIO())
    call_command("set_up", stdout=io.StringIO())

    assert written() == before, "No checklist changes its edition by itself."
    assert set(Catalogue.objects.values_list("slug", flat=True)) == {FIRST, NEWEST}
    mapping = EditionMapping.objects.get()
    assert undecided(mapping) == []
    assert (mapping.by_name, AuditRecord.objects.get(action=Audited.EDITIONS_MAPPED).by_name) == (
        "台账",
        "台账",
    )
    client.force_login(office)
    seen = client.get(f"{PAGE}?to={NEWEST}").context["seen"]
    assert client.post(PAGE, {"act": "upgrade", "to": NEWEST, "seen": seen}).status_code == 302

    annotated.refresh_from_db()
    assert annotated.catalogue.slug == NEWEST
    items = annotated.items.select_related("measure")
    now = {one.measure.code: one for one in items}
    assert len(now) == Measure.objects.filter(section__pillar__catalogue=annotated.catalogue).count()
    assert now["1.1.3"].notes == "备注 1.1.1"
    assert now["2.3.5"].notes == "备注 2.3.5\n备注 2.3.6\n备注 2.3.7"
    assert now["4.2.13"].notes == now["4.2.14"].notes == "备注 4.2.13"
    assert now["1.1.1"].version == 1
    asked = {code for code, one in now.items() if one.to_confirm}
    assert asked == {"1.3.7", "2.2.1", "3.1.13", "3.3.5", "4.1.10", "4.3.4"}
    kept = "\n".join(Item.objects.everything.values_list("notes", flat=True)).splitlines()
    assert notes <= set(kept)
    assert list(Entry.objects.order_by("pk").values()) == before["Entry"]
    assert list(Update.objects.order_by("pk").values())[: len(before["Update"])] == before["Update"]
    assert csv_of(annotated, day) == report


@pytest.mark.any_engine
@pytest.mark.django_db
def test_what_the_office_has_decided_itself_stays(opened: Checklist, office: User, client: Client) -> None:
    call_command("loaddata", "catalogue", verbosity=0)
    client.force_login(office)
    address = f"{PAGE}{NEWEST}/"
    form = client.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if not name.startswith("sure-")}
    assert client.post(address, sent | {"revision": "0", "to-2.1.1": ""}).status_code == 302

    assert load_shipped(at=NOW) == []

    kept = EditionMapping.objects.get()
    assert undecided(kept)
    assert (("2.1.1",), ()) in {(pair.old, pair.new) for pair in pairs_of(kept)}
    with pytest.raises(CommandError, match="Correct it on its page"):
        call_command("load_mapping", str(SHIPPED))


@pytest.mark.any_engine
@pytest.mark.django_db
def test_an_edition_that_somebody_has_changed_here_is_said_and_stops_nothing(
    opened: Checklist,
) -> None:
    Measure.objects.filter(code="4.3.8").update(code="4.3.9")
    said = io.StringIO()

    call_command("set_up", stdout=said)

    # The file brings 4.3.8 back, beside what was made of it.
    assert "4.3.9" in said.getvalue()
    assert not EditionMapping.objects.exists()


@pytest.mark.any_engine
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "no mapping"),
        ("{", "no JSON"),
        ('{"old": "a", "new": "b", "pairs": []}', "who decided"),
        ('{"old": "a", "new": "b", "by": "省委组织部", "pairs": [{"old": "1", "new": []}]}', "pair 1"),
        ('{"old": "a", "new": "b", "by": "省委组织部", "pairs": []}', "Load and publish a and b first"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_in_a_sentence(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "mapping.json"
    file.write_text(text, "utf-8")

    with pytest.raises(CommandError, match=reason):
        call_command("load_mapping", str(file))
