"""How the site sends mail: reminders and one-time links. Without EMAIL_HOST it sends none."""

import os
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.env import env_choice, env_int, env_text

PORTS = {"starttls": 587, "tls": 465, "none": 25}


def env_site_address() -> str:
    """SITE_ADDRESS without a slash at its end; ImproperlyConfigured for what is no origin."""
    address = os.environ.get("SITE_ADDRESS", "").strip().rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query):
        raise ImproperlyConfigured(f"SITE_ADDRESS={address!r}: write such as https://ledger.example.org.")
    return address


# Where users reach the site: links in messages begin with it.
SITE_ADDRESS = env_site_address()
MAIL_HOST = os.environ.get("EMAIL_HOST", "").strip()
MAIL_FROM = os.environ.get("EMAIL_FROM", "").strip()
EMAIL_SECURITY = env_choice("EMAIL_SECURITY", "starttls", list(PORTS))
if MAIL_HOST and not SITE_ADDRESS:
    raise ImproperlyConfigured("EMAIL_HOST needs SITE_ADDRESS, such as https://ledger.example.org.")
if MAIL_HOST and "@" not in parseaddr(MAIL_FROM)[1]:
    raise ImproperlyConfigured("EMAIL_HOST needs EMAIL_FROM, such as ledger@example.org.")
# Django's setting MAILERS.
SMTP_SERVER: dict[str, object] = {
    "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "OPTIONS": {
        "host": MAIL_HOST,
        "port": env_int("EMAIL_PORT", PORTS[EMAIL_SECURITY], least=1),
        "username": os.environ.get("EMAIL_USER", "").strip(),
        "password": env_text("EMAIL_PASSWORD"),
        "use_tls": EMAIL_SECURITY == "starttls",
        "use_ssl": EMAIL_SECURITY == "tls",
        "timeout": 20,  # seconds
    },
}
