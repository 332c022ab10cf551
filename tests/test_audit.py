"""The audit trail records every change: who, when, from where, and the values before and after."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from measures.choices import Audited, Role, Status, Via
from measures.ledger.plans import carry_out
from measures.models import AuditRecord, Change, Checklist, Item, Membership, Owner, Update, change_items
from measures.models.audit import verify_chain
from tests.audit_read import actions, newest, read
from tests.make import NOW, SignIn, change, find_item, make_catalogue, make_checklist


class TestItems:
    def test_one_change_says_what_was_and_what_became_of_it(
        self, checklist: Checklist, administrator: User, owner: Owner
    ) -> None:
        change(find_item(checklist), by=administrator, status=Status.IN_PROGRESS, owner=owner, due=NOW.date())

        record = newest()
        assert record.action == Audited.ITEM_CHANGED
        assert (record.at, record.via, record.by_id, record.by_name, record.by_role) == (
            NOW,
            Via.PAGE,
            administrator.pk,
            "administrator",
            "administrator",
        )
        assert (record.checklist_id, record.checklist_slug) == (checklist.pk, "henan")
        assert record.about == "1.1.1 简 措施 1.1.1"
        assert read(record.before) == {"status": "not_started", "owner": None, "due": None}
        assert read(record.after) == {
            "status": "in_progress",
            "owner": "干部一处",
            "due": "2026-11-24",
            "reason": "为测试",
        }
        assert "干部一处" in record.after, "Chinese is stored readably"

    def test_a_change_that_changes_nothing_leaves_no_record(
        self, checklist: Checklist, administrator: User
    ) -> None:
        before = AuditRecord.objects.count()

        assert change(find_item(checklist), by=administrator, status=Status.NOT_STARTED) is None

        assert AuditRecord.objects.count() == before

    def test_a_page_adds_the_address_it_was_asked_from(
        self, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        data = {"status": "in_progress", "version": "1", "notes": "", "owner": "", "due": ""}

        sign_in(administrator).post("/checklists/henan/items/1.1.1/", data, REMOTE_ADDR="10.1.2.3")

        assert (newest().action, newest().address, newest().via) == (
            Audited.ITEM_CHANGED,
            "10.1.2.3",
            Via.PAGE,
        )

    def test_a_batch_is_one_record_however_many_items(
        self,
        checklist: Checklist,
        administrator: User,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        big = make_checklist("big", "大", make_catalogue(10, 10, 3, "big"))
        asked = []
        for place in (checklist, big):
            before = AuditRecord.objects.count()
            changes = [Change(item.pk, 1, {"status": Status.DONE}) for item in place.items.all()]
            with django_assert_max_num_queries(16) as caught:
                batch, _outcome = carry_out(
                    changes, checklist=place, by=administrator, at=NOW, via=Via.BULK, reason="年底"
                )
            assert AuditRecord.objects.count() == before + 1
            assert newest().action == Audited.BATCH_CHANGED
            assert read(newest().after) == {
                "items": place.items.count(),
                "reason": "年底",
                "batch": str(batch.pk if batch else ""),
            }
            asked.append(len(caught))
        assert asked[0] == asked[1]

    def test_the_record_and_the_change_stand_or_fall_together(
        self, checklist: Checklist, administrator: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full_disk(*args: Any, **kwargs: Any) -> None:
            raise OSError

        monkeypatch.setattr("measures.models.changes.audit_each", full_disk)
        item = find_item(checklist)

        with pytest.raises(OSError):  # noqa: PT011
            change_items(
                [Change(item.pk, 1, {"notes": "x"})], by=administrator, at=NOW, via=Via.PAGE, reason=""
            )

        assert Item.objects.get(pk=item.pk).notes == ""
        assert not Update.objects.exists()

    def test_a_superuser_is_named_as_the_operator(self, checklist: Checklist, superuser: User) -> None:
        Membership.objects.create(user=superuser, checklist=checklist, role=Role.ADMINISTRATOR)

        change(find_item(checklist), by=superuser, notes="x")

        assert (newest().by_name, newest().by_role) == ("王五", "operator,administrator")

    def test_a_role_held_above_is_named_below(self, checklist: Checklist, auditor: User) -> None:
        below = make_checklist("zhengzhou", "郑州", checklist.catalogue, parent=checklist)
        beside = make_checklist("beside", "旁边", checklist.catalogue)

        client = Client()
        client.force_login(auditor)
        client.get(f"/checklists/{below.slug}/report/?format=csv")
        assert newest().by_role == "auditor"
        change(find_item(beside), by=auditor, notes="x")
        assert newest().by_role == ""


class TestOrigin:
    @pytest.mark.parametrize(
        ("claimed", "kept"), [("6.6.6.6, 10.0.0.9", "10.0.0.9"), ("nonsense", ""), ("::1", "::1")]
    )
    def test_behind_a_proxy_its_own_word_counts_and_no_other(
        self, administrator: User, settings: Settings, claimed: str, kept: str
    ) -> None:
        settings.BEHIND_PROXY = True

        Client().post("/sign-in/", {"username": "x", "password": "x"}, headers={"X-Forwarded-For": claimed})

        assert newest().address == kept

    def test_without_a_proxy_nobody_chooses_their_address(self, db: None) -> None:
        Client().post(
            "/sign-in/",
            {"username": "x", "password": "x"},
            headers={"X-Forwarded-For": "6.6.6.6"},
            REMOTE_ADDR="10.0.0.1",
        )

        assert newest().address == "10.0.0.1"

    def test_a_command_says_that_it_is_one(self, db: None) -> None:
        make_catalogue(slug="one")

        call_command("open_checklist", "kaifeng", name="开封", verbosity=0)

        record = newest()
        assert (record.action, record.via, record.address, record.by_id) == (
            Audited.CHECKLIST_OPENED,
            Via.COMMAND,
            "",
            None,
        )
        assert read(record.after)["name"] == "开封"


class TestPages:
    def test_a_report_taken_away_is_recorded_and_one_that_is_read_is_not(
        self, checklist: Checklist, viewer: User, sign_in: SignIn
    ) -> None:
        client = sign_in(viewer)
        before = newest().pk

        client.get("/checklists/henan/report/")
        assert actions(before) == []

        client.get("/checklists/henan/report/?format=xlsx&pillar=2")
        assert actions(before) == [Audited.EXPORTED]
        assert (newest().by_name, newest().checklist_slug) == ("viewer", "henan")
        assert read(newest().after)["format"] == "xlsx"
        assert read(newest().after)["rows"] == 6

    def test_a_refusal_is_recorded_with_what_was_tried(
        self, checklist: Checklist, viewer: User, sign_in: SignIn
    ) -> None:
        sign_in(viewer).post("/checklists/henan/items/1.1.1/", {"status": "done"})

        record = newest()
        assert (record.action, record.by_name, record.about) == (
            Audited.DENIED,
            "viewer",
            "POST /checklists/henan/items/1.1.1/",
        )
        assert record.checklist_slug == "henan"

    def test_a_refusal_by_the_admin_is_recorded_too(self, viewer: User, sign_in: SignIn) -> None:
        sign_in(viewer).get("/admin/", follow=True)

        assert (newest().action, newest().via) == (Audited.DENIED, Via.ADMIN)

    def test_saved_views_are_recorded(self, checklist: Checklist, viewer: User, sign_in: SignIn) -> None:
        client = sign_in(viewer)
        before = newest().pk

        client.post("/checklists/henan/views/save/", {"name": "我的", "query": "pillar=1"})
        view = checklist.saved_views.get()
        client.post("/checklists/henan/views/default/", {"view": str(view.pk)})
        client.post(f"/checklists/henan/views/{view.pk}/delete/")

        assert actions(before) == [Audited.VIEW_CHANGED] * 3
        assert read(newest().before)["name"] == "我的"


class TestCatalogue:
    def test_loading_it_is_recorded_and_loading_it_again_unchanged_is_not(self, db: None) -> None:
        call_command("loaddata", "catalogue", verbosity=0)
        assert actions() == [Audited.CATALOGUE_LOADED]
        assert read(newest().after)["rows"] > 100

        call_command("loaddata", "catalogue", verbosity=0)
        assert actions() == [Audited.CATALOGUE_LOADED]

    def test_the_first_start_is_in_the_trail(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        password = "The-operators-own-1"
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

        call_command("set_up", verbosity=0)

        assert actions() == [
            Audited.CATALOGUE_LOADED,
            Audited.DAY_CHANGED,
            Audited.CHECKLIST_OPENED,
            Audited.PASSWORD_CHANGED,
            Audited.USER_CHANGED,
            Audited.MEMBERSHIP_CHANGED,
        ]
        assert password not in str(list(AuditRecord.objects.values()))


def test_all_of_it_makes_one_chain(checklist: Checklist, administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    client.post("/checklists/henan/items/1.1.1/", {"status": "done", "version": "1", "notes": "\u2028\x07完"})
    client.get("/checklists/henan/report/?format=csv")
    change(find_item(checklist, "1.1.2"), by=administrator, due=date(2026, 12, 31))

    verdict = verify_chain()

    assert verdict.broken is None
    assert verdict.count == AuditRecord.objects.count() >= 4
