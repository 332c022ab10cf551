"""Where reminders go as signed HTTP requests (Standard Webhooks). Without WEBHOOK_URL there are none."""

import base64
import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.env import env_networks, env_text
from config.mail import SITE_ADDRESS

SECRET_BYTES = (24, 64)  # as the specification bounds them
HOW_TO_WRITE_IT = (
    "write whsec_ and {least} to {most} random bytes in base64, such as python3 -c 'import base64, os; "
    'print("whsec_" + base64.b64encode(os.urandom(32)).decode())\' prints.'
)


def env_webhook_url() -> str:
    """WEBHOOK_URL; ImproperlyConfigured for what is no address of a web server."""
    url = os.environ.get("WEBHOOK_URL", "").strip()
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if url and (not is_whole or parts.username is not None or parts.fragment or not url.isascii()):
        raise ImproperlyConfigured("WEBHOOK_URL: write such as https://gateway.example.org/taizhang.")
    return url


def webhook_keys(name: str, secrets: str) -> list[bytes]:
    """The keys of comma-separated secrets; ImproperlyConfigured, without repeating it, for a bad one."""
    keys = []
    for secret in filter(None, map(str.strip, secrets.split(","))):
        try:
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except ValueError:
            key = b""
        least, most = SECRET_BYTES
        if not secret.startswith("whsec_") or not least <= len(key) <= most:
            raise ImproperlyConfigured(f"{name}: {HOW_TO_WRITE_IT.format(least=least, most=most)}")
        keys.append(key)
    return keys


WEBHOOK_URL = env_webhook_url()
WEBHOOK_KEYS = webhook_keys("WEBHOOK_SECRET", env_text("WEBHOOK_SECRET"))
# The private addresses that the webhook may reach, and those it may reach without TLS.
WEBHOOK_NETWORKS = env_networks("WEBHOOK_NETWORKS", [])
if WEBHOOK_URL and not WEBHOOK_KEYS:
    raise ImproperlyConfigured("WEBHOOK_URL needs WEBHOOK_SECRET, which signs what is sent.")
if WEBHOOK_URL and not SITE_ADDRESS:
    raise ImproperlyConfigured("WEBHOOK_URL needs SITE_ADDRESS, such as https://ledger.example.org.")
if WEBHOOK_URL.lower().startswith("http:") and not WEBHOOK_NETWORKS:
    raise ImproperlyConfigured(
        "WEBHOOK_URL: write https://, or name the private network of the server in WEBHOOK_NETWORKS."
    )
