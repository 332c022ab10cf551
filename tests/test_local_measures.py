"""Measures that a unit adds: coded after the catalogue's, marked, counted separately, only in that unit."""

import io
import json
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from measures.choices import Audited, Cadence, Status
from measures.management.commands.loaddata import catalogue_digest
from measures.models import AuditRecord, Checklist, Item, Measure, NoCodeLeft, Period, Section, add_measure
from measures.models.opening import TakenOver, open_together
from measures.reports.freeze import period_report
from tests.make import NOW, TODAY, SignIn, change, find_item, make_checklist
from tests.sheets import ENGLISH

pytestmark = pytest.mark.slow

LOCAL = "/checklists/henan/local/"
LATER = NOW + timedelta(days=40)


def add(checklist: Checklist, by: User, section: str = "1.1", at: Any = NOW, title: str = "巡回宣讲") -> Item:
    found = Section.objects.get(code=section, pillar__catalogue=checklist.catalogue)
    return add_measure(
        checklist, found, title=title, detail="每季一次", cadence=Cadence.RECURRING, at=at, by=by
    )


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


class TestAdding:
    def test_it_stands_after_the_catalogues_in_its_section(
        self, checklist: Checklist, administrator: User
    ) -> None:
        add(checklist, administrator)
        add(checklist, administrator)
        add(checklist, administrator, "2.1")

        codes = [item.measure.code for item in checklist.items.for_list().in_order()]
        assert codes[:6] == ["1.1.1", "1.1.2", "1.1.3", "1.1.901", "1.1.902", "1.2.1"]
        assert codes[10:12] == ["2.1.3", "2.1.901"]
        record = AuditRecord.objects.first()
        assert record
        assert (record.action, record.about) == (Audited.MEASURE_ADDED, "2.1.901 巡回宣讲")

    def test_the_page_adds_one_and_its_item_is_annotated_like_any_other(
        self, client: Client, checklist: Checklist
    ) -> None:
        section = Section.objects.get(code="1.2")
        asked = {"section": section.pk, "cadence": "once", "title": "巡回宣讲", "detail": "每季一次"}

        shown = client.post(f"{LOCAL}add/", asked)
        assert client.post(f"{LOCAL}add/", asked | {"seen": shown.context["seen"]}).status_code == 302
        page = client.get("/checklists/henan/items/1.2.901/", headers=ENGLISH)
        sent = {"status": "done", "version": "1", "notes": "", "due": "", "owner": "", "reason": ""}
        client.post("/checklists/henan/items/1.2.901/", sent)

        assert "added by this unit" in page.content.decode()
        assert find_item(checklist, "1.2.901").status == Status.DONE

    def test_nothing_is_added_that_was_not_shown_first(self, client: Client, checklist: Checklist) -> None:
        section = Section.objects.get(code="1.2")
        asked = {
            "section": section.pk,
            "cadence": "once",
            "title": "巡回宣讲",
            "detail": "每季一次\r\n每县一场",
        }

        shown = client.post(f"{LOCAL}add/", asked, headers=ENGLISH)
        seen = {"seen": shown.context["seen"]}
        again = client.post(f"{LOCAL}add/", asked | seen | {"title": "巡回宣讲团"})
        assert not checklist.local_measures.exists()
        client.post(f"{LOCAL}add/", asked | seen)

        page = shown.content.decode()
        assert "1.2.901 巡回宣讲" in page
        assert "每季一次<br>每县一场" in page
        assert "1.2.901 巡回宣讲团" in again.content.decode()
        assert checklist.local_measures.get().detail == "每季一次\n每县一场"
        # The same form sent twice adds one measure: the second would get another code.
        assert client.post(f"{LOCAL}add/", asked | seen).context["code"] == "1.2.902"

    @pytest.mark.parametrize("missing", ["section", "title", "detail", "cadence"])
    def test_what_is_missing_is_said_beside_its_field(
        self, client: Client, checklist: Checklist, missing: str
    ) -> None:
        section = Section.objects.get(code="1.2")
        asked = {"section": section.pk, "cadence": "once", "title": "巡回宣讲", "detail": "每季一次"}

        answer = client.post(f"{LOCAL}add/", asked | {missing: ""})

        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {missing}
        assert not checklist.local_measures.exists()

    def test_a_closed_checklist_takes_none(self, client: Client, checklist: Checklist) -> None:
        Checklist.objects.filter(pk=checklist.pk).update(status="closed")

        assert client.post(f"{LOCAL}add/", {}).status_code == 403

    def test_a_section_ends_at_99(self, checklist: Checklist, administrator: User) -> None:
        for _number in range(99):
            last = add(checklist, administrator)

        assert last.measure.code == "1.1.999"
        with pytest.raises(NoCodeLeft):
            add(checklist, administrator)

    def test_the_database_holds_that_codes_tell_whose_they_are(
        self, checklist: Checklist, administrator: User
    ) -> None:
        local = add(checklist, administrator).measure

        for wrong in ({"code": "1.1.9"}, {"checklist": None}, {"added_at": None}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Measure.objects.filter(pk=local.pk).update(**wrong)
        with pytest.raises(IntegrityError), transaction.atomic():
            Measure.objects.filter(code="1.1.1").update(code="1.1.901")


class TestApart:
    def test_two_units_use_the_same_code_for_their_own(
        self, checklist: Checklist, administrator: User
    ) -> None:
        beside = make_checklist("beside", "旁边", checklist.catalogue)

        one, two = add(checklist, administrator, title="甲"), add(beside, administrator, title="乙")

        assert one.measure.code == two.measure.code == "1.1.901"
        assert (checklist.items.count(), beside.items.count()) == (13, 13)

    def test_others_see_nothing_of_it(
        self, checklist: Checklist, administrator: User, stranger: User, sign_in: SignIn
    ) -> None:
        add(checklist, administrator, title="不外传")
        User.objects.filter(pk=stranger.pk).update(is_staff=True)
        s = sign_in(stranger)

        measure = Measure.objects.get(code="1.1.901")
        for address in ("/checklists/elsewhere/items/", "/admin/measures/measure/?q=1.1.901"):
            assert "不外传" not in s.get(address).content.decode()
        assert s.get(f"/admin/measures/measure/{measure.pk}/change/").status_code == 302
        assert s.get("/checklists/elsewhere/items/1.1.901/").status_code == 404
        assert s.get(LOCAL).status_code == 404

    def test_a_new_checklist_gets_the_catalogues_alone(
        self, checklist: Checklist, administrator: User
    ) -> None:
        change(add(checklist, administrator), by=administrator, due=TODAY)

        new = Checklist(slug="new", name="新", parent=checklist)
        taken_over = TakenOver(checklist, due=True, owners=True)
        open_together([new], top=checklist, at=NOW, by=administrator, taken_over=taken_over)

        assert new.items.count() == 12
        assert make_checklist("newer", "更新", checklist.catalogue).items.count() == 12

    def test_the_catalogue_is_the_same_with_and_without_it(
        self, checklist: Checklist, administrator: User
    ) -> None:
        before = catalogue_digest()
        add(checklist, administrator)

        assert catalogue_digest() == before

    def test_a_dump_of_everything_is_read_again(
        self, checklist: Checklist, administrator: User, tmp_path: Any
    ) -> None:
        add(checklist, administrator)
        add(make_checklist("beside", "旁边", checklist.catalogue), administrator)
        rows = list(Measure.objects.order_by("pk"))
        text = serializers.serialize(
            "json", rows, use_natural_foreign_keys=True, use_natural_primary_keys=True
        )
        (tmp_path / "all.json").write_text(text)
        before = list(Measure.objects.order_by("pk").values())

        call_command("loaddata", str(tmp_path / "all.json"), verbosity=0)

        assert list(Measure.objects.order_by("pk").values()) == before


class TestCounted:
    def test_the_overview_counts_them_apart(
        self, checklist: Checklist, administrator: User, client: Client
    ) -> None:
        assert "of them local" not in client.get("/checklists/henan/", headers=ENGLISH).content.decode()
        add(checklist, administrator)

        page = client.get("/checklists/henan/", headers=ENGLISH)

        assert (page.context["whole"].total, page.context["local_count"]) == (13, 1)
        assert "of them local" in page.content.decode()

    def test_the_report_marks_and_counts_them_apart_in_its_files_too(
        self, checklist: Checklist, administrator: User, client: Client
    ) -> None:
        now = timezone.now()
        change(add(checklist, administrator, at=now), by=administrator, status=Status.DONE, at=now)

        page = client.get("/checklists/henan/report/", headers=ENGLISH).content.decode()
        data = json.loads(client.get("/checklists/henan/report/?format=json", headers=ENGLISH).content)
        book = client.get("/checklists/henan/report/?format=xlsx", headers=ENGLISH).content

        assert "Of these, 1 is for a local measure of the unit itself, with 1 done or standing." in page
        assert "[local] 巡回宣讲" in page
        assert "[local] 巡回宣讲" in json.dumps(data, ensure_ascii=False)
        cells = {
            cell for sheet in openpyxl.load_workbook(io.BytesIO(book)) for row in sheet.values for cell in row
        }
        assert "[local] 巡回宣讲" in cells

    def test_a_report_of_an_earlier_day_knows_nothing_of_it(
        self, checklist: Checklist, administrator: User, client: Client
    ) -> None:
        add(checklist, administrator, at=timezone.now())
        opened = timezone.now() - timedelta(days=30)
        Checklist.objects.filter(pk=checklist.pk).update(opened_at=opened)
        day = timezone.localdate() - timedelta(days=10)

        then = client.get(f"/checklists/henan/report/?as_of={day}")
        now = client.get(f"/checklists/henan/report/?since={day}")

        assert then.context["report"].whole.total == 12
        assert now.context["report"].whole.total == 13

    def test_a_period_that_ended_before_it_was_added_is_reported_without_it(
        self, checklist: Checklist, administrator: User
    ) -> None:
        add(checklist, administrator, at=LATER)
        period = Period.objects.create(checklist=checklist, kind="by_hand", starts=TODAY, ends=TODAY)

        report = period_report(period, made_at=LATER, made_by="")

        assert report.whole.total == 12

    def test_the_list_marks_it(self, checklist: Checklist, administrator: User, client: Client) -> None:
        add(checklist, administrator)

        page = client.get("/checklists/henan/items/", headers=ENGLISH).content.decode()

        assert page.count('class="local"') == 1
