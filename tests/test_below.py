"""What stands below a checklist: the page, one opened by a form, hundreds from a sheet as one act."""

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, Role, Status, Via
from measures.models import AuditRecord, Checklist, Item, Owner, Placement, TakenOver, Update, open_together
from measures.models.audit import verify_chain
from measures.sheets.read import read_sheet
from measures.sheets.units import is_units_heading
from tests.make import NOW, SignIn, change, find_item, make_checklist, make_owner, make_user
from tests.sheets import ENGLISH, sheet_of

BELOW = "/checklists/henan/below/"
SHEET = f"{BELOW}sheet/"
HEAD: list[Any] = ["Organisation", "Address", "Under"]
TREE: list[list[Any]] = [
    HEAD,
    ["中原区", "zhongyuan", "zhengzhou"],
    ["郑州", "zhengzhou", ""],
    ["新乡", "xinxiang", None],
]


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def template(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    """河南, with an owner and a due date on 1.1.1, a due date on 1.1.2, an owner on 1.1.3."""
    due = date(2026, 12, 31)
    change(find_item(checklist, "1.1.1"), by=administrator, owner=owner, due=due, status=Status.DONE)
    change(find_item(checklist, "1.1.2"), by=administrator, due=due, notes="不带走")
    change(find_item(checklist, "1.1.3"), by=administrator, owner=owner)
    return checklist


def send(client: Client, *rows: list[Any], **fields: Any) -> Any:
    file = SimpleUploadedFile("单位.xlsx", sheet_of(*rows))
    return client.post(SHEET, {"file": file} | fields, headers=ENGLISH)


def apply(client: Client, previewed: Any) -> Any:
    return client.post(SHEET, {"apply": "1", "token": previewed.context["token"]}, headers=ENGLISH)


def problems(previewed: Any) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.message) for one in previewed.context["found"].problems]


def paths() -> set[str]:
    return set(Checklist.objects.values_list("path", flat=True))


class TestPage:
    def test_it_lists_those_directly_below_and_none_deeper(
        self, client: Client, checklist: Checklist
    ) -> None:
        city = make_checklist("zhengzhou", "郑州", parent=checklist)
        make_checklist("zhongyuan", "中原", parent=city)
        make_checklist("beside", "旁边", checklist.catalogue)

        page = client.get(BELOW)

        assert [(one.slug, count) for one, count in page.context["rows"]] == [("zhengzhou", 1)]

    def test_siblings_see_nothing_of_each_other(self, checklist: Checklist, sign_in: SignIn) -> None:
        one = make_checklist("one", "甲县", parent=checklist)
        make_checklist("two", "乙县", parent=checklist)
        client = sign_in(make_user("one", one, Role.ADMINISTRATOR))

        assert "乙县" not in client.get("/checklists/one/below/").content.decode()
        for path in ("", "open/", "sheet/", "sheet/start/"):
            for address in (f"/checklists/two/below/{path}", f"{BELOW}{path}"):
                assert {client.get(address).status_code, client.post(address).status_code} <= {404, 405}

    def test_it_costs_the_same_for_3_and_33_units(self, client: Client, checklist: Checklist) -> None:
        counts = []
        for extra in (3, 30):
            new = [Checklist(slug=f"u-{extra}-{n}", name="县", parent=checklist) for n in range(extra)]
            open_together(new, top=checklist, at=NOW, by=User.objects.get(username="administrator"))
            client.get(BELOW)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(BELOW)
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestOne:
    def test_it_opens_below_with_all_items(self, client: Client, checklist: Checklist) -> None:
        answer = client.post(f"{BELOW}open/", {"name": "郑州", "slug": "zhengzhou"})

        made = Checklist.objects.get(slug="zhengzhou")
        assert answer.status_code == 302
        assert (made.path, made.items.count(), made.catalogue) == (
            "/henan/zhengzhou/",
            12,
            checklist.catalogue,
        )
        assert made.placements.get().path == made.path
        record = AuditRecord.objects.first()
        assert record
        assert (record.action, record.checklist_slug) == (Audited.CHECKLIST_OPENED, "zhengzhou")

    @pytest.mark.parametrize(
        ("name", "slug", "field"),
        [("", "a", "name"), ("郑州", "Ümläut", "slug"), ("郑州", "henan", "slug"), ("郑州", "-a-", "slug")],
    )
    def test_what_is_wrong_stands_beside_its_field(
        self, client: Client, name: str, slug: str, field: str
    ) -> None:
        answer = client.post(f"{BELOW}open/", {"name": name, "slug": slug})

        assert answer.status_code == 422
        assert field in answer.context["form"].errors or "__all__" in answer.context["form"].errors
        assert f'value="{slug}"' in answer.content.decode()
        assert Checklist.objects.count() == 1

    def test_due_dates_and_owners_come_along_as_entries_in_the_journal(
        self, client: Client, template: Checklist, administrator: User
    ) -> None:
        fields = {"name": "郑州", "slug": "zhengzhou", "template": template.pk, "due": "on", "owners": "on"}

        client.post(f"{BELOW}open/", fields, headers=ENGLISH)

        made = Checklist.objects.get(slug="zhengzhou")
        first = find_item(made, "1.1.1")
        assert (first.due, first.owner and first.owner.name) == (date(2026, 12, 31), "干部一处")
        assert first.owner
        assert first.owner.checklist == made
        assert (first.status, find_item(made, "1.1.2").notes) == (Status.NOT_STARTED, "")
        entry = first.updates.get()
        assert (entry.by, entry.via, entry.reason) == (administrator, Via.BULK, "Taken over from 河南.")
        assert (
            made.items.filter(version=2).count() == Update.objects.filter(item__checklist=made).count() == 3
        )

    def test_only_what_is_wanted_comes_along(self, client: Client, template: Checklist) -> None:
        fields = {"name": "郑州", "slug": "zhengzhou", "template": template.pk, "due": "on"}

        client.post(f"{BELOW}open/", fields)

        made = Checklist.objects.get(slug="zhengzhou")
        assert made.items.exclude(due=None).count() == 2
        assert not made.owners.exists()

    def test_a_checklist_elsewhere_is_no_template(self, client: Client, stranger: User) -> None:
        fields = {"name": "郑州", "slug": "zhengzhou", "due": "on"}
        elsewhere = Checklist.objects.get(slug="elsewhere")

        answer = client.post(f"{BELOW}open/", fields | {"template": elsewhere.pk})

        assert answer.status_code == 422
        assert not Checklist.objects.filter(slug="zhengzhou").exists()


class TestSheet:
    def test_nothing_is_opened_before_it_was_seen(self, client: Client, checklist: Checklist) -> None:
        previewed = send(client, *TREE)

        shown = [(one.slug, depth) for one, depth in previewed.context["found"].rows]
        assert shown == [("zhengzhou", 0), ("zhongyuan", 1), ("xinxiang", 0)]
        assert Checklist.objects.count() == 1

    def test_all_are_opened_as_one_act(self, client: Client, checklist: Checklist) -> None:
        records = AuditRecord.objects.count()

        answer = apply(client, send(client, *TREE))

        assert answer.status_code == 302
        assert paths() == {"/henan/", "/henan/zhengzhou/", "/henan/zhengzhou/zhongyuan/", "/henan/xinxiang/"}
        assert Item.objects.count() == 4 * 12
        assert {place.path for place in Placement.objects.all()} == paths()
        record = AuditRecord.objects.first()
        assert record
        assert AuditRecord.objects.count() == records + 1
        assert record.action == Audited.CHECKLISTS_OPENED
        assert json.loads(record.after)["checklists"] == ["zhengzhou", "zhongyuan", "xinxiang"]
        assert verify_chain().broken is None

    def test_they_may_stand_under_others_that_are_there_by_address_or_by_name(
        self, client: Client, checklist: Checklist
    ) -> None:
        make_checklist("zhengzhou", "郑州", parent=checklist)

        apply(client, send(client, HEAD, ["甲", "a", "zhengzhou"], ["乙", "b", "郑州"], ["丙", "c", "乙"]))

        assert {"/henan/zhengzhou/a/", "/henan/zhengzhou/b/", "/henan/zhengzhou/b/c/"} <= paths()

    def test_all_that_is_wrong_is_said_at_once_beside_its_row(
        self, client: Client, checklist: Checklist, stranger: User
    ) -> None:
        previewed = send(
            client,
            HEAD,
            ["", "noname", ""],
            ["郑州", "Zheng Zhou", ""],
            ["河南", "henan", ""],
            ["甲", "a", "nowhere"],
            ["乙", "b", "elsewhere"],
            ["丙", "c", "d"],
            ["丁", "d", "c"],
            ["戊", "a", ""],
            ["名" * 101, "long", ""],
        )

        assert previewed.status_code == 422
        assert [(row, column) for row, column, _message in problems(previewed)] == [
            (2, "Organisation"),
            (3, "Address"),
            (4, "Address"),
            (5, "Under"),
            (6, "Under"),
            (7, "Under"),
            (8, "Under"),
            (9, "Address"),
            (10, "Organisation"),
        ]
        assert not previewed.context["token"]
        assert Checklist.objects.count() == 2

    def test_two_of_one_name_are_told_apart_by_address(self, client: Client, checklist: Checklist) -> None:
        rows: list[list[Any]] = [["新华区", "xinhua-1", ""], ["新华区", "xinhua-2", ""]]

        refused = send(client, HEAD, *rows, ["街道", "street", "新华区"])
        taken = send(client, HEAD, *rows, ["街道", "street", "xinhua-2"])

        assert [row for row, _column, _message in problems(refused)] == [4]
        assert not problems(taken)

    @pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
    @pytest.mark.parametrize("kind", ["xlsx", "csv"])
    def test_the_starting_sheet_is_read_again_in_every_language(
        self, client: Client, language: str, kind: str
    ) -> None:
        content = client.get(f"{SHEET}start/?format={kind}", headers={"Accept-Language": language}).content

        headings = read_sheet(content, is_units_heading).headings
        assert len([cell for cell in headings if cell]) == 3
        empty = client.post(SHEET, {"file": SimpleUploadedFile("a", content)}, headers=ENGLISH)
        assert empty.status_code == 422
        assert "no rows" in empty.content.decode()

    def test_a_file_without_these_headings_says_which_it_needs(self, client: Client) -> None:
        answer = send(client, ["Code", "Status"], ["1.1.1", "Done"])

        assert answer.status_code == 422
        assert "Organisation" in answer.context["form"].errors["file"][0]

    def test_an_address_taken_since_the_preview_is_said_and_nothing_opened(
        self, client: Client, checklist: Checklist
    ) -> None:
        previewed = send(client, *TREE)
        make_checklist("xinxiang", "别的新乡", checklist.catalogue)

        answer = apply(client, previewed)

        assert answer.status_code == 422
        assert not Checklist.objects.filter(slug="zhengzhou").exists()

    def test_anothers_preview_and_another_checklists_are_refused(
        self, client: Client, checklist: Checklist, stranger: User, sign_in: SignIn
    ) -> None:
        previewed = send(client, *TREE)

        apply(sign_in(make_user("other", checklist, Role.ADMINISTRATOR)), previewed)
        sign_in(stranger).post(
            "/checklists/elsewhere/below/sheet/", {"apply": "1", "token": previewed.context["token"]}
        )
        forged = signing.dumps({"user": 1}, salt="other")
        client.post(SHEET, {"apply": "1", "token": forged})

        assert Checklist.objects.count() == 2

    def test_the_template_reaches_every_one_of_them(
        self, client: Client, template: Checklist, administrator: User
    ) -> None:
        previewed = send(client, *TREE, template=template.pk, due="on", owners="on")

        apply(client, previewed)

        for slug in ("zhengzhou", "zhongyuan", "xinxiang"):
            made = Checklist.objects.get(slug=slug)
            assert made.items.filter(owner__name="干部一处", owner__checklist=made).count() == 2
            assert made.items.exclude(due=None).count() == 2
        records = list(AuditRecord.objects.values_list("action", "checklist_slug")[:2])
        assert records == [(Audited.CHECKLISTS_OPENED, "henan"), (Audited.BATCH_CHANGED, "henan")]

    def test_opening_costs_the_same_for_4_and_40(self, template: Checklist, administrator: User) -> None:
        counts = []
        for number in (4, 40):
            new = [Checklist(slug=f"u-{number}-{n}", name="县", parent=template) for n in range(number)]
            with CaptureQueriesContext(connection) as queries:
                taken_over = TakenOver(template, due=True, owners=True)
                open_together(new, top=template, at=NOW, by=administrator, taken_over=taken_over)
            counts.append(len(queries))
        assert counts[0] == counts[1]
        assert Item.objects.count() == 45 * 12


def test_an_owner_of_the_same_name_there_stays_another(template: Checklist, administrator: User) -> None:
    make_owner(make_checklist("beside", "旁边", template.catalogue), "干部一处")
    new = Checklist(slug="zhengzhou", name="郑州", parent=template)

    open_together([new], top=template, at=NOW, by=administrator, taken_over=TakenOver(template, True, True))

    assert Owner.objects.filter(name="干部一处").count() == 3
