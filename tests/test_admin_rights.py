"""What the admin lets each role see and write."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from measures.choices import ChecklistStatus
from measures.models import Checklist, Item, Owner, Pillar, Update
from measures.models.state import UNTOUCHED
from tests.admin_read import LIST, page_of, read_list, read_page, row, state
from tests.make import SignIn, change, make_owner

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.usefixtures("staff")
class TestRights:
    def test_a_viewer_reads_the_list_and_changes_nothing(
        self, first: Item, administrator: User, viewer: User, sign_in: SignIn
    ) -> None:
        forged = read_list(sign_in(administrator))
        forged[f"{row(forged, first)}notes"] = "forged"
        v = sign_in(viewer)

        listed = v.get(LIST)
        assert "1.1.1" in listed.content.decode()
        assert listed.context["cl"].formset is None
        assert "notes" not in read_page(v, first)
        assert v.post(LIST, forged).status_code == 403
        assert v.post(page_of(first), {"notes": "forged", "version": "1"}).status_code == 403
        assert not Update.objects.exists()

    def test_an_editor_writes_the_rows_of_their_owner_and_no_others(
        self, first: Item, second: Item, owner: Owner, administrator: User, editor: User, sign_in: SignIn
    ) -> None:
        change(first, by=administrator, owner=owner)
        e = sign_in(editor)
        data = read_list(e)
        assert f"{row(data, first)}notes" in data
        assert f"{row(data, first)}owner" not in data, "an editor hands nothing over"
        assert f"{row(data, second)}notes" not in data

        forged = data | {f"{row(data, second)}notes": "forged", f"{row(data, second)}version": "1"}
        answer = e.post(LIST, forged)
        assert "You may not change this item" in answer.content.decode()
        e.post(LIST, data | {f"{row(data, first)}notes": "mine", f"{row(data, first)}owner": ""})

        assert state(first) == {**UNTOUCHED, "owner": owner, "notes": "mine"}
        assert state(second)["notes"] == ""
        assert e.post(page_of(second), {"notes": "forged", "version": "1"}).status_code == 403
        page = read_page(e, first)
        assert "owner" not in page
        assert e.post(page_of(first), page | {"owner": "", "notes": "again"}).status_code == 302
        assert (state(first)["owner"], state(first)["notes"]) == (owner, "again")

    def test_an_editor_whose_item_was_handed_over_meanwhile_sees_what_they_typed(
        self, first: Item, second: Item, owner: Owner, administrator: User, editor: User, sign_in: SignIn
    ) -> None:
        change(first, by=administrator, owner=owner)
        change(second, by=administrator, owner=owner)
        e = sign_in(editor)
        data = read_list(e)
        change(first, by=administrator, owner=make_owner(first.checklist, "考核办"))

        touched = e.post(LIST, data | {f"{row(data, first)}notes": "a long text"})
        untouched = e.post(LIST, data | {f"{row(data, second)}notes": "fine"})

        assert "<li>Notes: a long text</li>" in touched.content.decode()
        assert state(first)["notes"] == ""
        assert untouched.status_code == 302
        assert state(second)["notes"] == "fine"

    def test_an_owner_of_another_checklist_is_refused(
        self, first: Item, administrator: User, stranger: User, sign_in: SignIn
    ) -> None:
        foreign = make_owner(Checklist.objects.get(slug="elsewhere"), "外单位")
        a = sign_in(administrator)
        data = read_list(a)
        assert "外单位" not in a.get(LIST).content.decode()

        in_list = a.post(LIST, data | {f"{row(data, first)}owner": str(foreign.pk)})
        on_page = a.post(page_of(first), read_page(a, first) | {"owner": str(foreign.pk)})

        assert "Select a valid choice" in in_list.content.decode()
        assert "Select a valid choice" in on_page.content.decode()
        assert not Update.objects.exists()

    def test_a_stranger_finds_no_item_of_another_checklist(
        self, first: Item, administrator: User, stranger: User, sign_in: SignIn
    ) -> None:
        forged = read_list(sign_in(administrator))
        forged[f"{row(forged, first)}notes"] = "forged"
        s = sign_in(stranger)

        assert first.pk not in {item.pk for item in s.get(LIST).context["cl"].result_list}
        assert s.get(page_of(first)).status_code == 302
        assert s.post(LIST, forged).status_code == 403
        assert not Update.objects.exists()

    def test_a_superuser_without_a_membership_reads_all_and_annotates_nothing(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        forged = read_list(sign_in(administrator))
        forged[f"{row(forged, first)}notes"] = "forged"
        s = sign_in(User.objects.create_superuser("root"))

        assert len(s.get(LIST).context["cl"].result_list) == Item.objects.count()
        assert s.post(LIST, forged).status_code == 403
        assert s.post(page_of(first), {"notes": "forged", "version": "1"}).status_code == 403
        assert not Update.objects.exists()

    def test_a_closed_checklist_rests(
        self, first: Item, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)
        data = read_list(a)
        Checklist.objects.filter(pk=checklist.pk).update(status=ChecklistStatus.CLOSED)

        a.post(LIST, data | {f"{row(data, first)}notes": "late"})

        assert not Update.objects.exists()

    def test_nobody_adds_or_deletes_items(self, first: Item, sign_in: SignIn) -> None:
        s = sign_in(User.objects.create_superuser("root"))

        assert s.get(f"{LIST}add/").status_code == 403
        assert s.post(f"{LIST}{first.pk}/delete/", {"post": "yes"}).status_code == 403
        assert s.get(LIST).context["action_form"] is None

    def test_without_staff_status_other_roles_are_sent_away(
        self, viewer: User, editor: User, sign_in: SignIn
    ) -> None:
        User.objects.update(is_staff=False)

        assert [sign_in(user).get(LIST).status_code for user in (viewer, editor)] == [302, 302]


class TestWithoutStaffStatus:
    def test_an_administrator_of_a_checklist_annotates_its_items(
        self, first: Item, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)
        data = read_list(a)

        assert 'href="/admin/"' in a.get("/checklists/henan/").content.decode()
        assert a.post(LIST, data | {f"{row(data, first)}notes": "noted"}).status_code == 302
        assert state(first)["notes"] == "noted"
        assert a.post(page_of(first), read_page(a, first) | {"notes": "again"}).status_code == 302
        assert state(first)["notes"] == "again"

    def test_the_rest_is_the_operators_and_the_index_names_the_pages_to_use(
        self, checklist: Checklist, administrator: User, sign_in: SignIn
    ) -> None:
        a = sign_in(administrator)
        index = a.get("/admin/")

        assert [one["object_name"] for app in index.context["app_list"] for one in app["models"]] == ["Item"]
        assert "for the operator of the site" in index.content.decode()
        for page in ("people", "settings", "below"):
            assert f'href="/checklists/henan/{page}/"' in index.content.decode()
        assert "for the operator of the site" not in a.get(LIST).content.decode()
        for model in ("owner", "membership", "checklist", "catalogue"):
            assert a.get(f"/admin/measures/{model}/").status_code == 403

    def test_the_loops_rules_hold(
        self, first: Item, owner: Owner, administrator: User, sign_in: SignIn
    ) -> None:
        Checklist.objects.update(signs_off=True, extends_by_request=True, two_persons=True)
        a = sign_in(administrator)
        data = read_list(a)

        refused = a.post(LIST, data | {f"{row(data, first)}status": "done", "reason": "ready"})

        assert "ask for an application" in refused.content.decode()
        assert state(first) == UNTOUCHED


@pytest.mark.parametrize("model", ["catalogue", "pillar", "section", "measure"])
def test_the_catalogue_is_read_only_even_for_a_superuser(
    model: str, checklist: Checklist, sign_in: SignIn
) -> None:
    s = sign_in(User.objects.create_superuser("root"))
    name = f"admin:measures_{model}"
    row = s.get(reverse(f"{name}_changelist")).context["cl"].result_list[0]
    page = reverse(f"{name}_change", args=[row.pk])

    shown = s.get(page).content.decode()
    assert all(text in shown for text in (row.title_en, row.title_zh_hans, row.title_zh_hant))
    assert s.post(page, {"title_en": "forged"}).status_code == 403
    assert s.get(reverse(f"{name}_add")).status_code == 403
    assert s.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_a_list_of_the_catalogue_speaks_the_readers_language(checklist: Checklist, sign_in: SignIn) -> None:
    s = sign_in(User.objects.create_superuser("root"))

    page = s.get("/admin/measures/pillar/", headers={"accept-language": "zh-hant"}).content.decode()

    assert Pillar.objects.get(code="1").title_zh_hant in page  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", ["item", "", "9" * 40, "00000000-0000-4000-8000-000000000000"])
def test_an_action_on_keys_that_cannot_be_is_a_bad_request(
    key: str, checklist: Checklist, administrator: User, sign_in: SignIn
) -> None:
    administrator.is_staff = True
    administrator.save()

    data = {"action": "delete_selected", "_selected_action": [key], "index": "0"}
    assert sign_in(administrator).post("/admin/measures/owner/", data).status_code == 400
