"""How a reader gets to each page of the demo, as one of its users."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from measures.choices import PeriodKind, Status
from measures.models import Assignment, Batch, Checklist, Period
from tests.make import change, find_item, make_periods

ROOT = "/checklists/henan"


@dataclass
class Site:
    """The demo on a live server, and the switches by which its rarer pages are had."""

    url: str
    settings: Any
    monkeypatch: pytest.MonkeyPatch
    # By name and password: a new password ends a session. Signing in each time takes a quarter of a second.
    sessions: dict[tuple[str, str], str] = field(default_factory=dict)

    def sign_in(self, context: BrowserContext, username: str) -> None:
        context.clear_cookies(name="sessionid")
        if username:
            value = self.session_of(User.objects.get(username=username))
            context.add_cookies([{"name": "sessionid", "value": value, "url": self.url}])

    def session_of(self, user: User) -> str:
        key = user.username, user.password
        if key not in self.sessions:
            client = Client()
            client.force_login(user)
            self.sessions[key] = client.cookies["sessionid"].value
        return self.sessions[key]


Arrive = Callable[[Page, Site], None]


def at(address: str) -> Arrive:
    def arrive(page: Page, site: Site) -> None:
        page.goto(address)

    return arrive


def editing(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/items/?section=2.2")
    row = page.locator('tbody[data-row="2.2.2"]')
    row.locator("a.edit").click()
    expect(row.locator("textarea").first).to_be_visible()


def refused_row(page: Page, site: Site) -> None:
    editing(page, site)
    page.locator("td.status select").select_option("dropped")
    page.locator("button.main[form]").click()
    expect(page.locator(".editing .errors").first).to_be_visible()


def conflict_in_row(page: Page, site: Site) -> None:
    editing(page, site)
    page.locator("td.status select").select_option("done")
    overtake("2.2.2")
    page.locator("button.main[form]").click()
    expect(page.locator(".versus-line").first).to_be_visible()


def conflict_on_page(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/items/2.2.3/")
    page.locator('[name="notes"]').fill("本处室写下的进展。")
    overtake("2.2.3")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".versus")).to_be_visible()


def overtake(code: str) -> None:
    """Another unit adds to the item's notes meanwhile."""
    item = find_item(Checklist.objects.get(slug="henan"), code)
    notes = f"{item.notes}\n另一处室刚刚补充的进展。"
    change(item, by=User.objects.get(username="ganbu2"), at=timezone.now(), notes=notes)


def chosen_together(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/items/?section=4.2")
    for code in ("4.2.1", "4.2.2", "4.2.3"):
        page.locator(f'input[value="{code}"]').check()
    page.get_by_role("button", name="批量修改").click()
    expect(page.locator('[name="append"]')).to_be_visible()


def previewed_together(page: Page, site: Site) -> None:
    chosen_together(page, site)
    page.locator('[name="status"]').select_option(Status.IN_PROGRESS)
    page.locator('[name="append"]').fill("列入年底督查范围。")
    page.locator('[name="preview"]').click()
    expect(page.locator("#preview")).to_be_visible()


def batch(page: Page, site: Site) -> None:
    page.goto(Batch.objects.filter(undoes=None).order_by("-at")[1].get_absolute_url())


def undone_batch(page: Page, site: Site) -> None:
    page.goto(Batch.objects.get(undone_by__isnull=False).get_absolute_url())


def upload(change: Callable[[str], str]) -> Arrive:
    """The list of a section, taken away as CSV, changed, and brought back."""

    def arrive(page: Page, site: Site) -> None:
        client = Client(headers={"Accept-Language": "zh-CN"})
        client.force_login(User.objects.get(username="administrator"))
        answer = client.get(f"{ROOT}/items/?section=2.2&format=csv")
        sheet = answer.content
        page.goto(f"{ROOT}/import/")
        file = {
            "name": "事项.csv",
            "mimeType": "text/csv",
            "buffer": change(sheet.decode("utf-8-sig")).encode("utf-8-sig"),
        }
        page.locator('[name="file"]').set_input_files(file)  # type: ignore[arg-type]
        page.locator("form[data-wait] button.main").click()
        expect(page.locator("table").first).to_be_visible()

    return arrive


def units(*rows: str) -> Arrive:
    """A sheet of units, sent in."""

    def arrive(page: Page, site: Site) -> None:
        page.goto(f"{ROOT}/below/sheet/")
        text = "\n".join(["单位,网址标识,上级", *rows])
        file = {"name": "单位.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
        page.locator('[name="file"]').set_input_files(file)  # type: ignore[arg-type]
        page.locator("form[data-wait] button.main").click()
        expect(page.locator("table").first).to_be_visible()

    return arrive


def local(page: Page, site: Site) -> None:
    """A measure of the unit's own, added where there is none."""
    page.goto(f"{ROOT}/local/")
    if not page.locator("table").count():
        page.locator('[name="section"]').select_option(index=1)
        page.locator('[name="title"]').fill("建立担当作为先进典型巡回宣讲制度")
        page.locator('[name="detail"]').fill("每季度组织一次巡回宣讲，覆盖各县区。")
        page.locator("form.card button.main").click()
        page.locator('button[name="seen"]').click()
        expect(page.locator("table")).to_be_visible()


def local_preview(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/local/")
    page.locator('[name="section"]').select_option(index=2)
    page.locator('[name="title"]').fill("领导干部带头联系服务企业制度")
    page.locator('[name="detail"]').fill("每名班子成员联系两家企业，每季度走访一次。")
    page.locator("form.card button.main").click()
    expect(page.locator("#preview")).to_be_visible()


def local_correction(page: Page, site: Site) -> None:
    local(page, site)
    page.locator('table a[href$="/correct/"]').first.click()
    expect(page.locator('input[name="seen"]')).to_be_attached()


def local_item(page: Page, site: Site) -> None:
    local(page, site)
    page.locator("table a").first.click()
    expect(page.locator("#journal")).to_be_visible()


def rearranged(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/below/xinxiang/rearrange/")
    page.locator('[name="act"]').select_option("close")
    page.locator('[name="reason"]').fill("机构改革，职能并入他处。")
    page.locator('[name="preview"]').click()
    expect(page.locator("#preview")).to_be_visible()


def handed_down(page: Page, site: Site) -> None:
    if made := Assignment.objects.filter(steps__checklist__slug="xinxiang").first():
        page.goto(made.get_absolute_url())
        return
    page.goto(f"{ROOT}/items/2.2.2/hand-down/")
    page.locator('[name="due"]').fill("2026-12-20")
    page.locator('[name="text"]').fill("请于年底前完成，并报送书面总结。")
    page.locator("form.card button.main").click()
    expect(page.locator("table")).to_be_visible()


def handed_down_list(page: Page, site: Site) -> None:
    handed_down(page, site)
    page.locator(".crumbs a").click()
    expect(page.locator("caption")).to_be_visible()


def handed_down_by_the_demo(path: str = "", *, code: str = "2.3.5") -> Arrive:
    """What the demo has handed down and then corrected, or, of measure 4.2.6, withdrawn."""

    def arrive(page: Page, site: Site) -> None:
        made = Assignment.objects.get(
            measure__code=code, steps__checklist__slug="luoyang", steps__version=1, steps__state="given"
        )
        page.goto(f"{made.get_absolute_url()}{path}")

    return arrive


def overtaken_answer(page: Page, site: Site) -> None:
    """The unit returns what has been corrected while its administrator was writing."""
    page.goto("/checklists/luoyang/items/2.3.5/")
    page.locator(".asked summary").click()
    page.locator('.asked [name="reason"]').fill("本市计划已经印发。")
    page.locator('.asked [name="version"]').evaluate_all("all => all.forEach(one => one.value = 1)")
    page.locator(".asked details button").click()
    expect(page.locator("[role=alert]")).to_be_visible()


def asked(page: Page, site: Site) -> None:
    """The unit's administrator, who is that of the demo's 河南 too, looks at its item."""
    handed_down(page, site)
    page.locator("tbody a", has_text="新乡").first.click()
    expect(page.locator("#asked")).to_be_visible()


def period(**which: Any) -> Arrive:
    def arrive(page: Page, site: Site) -> None:
        page.goto(Period.objects.filter(**which).order_by("starts")[0].get_absolute_url())

    return arrive


def period_to_submit(page: Page, site: Site) -> None:
    """A period of a few past days, in addition to the demo's own."""
    checklist = Checklist.objects.get(slug="henan")
    days = date(2026, 7, 1), date(2026, 7, 10)
    made = Period.objects.filter(starts=days[0]).first()
    made = made or make_periods(checklist, PeriodKind.BY_HAND, [days])[0]
    page.goto(made.get_absolute_url())
    expect(page.locator("form[data-wait]")).to_be_visible()


def items_in_admin(page: Page, site: Site) -> None:
    key = Checklist.objects.get(slug="henan").pk
    page.goto(f"/admin/measures/item/?checklist__id__exact={key}")
    expect(page.locator("#result_list tbody tr").first).to_be_visible()


def item_in_admin(page: Page, site: Site) -> None:
    items_in_admin(page, site)
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator("#item_form")).to_be_visible()
