"""How users reach the pages for signing in and for their account."""

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from measures.models import forget_second_factor
from tests.browser.arrivals import Site
from tests.make import PASSWORD, code_of


def wrong_password(page: Page, site: Site) -> None:
    page.goto("/sign-in/")
    page.locator('[name="username"]').fill("editor")
    page.locator('[name="password"]').fill("wrong")
    page.locator("form .button.main").click()
    expect(page.locator(".note.error")).to_be_visible()


def state_of_the_site(page: Page, site: Site) -> None:
    User.objects.get_or_create(username="operator", is_superuser=True)
    site.sign_in(page.context, "operator")
    page.goto("/doctor/")


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
