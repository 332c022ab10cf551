"""How users reach the pages for signing in and for their account."""

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from measures.choices import Role
from measures.models import Checklist, Invitation, forget_second_factor
from tests.browser.arrivals import ROOT, Arrive, Site
from tests.make import PASSWORD, code_of
from tests.takeover.office import NAME, office_ledger


def wrong_password(page: Page, site: Site) -> None:
    page.goto("/sign-in/")
    page.locator('[name="username"]').fill("editor")
    page.locator('[name="password"]').fill("wrong")
    page.locator("form .button.main").click()
    expect(page.locator(".note.error")).to_be_visible()


def forgot_password(page: Page, site: Site) -> None:
    """Where mail is set up."""
    with override_settings(SENDS_MAIL=True, SECURITY_PROFILE="asvs"):
        page.goto(reverse("forgot-password"))


def state_of_the_site(page: Page, site: Site) -> None:
    User.objects.get_or_create(username="operator", defaults={"is_superuser": True, "first_name": "运维"})
    site.sign_in(page.context, "operator")
    page.goto("/doctor/")


def taking_over(page: Page, site: Site) -> None:
    User.objects.get_or_create(username="operator", defaults={"is_superuser": True, "first_name": "运维"})
    site.sign_in(page.context, "operator")
    page.goto("/takeover/")


def previewing_a_ledger(page: Page, site: Site) -> None:
    taking_over(page, site)
    page.locator("[name=file]").set_input_files(
        {"name": NAME, "mimeType": "application/octet-stream", "buffer": office_ledger(30)}
    )
    page.locator("main form .button.main").first.click()
    expect(page.locator(".ledger").first).to_be_visible()


def taken_over(page: Page, site: Site) -> None:
    previewing_a_ledger(page, site)
    page.locator("[name=apply]").click()
    expect(page.locator("h1")).to_have_text("台账已导入")


def first_password(page: Page, site: Site) -> None:
    user = User.objects.get(username="viewer")
    key = urlsafe_base64_encode(force_bytes(user.pk))
    page.goto(reverse("first-password", args=[key, default_token_generator.make_token(user)]))


def without_a_phone(page: Page, site: Site) -> None:
    user = User.objects.get(username="auditor")
    forget_second_factor(user)
    user.set_password(PASSWORD)
    user.save()
    site.sign_in(page.context, "auditor")  # a new password ends the session
    page.goto("/account/two-factor/")


def setting_up_a_phone(page: Page, site: Site) -> None:
    without_a_phone(page, site)
    page.locator('form[action$="/begin/"] button').click()
    expect(page.locator("main img")).to_be_visible()


def recovery_codes(page: Page, site: Site) -> None:
    setting_up_a_phone(page, site)
    page.locator('[name="code"]').fill(code_of(User.objects.get(username="auditor")))
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator('form[action$="/confirm/"] button.main').click()
    expect(page.locator("main li").first).to_be_visible()


def with_a_phone(page: Page, site: Site) -> None:
    recovery_codes(page, site)
    page.goto("/account/two-factor/")


def asked_for_a_code(page: Page, site: Site) -> None:
    user = User.objects.get(username="auditor")
    TOTPDevice.objects.get_or_create(user=user, defaults={"confirmed": True})
    user.set_password(PASSWORD)
    user.save()
    page.goto("/sign-in/")
    page.locator('[name="username"]').fill("auditor")
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator("form .button.main").click()
    expect(page.locator('[name="code"]')).to_be_visible()


def unit_without_a_name(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/people/")
    page.locator('[name="unit-name"]').fill("干部一处")
    page.locator('[name="unit-phone"]').fill("13800000000")
    page.locator('form[action$="/people/units/"] button').click()
    expect(page.locator(".errors").first).to_be_visible()


def list_of_people(row: str) -> Arrive:
    """The preview of a list of four."""

    def arrive(page: Page, site: Site) -> None:
        page.goto("/checklists/xinxiang/people/sheet/")
        page.locator('[name="pasted"]').fill("\n".join(row.format(n, n, n) for n in range(1, 5)))
        page.locator("form[data-wait] button.main").click()
        expect(page.locator("main table").first).to_be_visible()

    return arrive


def invited(username: str, *, approved: bool) -> str:
    """Somebody invited into 河南, as for the first time; the path of their link."""
    checklist, by = Checklist.objects.get(slug="henan"), User.objects.get(username="administrator")
    for old in Invitation.objects.filter(username=username):
        old.withdraw(by=by, at=timezone.now(), with_account=True)
    made = Invitation(checklist=checklist, username=username, person="新来的人", role=Role.VIEWER)
    made.prepare(by=by, at=timezone.now())
    return reverse("invitation", args=[made.approve(by=by, at=timezone.now())]) if approved else ""


def invitation(page: Page, site: Site) -> None:
    page.goto(invited("xinren", approved=True))


def account_requests(page: Page, site: Site) -> None:
    invited("daijian", approved=False)
    User.objects.get_or_create(
        username="operator", defaults={"is_superuser": True, "is_staff": True, "first_name": "运维"}
    )
    User.objects.filter(username="operator").update(is_staff=True)
    site.sign_in(page.context, "operator")
    page.goto(reverse("account-requests"))


def slips(page: Page, site: Site) -> None:
    """As the account manager sees them."""
    account_requests(page, site)
    with override_settings(SENDS_MAIL=True):
        page.locator('[name="approve"]').click()
        expect(page.locator(".slip").first).to_be_visible()
    expect(page.locator(".slip").first).to_be_visible()


def person(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/people/")
    page.locator('a[href*="/people/members/"]').first.click()
    expect(page.locator('[name="role"]')).to_be_visible()


def person_left(page: Page, site: Site) -> None:
    person(page, site)
    page.locator('a[href$="/left/"]').click()
    expect(page.locator('[name="to"]')).to_be_visible()


def unit(page: Page, site: Site) -> None:
    page.goto(f"{ROOT}/people/")
    page.locator('a[href*="/people/units/"]').first.click()
    expect(page.locator('[name="leader"]')).to_be_visible()
