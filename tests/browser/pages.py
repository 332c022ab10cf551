"""Every page of the site: what walks and `make shots` go by.

A new page is one line in PAGES. tests/browser/test_every_page.py fails for an address that no line leads to.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from tests.browser import arrivals, arrivals_accounts, arrivals_loop, arrivals_problems
from tests.browser.arrivals import ROOT, Arrive, Site, at


@dataclass(frozen=True)
class Shown:
    """A page under a name that serves as a file's; `arrive` ends on it. `status` is what it answers."""

    name: str
    arrive: Arrive
    user: str = "administrator"

    def open(self, page: Page, site: Site) -> None:
        site.sign_in(page.context, self.user)
        self.arrive(page, site)


PAGES = [
    Shown("sign-in", at("/sign-in/"), user=""),
    Shown("sign-in-wrong", arrivals_accounts.wrong_password, user=""),
    Shown("forgot-password", arrivals_accounts.forgot_password, user=""),
    Shown("help", at("/help/")),
    Shown("help-progress", at("/help/progress/"), user="editor"),
    Shown("help-sign-in", at("/help/sign-in/"), user=""),
    Shown("handbook", at("/help/handbook/")),
    Shown("password", at("/password/")),
    Shown("first-password", arrivals_accounts.first_password, user=""),
    Shown("first-password-gone", at("/account/first-password/MQ/gone/"), user=""),
    Shown("reminders", at("/account/reminders/")),
    Shown("sessions", at("/account/sessions/")),
    Shown("audit", at("/audit/"), user="auditor"),
    Shown("audit-filtered", at("/audit/?q=2.2&action=item_changed"), user="auditor"),
    Shown("doctor", arrivals_accounts.state_of_the_site, user=""),
    Shown("catalogues", at("/catalogues/")),
    Shown("catalogue", at("/catalogues/henan-cadres/")),
    Shown("load-catalogue", arrivals_accounts.loading_a_catalogue, user=""),
    Shown("take-over", arrivals_accounts.taking_over, user=""),
    Shown("takeover", arrivals_accounts.previewing_a_ledger, user=""),
    Shown("taken-over", arrivals_accounts.taken_over, user=""),
    Shown("hand-over", at(f"{ROOT}/hand-over/")),
    Shown("two-factor", arrivals_accounts.without_a_phone, user="auditor"),
    Shown("two-factor-setting-up", arrivals_accounts.setting_up_a_phone, user="auditor"),
    Shown("recovery-codes", arrivals_accounts.recovery_codes, user="auditor"),
    Shown("two-factor-on", arrivals_accounts.with_a_phone, user="auditor"),
    Shown("second-step", arrivals_accounts.asked_for_a_code, user=""),
    Shown("checklists", at("/checklists/")),
    Shown("todo", at("/")),
    Shown("todo-editor", at("/"), user="editor"),
    Shown("todo-viewer", at("/"), user="viewer"),
    Shown("search", at("/search/")),
    Shown("search-found", at("/search/?q=调研")),
    Shown("search-more", at("/search/?q=调研&only=entries"), user="viewer"),
    Shown("search-none", at("/search/?q=没有此词")),
    Shown("search-wrong", at("/search/?q=研")),
    Shown("overview", at(f"{ROOT}/")),
    Shown("overview-editor", at(f"{ROOT}/"), user="editor"),
    Shown("overview-empty", at("/checklists/xinxiang/")),
    Shown("units", at(f"{ROOT}/units/")),
    Shown(
        "units-late", at(f"{ROOT}/units/?show=late&sort=name&start={timezone.localdate() - timedelta(14)}")
    ),
    Shown("units-sections", at(f"{ROOT}/units/?by=section")),
    Shown("units-past", at(f"{ROOT}/units/?as_of={timezone.localdate() - timedelta(40)}&show=silent")),
    Shown("units-bad-day", at(f"{ROOT}/units/?as_of=2999-01-01")),
    Shown("units-none", at("/checklists/kaifeng/units/")),
    Shown("units-report", at(f"{ROOT}/units/report/")),
    Shown("bulletin", at(f"{ROOT}/bulletin/")),
    Shown("bulletin-owners", at(f"{ROOT}/bulletin/?over=owners"), user="viewer"),
    Shown("peers", at("/checklists/luoyang/peers/")),
    Shown("items", at(f"{ROOT}/items/")),
    Shown(
        "items-filtered",
        at(f"{ROOT}/items/?pillar=2&status=in_progress&light=red&due_to=2030-01-01"),
    ),
    Shown("items-columns", at(f"{ROOT}/items/?columns=code,title,light,status,owner,due,notes&pillar=3")),
    Shown("items-none", at(f"{ROOT}/items/?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA")),
    Shown("items-bad-filter", at(f"{ROOT}/items/?pillar=9&per_page=x")),
    Shown("items-editing", arrivals.editing),
    Shown("items-editing-refused", arrivals.refused_row),
    Shown("items-editing-conflict", arrivals.conflict_in_row),
    Shown("items-viewer", at(f"{ROOT}/items/"), user="viewer"),
    Shown("applications", at(f"{ROOT}/applications/")),
    Shown("burden", at(f"{ROOT}/burden/?month=2026-10")),
    Shown("chasers", at(f"{ROOT}/chasers/")),
    Shown("chasers-of-unit", at(f"{ROOT}/chasers/?waiting=on"), user="editor"),
    Shown("new-chasers", at(f"{ROOT}/chasers/new/?light=red&light=grey")),
    Shown("new-chasers-none", at(f"{ROOT}/chasers/new/")),
    Shown("chaser", arrivals_loop.chaser, user="editor"),
    Shown("rules", at(f"{ROOT}/settings/")),
    Shown("upgrade", at("/checklists/henan/upgrade/")),
    Shown("people", at(f"{ROOT}/people/")),
    Shown("people-none", at("/checklists/xinxiang/people/")),
    Shown("people-wrong", arrivals_accounts.unit_without_a_name),
    Shown("people-sheet", at(f"{ROOT}/people/sheet/")),
    Shown("people-preview", arrivals_accounts.list_of_people("第{}处\t人员{}\tuser{}")),
    Shown("people-preview-wrong", arrivals_accounts.list_of_people("第{}处\t人员{}\t")),
    Shown("people-slips", arrivals_accounts.slips, user=""),
    Shown("person", arrivals_accounts.person),
    Shown("person-left", arrivals_accounts.person_left),
    Shown("unit", arrivals_accounts.unit),
    Shown("invitation", arrivals_accounts.invitation, user=""),
    Shown("account-requests", arrivals_accounts.account_requests, user=""),
    Shown("by-section", at("/checklists/xinxiang/items/by-section/")),
    Shown("bulk", arrivals.chosen_together),
    Shown("bulk-preview", arrivals.previewed_together),
    Shown("item", at(f"{ROOT}/items/2.2.2/")),
    Shown("item-viewer", at(f"{ROOT}/items/3.1.4/"), user="viewer"),
    Shown("item-evidence", at(f"{ROOT}/items/1.1.7/"), user="editor"),
    Shown("item-editor", at(f"{ROOT}/items/2.1.2/"), user="editor"),
    Shown("item-conflict", arrivals.conflict_on_page),
    Shown("report", at(f"{ROOT}/report/")),
    Shown("batches", at(f"{ROOT}/batches/")),
    Shown("batches-none", at("/checklists/xinxiang/batches/")),
    Shown("batch", arrivals.batch),
    Shown("batch-undone", arrivals.undone_batch),
    Shown("upload", at(f"{ROOT}/import/")),
    Shown("upload-preview", arrivals.upload(lambda sheet: sheet.replace("推进中", "已完成"))),
    Shown("upload-wrong", arrivals.upload(lambda sheet: sheet.replace("推进中", "差不多了"))),
    Shown("below", at(f"{ROOT}/below/")),
    Shown("below-viewer", at("/checklists/xinxiang/below/"), user="viewer"),
    Shown("below-sheet", at(f"{ROOT}/below/sheet/")),
    Shown(
        "below-sheet-preview",
        arrivals.units(
            "新华区,xinhua,pds", "平顶山市,pds,", "卫东区,weidong,平顶山市", "焦店镇,jiaodian,xinhua"
        ),
    ),
    Shown("below-sheet-wrong", arrivals.units("新华区,xinhua,叶县", "平顶山市,平顶山,", "卫东区,平顶山,")),
    Shown("rearrange", arrivals.rearranged),
    Shown("hand-down", at(f"{ROOT}/items/2.2.2/hand-down/")),
    Shown("assignment", arrivals.handed_down),
    Shown("assignments", arrivals.handed_down_list),
    Shown("item-asked", arrivals.asked),
    Shown("assignment-corrected", arrivals.handed_down_by_the_demo()),
    Shown("assignment-withdrawn", arrivals.handed_down_by_the_demo(code="4.2.6")),
    Shown("assignment-correction", arrivals.handed_down_by_the_demo("correct/")),
    Shown("assignment-withdrawal", arrivals.handed_down_by_the_demo("withdraw/")),
    Shown("item-asked-again", at("/checklists/luoyang/items/2.3.7/"), user="luoyang"),
    Shown("item-withdrawn", at("/checklists/zhengzhou/items/4.2.6/"), user="zhengzhou"),
    Shown("assignments-received", at("/checklists/zhengzhou/assignments/"), user="zhengzhou"),
    Shown("answer-overtaken", arrivals.overtaken_answer, user="luoyang"),
    Shown("local", arrivals.local),
    Shown("local-preview", arrivals.local_preview),
    Shown("local-correction", arrivals.local_correction),
    Shown("local-viewer", at("/checklists/xinxiang/local/"), user="viewer"),
    Shown("item-local", arrivals.local_item),
    Shown("periods", at(f"{ROOT}/periods/")),
    Shown("period-open", arrivals.period(state="open")),
    Shown("period-to-submit", arrivals.period_to_submit),
    Shown("period-closed", arrivals.period(state="accepted")),
    Shown("compare-reports", at(f"{ROOT}/periods/compare/")),
    Shown("report-since", at(f"{ROOT}/report/?since={timezone.localdate() - timedelta(30)}")),
    Shown("report-templates", at(f"{ROOT}/report/templates/")),
    Shown("views", at(f"{ROOT}/views/")),
    Shown("columns", at(f"{ROOT}/items/columns/")),
    Shown("styleguide", arrivals_problems.styleguide),
    Shown("problem-400", arrivals_problems.too_many_fields),
    Shown("problem-403", at("/admin/"), user="viewer"),
    Shown("problem-403-csrf", arrivals_problems.token_missing),
    Shown("problem-404", at("/no-such-page/")),
    Shown("problem-500", arrivals_problems.broken),
    Shown("problem-503", arrivals_problems.maintained),
    Shown("admin", at("/admin/")),
    Shown("admin-items", at("/admin/measures/item/?checklist__id__exact=1")),
    Shown("admin-item", at("/admin/measures/item/1/change/")),
]
BY_NAME = {shown.name: shown for shown in PAGES}
