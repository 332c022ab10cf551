"""Hundreds of checklists opened below a checklist from a sheet, as one act."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, Role
from measures.models import AuditRecord, Checklist, Item, Owner, Placement, TakenOver, open_together
from measures.models.audit import verify_chain
from measures.sheets.read import read_file
from measures.sheets.units import units_heading_rank
from tests.below_make import BELOW, annotated
from tests.make import NOW, TODAY, SignIn, change, find_item, make_checklist, make_user
from tests.sheets import ENGLISH, sheet_of

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
    return annotated(checklist, owner, administrator)


def send(client: Client, *rows: list[Any], **fields: Any) -> Any:
    file = SimpleUploadedFile("单位.xlsx", sheet_of(*rows))
    return client.post(SHEET, {"file": file} | fields, headers=ENGLISH)


def apply(client: Client, previewed: Any) -> Any:
    return client.post(SHEET, {"apply": "1", "token": previewed.context["token"]}, headers=ENGLISH)


def problems(previewed: Any) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.message) for one in previewed.context["found"].problems]


def paths() -> set[str]:
    return set(Checklist.objects.values_list("path", flat=True))


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

        headings = read_file(content, units_heading_rank).first.headings
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

    @pytest.mark.parametrize("happens", ["parent renamed", "name taken", "parent moved", "template changed"])
    def test_what_changed_since_the_preview_is_shown_once_more(
        self, client: Client, template: Checklist, administrator: User, happens: str
    ) -> None:
        above = make_checklist("kaifeng", "开封", parent=template)
        other = make_checklist("xuchang", "许昌", parent=template)
        rows = [HEAD, ["新乡", "xinxiang", "开封"], ["辉县", "huixian", "xinxiang"]]
        previewed = send(client, *rows, template=template.pk, due="on")
        if happens == "template changed":
            change(find_item(template, "1.1.3"), by=administrator, due=TODAY)
        elif happens == "parent moved":
            above.move(other, at=NOW, by=administrator, reason="调整")
        else:
            Checklist.objects.filter(pk=above.pk).update(name="开封市")
            if happens == "name taken":
                Checklist.objects.filter(pk=other.pk).update(name="开封")

        answer = apply(client, previewed)

        assert "Something has changed since the preview" in answer.content.decode()
        assert not Checklist.objects.filter(slug="xinxiang").exists()
        if happens != "parent renamed":
            apply(client, answer)
            assert Checklist.objects.get(slug="huixian").path.endswith("/xinxiang/huixian/")

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
