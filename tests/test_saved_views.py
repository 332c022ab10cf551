"""Saved views: save, share, open by URL, open first, and use in the report."""

import io
from urllib.parse import unquote

import docx
import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.choices import Audited, Role, Status
from measures.models import AuditRecord, Checklist, SavedView
from tests.make import SignIn, change, find_item, make_user
from tests.sheets import by_heading

VIEWS = "/checklists/henan/views/"
LIST = "/checklists/henan/items/"
QUERY = "pillar=2&status=done&columns=code,notes&sort=-due&per_page=20"


@pytest.fixture
def desk(administrator: User, sign_in: SignIn) -> Client:
    return sign_in(administrator)


def save(client: Client, name: str = "二支柱已完成", query: str = QUERY, **more: str) -> SavedView:
    answer = client.post(f"{VIEWS}save/", {"name": name, "query": query, **more})
    assert answer.status_code == 302
    return SavedView.objects.get(name=name)


def test_a_view_keeps_filters_columns_sorting_and_rows_a_page(desk: Client) -> None:
    saved = save(desk, query=f"{QUERY}&page=3&edit=1.1.1&view=9")

    opened = desk.get(f"{LIST}?view={saved.pk}", follow=True)

    assert unquote(opened.request["QUERY_STRING"]) == f"{QUERY}&view={saved.pk}"
    assert [heading.name for heading in opened.context["headings"]] == ["code", "notes"]
    assert opened.context["page"].paginator.per_page == 20
    assert "二支柱已完成" in opened.content.decode()


def test_before_it_is_saved_a_view_shows_what_it_keeps(desk: Client) -> None:
    english = {"Accept-Language": "en"}
    page = desk.get(f"{VIEWS}?{QUERY}", headers=english).content.decode()
    again = desk.post(f"{VIEWS}save/", {"name": "", "query": QUERY}, headers=english).content.decode()
    plain = desk.get(VIEWS, headers=english).content.decode()

    for shown in (page, again):
        assert "<div>Status: Done</div>" in shown
        assert "<dd>Code, Notes</dd>" in shown
    assert "<div>Status" not in plain


def test_the_one_that_opens_first_does_so_only_where_the_address_says_nothing(desk: Client) -> None:
    saved = save(desk, is_default="on")

    assert desk.get(LIST).headers["Location"] == f"{LIST}?view={saved.pk}"
    assert desk.get(f"{LIST}?pillar=1").status_code == 200
    assert desk.get(f"{LIST}?view=none").context["page"].paginator.count == 12


def test_another_one_can_open_first_and_so_can_none(desk: Client) -> None:
    first, second = save(desk, is_default="on"), save(desk, name="第二", is_default="on")
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)

    desk.post(f"{VIEWS}default/", {"view": str(first.pk)})
    assert desk.get(LIST).headers["Location"] == f"{LIST}?view={first.pk}"

    desk.post(f"{VIEWS}default/", {"view": ""})
    assert desk.get(LIST).status_code == 200


def test_a_view_that_no_longer_opens_first_is_recorded(desk: Client) -> None:
    """Another view can take its place, also a new one, or none."""
    first = save(desk, name="第一", is_default="on")
    second = save(desk, name="第二", is_default="on")
    desk.post(f"{VIEWS}default/", {"view": str(first.pk)})
    desk.post(f"{VIEWS}default/", {"view": ""})

    changed = AuditRecord.objects.filter(after='{"is_default": false}').order_by("pk")
    assert list(changed.values_list("about", flat=True)) == [first.name, second.name, first.name]
    assert set(changed.values_list("action", "before")) == {(Audited.VIEW_CHANGED, '{"is_default": true}')}


def test_nobody_is_shown_the_name_of_a_colleagues_private_view(
    checklist: Checklist, viewer: User, auditor: User, sign_in: SignIn
) -> None:
    for name, shared in (("mine alone", False), ("for all", True)):
        SavedView.objects.create(
            checklist=checklist, user=viewer, name=name, query="pillar=1", is_shared=shared
        )

    for address in ("/checklists/henan/items/", "/checklists/henan/views/"):
        page = sign_in(auditor).get(address).content.decode()
        assert "for all" in page
        assert "mine alone" not in page


def test_a_shared_view_is_everybodys_to_open_and_a_private_one_is_not(
    desk: Client, viewer: User, stranger: User, sign_in: SignIn
) -> None:
    shared, private = save(desk, is_shared="on"), save(desk, name="私用")
    reader = sign_in(viewer)

    page = reader.get(VIEWS).content.decode()
    assert "二支柱已完成" in page
    assert "私用" not in page
    assert reader.get(f"{LIST}?view={shared.pk}").status_code == 302
    assert reader.get(f"{LIST}?view={private.pk}").status_code == 404
    assert reader.get(f"/checklists/henan/report/?view={private.pk}").status_code == 404
    assert sign_in(stranger).get(f"/checklists/elsewhere/items/?view={shared.pk}").status_code == 404


def test_a_shared_view_does_not_open_first_for_others(desk: Client, viewer: User, sign_in: SignIn) -> None:
    save(desk, is_shared="on", is_default="on")

    assert sign_in(viewer).get(LIST).status_code == 200


@pytest.mark.parametrize("view", ["x", "-1", "1; drop", "99999999999999999999999"])
def test_a_view_that_is_not_there_is_a_404(desk: Client, view: str) -> None:
    assert desk.get(LIST, {"view": view}).status_code == 404
    assert desk.post(f"{VIEWS}default/", {"view": view}).status_code == 404


def test_a_name_is_used_once_and_what_was_typed_stays(desk: Client) -> None:
    save(desk)

    again = desk.post(f"{VIEWS}save/", {"name": "二支柱已完成", "query": "pillar=1", "is_shared": "on"})

    assert again.status_code == 422
    page = again.content.decode()
    assert "您已有同名视图" in page
    assert 'value="pillar=1"' in page
    assert SavedView.objects.get().query != "pillar=1"


def test_two_people_may_use_the_same_name(desk: Client, viewer: User, sign_in: SignIn) -> None:
    save(desk)

    assert sign_in(viewer).post(f"{VIEWS}save/", {"name": "二支柱已完成", "query": ""}).status_code == 302


def test_the_database_holds_both_rules(checklist: Checklist, administrator: User) -> None:
    ours = {"checklist": checklist, "user": administrator}
    SavedView.objects.create(name="一", is_default=True, **ours)

    with pytest.raises(IntegrityError):
        SavedView.objects.bulk_create([SavedView(name="一", **ours)])


def test_only_its_maker_or_an_administrator_deletes_a_view(
    editor: User, viewer: User, administrator: User, sign_in: SignIn
) -> None:
    saved = save(sign_in(editor), is_shared="on")

    assert sign_in(viewer).post(f"{VIEWS}{saved.pk}/delete/").status_code == 403
    assert SavedView.objects.exists()
    assert sign_in(administrator).post(f"{VIEWS}{saved.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_report_and_its_files_take_the_views_name(
    desk: Client, checklist: Checklist, administrator: User
) -> None:
    change(find_item(checklist, "2.1.2"), by=administrator, status=Status.DONE)
    saved = save(desk)
    report = f"/checklists/henan/report/?view={saved.pk}"

    page = desk.get(report, follow=True)
    file = desk.get(f"{report}&format=xlsx", follow=True)

    assert "二支柱已完成" in page.content.decode()
    assert [row.code for row in page.context["report"].rows] == ["2.1.2"]
    assert "%E4%BA%8C%E6%94%AF%E6%9F%B1%E5%B7%B2%E5%AE%8C%E6%88%90" in file["Content-Disposition"]
    rows = by_heading(openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[1].values)
    assert [row["编号"] for row in rows] == ["2.1.2"]


def test_a_shared_view_keeps_which_parts_a_report_has(
    desk: Client, checklist: Checklist, administrator: User, viewer: User, sign_in: SignIn
) -> None:
    asked = "parts=problems&parts=figures&title=关于问题的报告&to=部务会&signed=督查室"
    saved = save(desk, "只报问题", asked, is_shared="on")
    leader, address = sign_in(viewer), f"/checklists/henan/report/?view={saved.pk}"

    page = leader.get(address, follow=True)
    file = leader.get(f"{address}&format=docx", follow=True)

    chosen = [name for name, _label, is_chosen in page.context["layout"].shown_parts if is_chosen]
    assert chosen == ["problems", "figures"]
    words = [one.text for one in docx.Document(io.BytesIO(file.content)).paragraphs if one.text]
    assert words[:3] == ["关于问题的报告", "部务会：", "一、存在的主要问题"]
    assert "督查室" in words
    assert "附件：分方面、重点任务、单位进展情况统计表" in words
    assert not any("下一步" in one or "台账" in one for one in words)


def test_columns_are_chosen_moved_and_hidden_by_plain_links(desk: Client) -> None:
    page = desk.get("/checklists/henan/items/columns/?pillar=2&columns=code,title,due")
    code, title, due = page.context["rows"]

    assert (code["up"], due["down"]) == ("", "")
    assert title["up"] == "?pillar=2&columns=title,code,due"
    assert title["down"] == "?pillar=2&columns=code,due,title"
    assert due["without"] == "?pillar=2&columns=code,title"
    assert page.context["use"] == f"{LIST}?pillar=2&columns=code,title,due"
    shown = desk.get(page.context["use"])
    assert [heading.name for heading in shown.context["headings"]] == ["code", "title", "due"]


def test_the_list_asks_as_often_with_many_views_as_with_one(desk: Client) -> None:
    def queries() -> int:
        desk.get(LIST)
        with CaptureQueriesContext(connection) as counted:
            assert "视图 1" in desk.get(LIST).content.decode()
        return len(counted)

    save(desk, "视图 1")
    one = queries()
    for number in range(2, 7):
        save(desk, f"视图 {number}")

    assert queries() == one


def test_a_view_of_a_person_who_left_goes_with_the_account(checklist: Checklist) -> None:
    leaver = make_user("leaver", checklist, Role.VIEWER)
    SavedView.objects.create(checklist=checklist, user=leaver, name="旧")

    leaver.delete()

    assert not SavedView.objects.exists()
