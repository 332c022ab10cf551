"""Settings from the environment. A bad value stops the start and names itself."""

import ipaddress
import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
# What Django's own check asks of SECRET_KEY (security.W009).
SECRET_LENGTH = 50
HOW_TO_WRITE_A_URL = (
    "Write sqlite:////var/lib/taizhang/db.sqlite3 or postgres://user:password@host/name. In the password, "
    "write # as %23, ? as %3F, / as %2F, @ as %40, : as %3A and % as %25; in a shell, put the whole URL "
    "between single quotes, because of & and $."
)


def env_bool(name: str, default: bool) -> bool:
    """True or false; ImproperlyConfigured for anything but 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name}={value!r}: write 1 or 0 (or true/false, yes/no, on/off).")


def env_int(name: str, default: int, *, least: int = 0) -> int:
    """A whole number of at least `least`; ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value!r}: write a whole number, {least} or more.")
    return int(value)


def env_list(name: str, default: list[str]) -> list[str]:
    """Split at commas; empty words are dropped."""
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] or default


def env_networks(name: str, default: list[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and networks, split at commas; ImproperlyConfigured for anything else."""
    try:
        return [ipaddress.ip_network(word) for word in env_list(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Write such as 127.0.0.1,10.0.0.0/24.") from error


def env_choice(name: str, default: str, allowed: list[str]) -> str:
    """One of the words allowed; ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "").strip() or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r}: write one of {', '.join(allowed)}.")
    return value


def env_secret(name: str, default_file: Path) -> str:
    """A secret from NAME, or from the file that NAME_FILE names, or from the default file; else empty.

    ImproperlyConfigured for one of fewer than SECRET_LENGTH characters. The message never repeats the secret.
    """
    if secret := os.environ.get(name, ""):
        return long_enough(secret, name)
    path = os.environ.get(f"{name}_FILE", "")
    if not path and not default_file.exists():
        return ""
    place = f"{name}_FILE={path!r}" if path else f"{name}, from {default_file}"
    try:
        return long_enough(Path(path or default_file).read_text(encoding="utf-8").strip(), place)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ImproperlyConfigured(f"{place}: {reason}.") from error


def env_text(name: str) -> str:
    """A short secret, such as a password of another server, from NAME or the file that NAME_FILE names."""
    path = os.environ.get(f"{name}_FILE", "")
    if not path or os.environ.get(name):
        return os.environ.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ImproperlyConfigured(f"{name}_FILE={path!r}: {reason}.") from error


def long_enough(secret: str, place: str) -> str:
    """The secret; ImproperlyConfigured, naming the place but not the secret, for one that is too short."""
    length = len(secret.strip())
    if length < SECRET_LENGTH:
        raise ImproperlyConfigured(
            f"{place}: {length} characters are too few. Write {SECRET_LENGTH} random ones or more, "
            "such as python3 -c 'import secrets; print(secrets.token_urlsafe(64))' prints."
        )
    return secret


def env_database(name: str, default: str) -> dict[str, object]:
    """Django's settings for the database that a variable names; parse_database says what is refused."""
    return parse_database(name, os.environ.get(name, "").strip() or default)


def parse_database(name: str, url: str) -> dict[str, object]:
    """Django's settings for the database of a URL (sqlite:///path or postgres://…).

    ImproperlyConfigured for any other URL, and for one that was cut at a character that needs encoding. The
    message names the setting and never repeats the URL: it contains the password.
    """
    try:
        parsed = dict(dj_database_url.parse(url))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {HOW_TO_WRITE_A_URL}") from error
    if parsed["ENGINE"] not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ImproperlyConfigured(
            f"{name}: Taizhang runs on SQLite and PostgreSQL, not on {parsed['ENGINE']}."
        )
    is_sqlite = parsed["ENGINE"] == "django.db.backends.sqlite3"
    if "#" in url or not parsed["NAME"] or (is_sqlite and parsed["HOST"]):
        raise ImproperlyConfigured(f"{name} is cut off or names no database. {HOW_TO_WRITE_A_URL}")
    return parsed
