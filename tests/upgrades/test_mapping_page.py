"""The page on which the office decides what became of each measure: many lines, and many at once."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from measures.choices import Status
from measures.editions.mapping import MappedPair, pairs_of, save_mapping
from measures.editions.pairs import PairKind
from measures.models import Catalogue, Checklist, EditionMapping, Measure
from tests.make import NOW, change, find_item, make_catalogue, make_checklist
from tests.upgrades.make import BEFORE, PAIRS, make_mapping, now

pytestmark = pytest.mark.any_engine

PAGE = "/checklists/henan/upgrade/"


def uncertain(checklist: Checklist, new: Catalogue, by: User, scores: dict[str, float]) -> EditionMapping:
    """The mapping of every kind with these old codes not certain."""
    pairs = [
        MappedPair(pair.old, pair.new, pair.kind, scores[pair.old[0]])
        if pair.old and pair.old[0] in scores
        else pair
        for pair in PAIRS
    ]
    return save_mapping(checklist.catalogue, new, pairs, revision=0, by=by, at=NOW)


def sent_by(client: Client, address: str, **typed: str) -> dict[str, str]:
    """What the page sends as it is, and what is typed."""
    form = client.get(address).context["form"]
    boxes = ("sure-", "new-")
    sent = {name: str(form[name].value() or "") for name in form.fields if not name.startswith(boxes)}
    return sent | {name.replace("_", "-", 1): value for name, value in typed.items()}


def test_600_measures_are_decided_page_by_page(administrator: User, client: Client) -> None:
    old, new = (make_catalogue(4, 5, 30, slug=slug) for slug in ("many", "more"))
    checklist = make_checklist("long", "长", old)
    checklist.memberships.create(user=administrator, role="administrator")
    codes = list(Measure.objects.shared_by(old).values_list("code", flat=True))
    pairs = [MappedPair((code,), (code,), PairKind.REWORDED, 0.7) for code in codes]
    save_mapping(old, new, pairs, revision=0, by=administrator, at=NOW)
    client.force_login(administrator)
    address = "/checklists/long/upgrade/more/"
    for left in (400, 200):
        form = client.get(address).context["form"]
        ticked = {name: "on" for name in form.fields if name.startswith("sure-")}
        answer = client.post(address, sent_by(client, address) | ticked, follow=True)
        assert answer.context["open_count"] == left
    second = client.get(f"{address}?page=3")
    assert len(second.context["lines"]) + len(second.context["certain"]) == 200
    last = {name: "on" for name in client.get(address).context["form"].fields if name.startswith("sure-")}

    assert client.post(address, sent_by(client, address) | last).headers["Location"].endswith("?to=more")


def test_all_of_a_kind_that_are_alike_enough_are_confirmed_together(
    checklist: Checklist, second: Catalogue, administrator: User, client: Client
) -> None:
    uncertain(checklist, second, administrator, {"1.2.1": 0.95, "1.1.3": 0.96, "2.2.1": 0.5})
    client.force_login(administrator)
    page = client.get(f"{PAGE}second/")
    assert [kind for kind, _label in page.context["form"].fields["kind"].choices] == [
        *("", "moved", "reworded", "unchanged")
    ]

    client.post(f"{PAGE}second/", sent_by(client, f"{PAGE}second/", kind="reworded", least="90"))

    newest = EditionMapping.objects.order_by("-revision")[0]
    decided = {pair.old[0] for pair in pairs_of(newest) if pair.is_decided}
    assert decided == {"1.2.1"}


def test_an_old_code_that_a_new_measure_has_is_asked_about_on_its_own(
    checklist: Checklist, second: Catalogue, administrator: User, client: Client
) -> None:
    pairs = [
        MappedPair(pair.old, pair.new, pair.kind, 0.6) if "1.1.2" in (*pair.old, *pair.new[:1]) else pair
        for pair in PAIRS
    ]
    save_mapping(checklist.catalogue, second, pairs, revision=0, by=administrator, at=NOW)
    client.force_login(administrator)

    client.post(f"{PAGE}second/", sent_by(client, f"{PAGE}second/", new_1="") | {"new-1.1.2": "on"})

    newest = EditionMapping.objects.order_by("-revision")[0]
    decided = {(pair.old, pair.new): pair.is_decided for pair in pairs_of(newest)}
    assert decided[(), ("1.1.2",)]
    assert not decided[("1.1.2",), ("1.1.3",)]


@pytest.mark.parametrize(
    ("rule", "status", "due"),
    [
        ({}, Status.IN_PROGRESS, "1.2.3"),
        ({"status": "least", "due": "latest"}, Status.NOT_STARTED, "2.1.1"),
        ({"status": "kept", "due": "kept"}, Status.DONE, "2.1.1"),
    ],
)
def test_merged_items_are_joined_by_the_rule_that_the_office_chose(
    worked_on: Checklist,
    second: Catalogue,
    administrator: User,
    client: Client,
    rule: dict[str, str],
    status: Status,
    due: str,
) -> None:
    make_mapping(worked_on.catalogue, second, administrator)
    change(find_item(worked_on, "1.2.3"), by=administrator, at=BEFORE, status=Status.NOT_STARTED)
    change(find_item(worked_on, "2.1.1"), by=administrator, at=BEFORE, status=Status.DONE)
    days = {code: find_item(worked_on, code).due for code in ("1.2.3", "2.1.1")}
    client.force_login(administrator)
    client.post(f"{PAGE}second/", sent_by(client, f"{PAGE}second/") | rule)
    looked = client.get(f"{PAGE}?to=second")
    chosen = looked.context["mapping"].pairs[5].get("rule", {})
    assert chosen == rule

    go = {"act": "upgrade", "to": "second", "seen": looked.context["seen"], "keep-2.1.1": "2.1.1"}
    client.post(PAGE, go)

    merged = now(worked_on)["2.1.1"]
    assert (merged.status, merged.due) == (status, days[due])
