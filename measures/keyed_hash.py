"""The hash that the database stores instead of a random secret."""

from django.utils.crypto import salted_hmac


def keyed_hash(purpose: str, secret: str) -> str:
    """64 hexadecimal digits of HMAC-SHA256, under a key that SECRET_KEY and the purpose make.

    Use it for long random secrets only: a password, which can be guessed, needs a slow hash. A hash of one
    purpose does not match for another, and after a change of SECRET_KEY none matches.
    """
    return salted_hmac(f"measures.{purpose}", secret, algorithm="sha256").hexdigest()
