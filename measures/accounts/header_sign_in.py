"""Signing in by a header that an office's own proxy sets (REMOTE_USER_HEADER). Off unless that is set.

The proxy has asked for the password, and for a second factor where it wants one; here nobody does again.
"""

from django.conf import settings
from django.contrib.auth.backends import RemoteUserBackend
from django.contrib.auth.middleware import RemoteUserMiddleware


class HeaderBackend(RemoteUserBackend):
    """Lets in those that there are, and makes nobody."""

    create_unknown_user = False


class HeaderSignIn(RemoteUserMiddleware):
    """Signs in the user whom the proxy names, and signs out one whom it no longer names.

    A name that is not let in is recorded and locks nobody (audit/sign_ins.py, accounts/lockout.py).
    """

    @property
    def header(self) -> str:  # type: ignore[override]
        """The header as WSGI spells it: X-Remote-User becomes HTTP_X_REMOTE_USER."""
        return "HTTP_" + settings.REMOTE_USER_HEADER.upper().replace("-", "_")
