"""The checklists below a checklist: the page, and one opened by a form."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, Role, Status, Via
from measures.models import AuditRecord, Checklist, Owner, TakenOver, Update, open_together
from tests.below_make import BELOW, annotated
from tests.make import NOW, SignIn, find_item, make_checklist, make_owner, make_user
from tests.sheets import ENGLISH


@pytest.fixture
def client(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


@pytest.fixture
def template(checklist: Checklist, owner: Owner, administrator: User) -> Checklist:
    return annotated(checklist, owner, administrator)


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
        assert (entry.by, entry.via, entry.reason) == (administrator, Via.BULK, "Copied from 河南.")
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


def test_an_owner_of_the_same_name_there_stays_another(template: Checklist, administrator: User) -> None:
    make_owner(make_checklist("beside", "旁边", template.catalogue), "干部一处")
    new = Checklist(slug="zhengzhou", name="郑州", parent=template)

    open_together([new], top=template, at=NOW, by=administrator, taken_over=TakenOver(template, True, True))

    assert Owner.objects.filter(name="干部一处").count() == 3
