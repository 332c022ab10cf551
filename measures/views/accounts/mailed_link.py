"""A forgotten password, where mail is set up: a link goes to the address that the account has.

Whoever asks sees nothing of it. The account is looked up, and the mail sent, by another thread, so that the
answer takes as long whether there is such an account or not.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db import connections
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from measures.choices import Audited
from measures.models import audit
from measures.rights.posts import are_enforced, post_of_account

forgotten_log = logging.getLogger("taizhang.forgotten")
# One thread: the lock-outs bound how many mails wait for it.
background = ThreadPoolExecutor(1, thread_name_prefix="forgotten")


def mails_links() -> bool:
    """Whether a forgotten password is answered by mail. Under `mlps` only account managers give links."""
    return bool(settings.SENDS_MAIL) and not are_enforced()


def mail_link_soon(name: str, language: str) -> None:
    """Let the other thread do it; it knows where the request came from."""
    background.submit(copy_context().run, _and_hang_up, lambda: mail_link(name, language))


def _and_hang_up(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:  # nobody asks the thread what became of it
        forgotten_log.exception("A link for a forgotten password was not sent.")
    finally:
        connections.close_all()


def mail_link(name: str, language: str) -> None:
    """Mail the link, if an account has this name, an address and a password.

    Accounts that run the site or manage others get none: a mailbox must not open the administration.
    """
    user = User.objects.filter(username=name, is_active=True).exclude(email="").first()
    if user is None or not user.has_usable_password() or post_of_account(user):
        return
    audit(Audited.LINK_GIVEN, at=timezone.now(), about=user.get_username(), after={"why": "forgotten"})
    key = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("first-password", args=[key, default_token_generator.make_token(user)])
    told = {
        "name": user.get_username(),
        "link": f"{settings.SITE_ADDRESS}{path}",
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
    }
    with override(language):
        subject = _("Taizhang: set a new password")
        text = render_to_string("accounts/forgotten_mail.txt", told)
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject, text, to=[user.email], headers=headers).send()
