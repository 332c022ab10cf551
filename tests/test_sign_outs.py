"""Every way out: recorded, and with nothing left behind in the browser."""

from contextlib import suppress

from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from measures.choices import Audited
from measures.models import AuditRecord, Checklist, Session
from tests.make import PASSWORD, SignIn
from tests.test_access import TABLE
from tests.test_admin_access import all_names as names_of_admin


def addresses() -> dict[str, str]:
    """Every address of the site, and of the admin where it takes no key."""
    found = {name: reverse(name, args=expected.arguments) for name, expected in TABLE.items()}
    for name in names_of_admin():
        with suppress(NoReverseMatch):
            found[f"admin:{name}"] = reverse(f"admin:{name}")
    return found


def test_every_sign_out_is_recorded_and_clears_the_browser(
    checklist: Checklist, sign_in: SignIn, administrator: User
) -> None:
    User.objects.filter(pk=administrator.pk).update(is_superuser=True, is_staff=True)
    administrator.refresh_from_db()
    ways = set()
    client = sign_in(administrator)
    for name, address in addresses().items():
        if not Session.objects.filter(user=administrator).exists():
            client = sign_in(administrator)
        own = Session.objects.get(user=administrator).public_id
        before = AuditRecord.objects.order_by("pk").last()

        response = client.post(reverse(name, args=[own]) if name == "end-session" else address)

        if Session.objects.filter(user=administrator).exists():
            assert "Clear-Site-Data" not in response.headers, name
            continue
        ways.add(name)
        added = AuditRecord.objects.filter(pk__gt=before.pk if before else 0)
        assert Audited.SIGNED_OUT in {record.action for record in added}, name
        assert response.headers["Clear-Site-Data"] == '"cache"', name

    assert ways == {"sign-out", "end-session", "admin:logout"}


def test_a_new_password_records_the_sessions_that_it_ends(administrator: User, sign_in: SignIn) -> None:
    sign_in(administrator)
    sign_in(administrator)
    new = {"new_password1": "zai-ban-shi-xiang-26", "new_password2": "zai-ban-shi-xiang-26"}

    sign_in(administrator).post("/password/", {"old_password": PASSWORD, **new})

    record = AuditRecord.objects.get(action=Audited.SESSIONS_ENDED)
    assert (record.by, record.after) == (administrator, '{"rows": 2}')


def test_whom_the_proxy_names_no_more_is_signed_out_the_same_way(
    behind_a_proxy: None, administrator: User
) -> None:
    client = Client(headers={"X-Remote-User": "administrator"})
    client.get("/checklists/")
    del client.defaults["HTTP_X_REMOTE_USER"]

    response = client.get("/checklists/")

    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert AuditRecord.objects.filter(action=Audited.SIGNED_OUT).count() == 1
