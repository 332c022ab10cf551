"""The signature of a manifest: an HMAC under a key that no backup holds.

The manifest holds the hash of the database, so the signature covers the whole backup.
"""

import json
import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SIGNATURE = "signature"
# One for each purpose: Django derives a different key from each.
SIGNING, NAMING = "measures.database.backups.signing", "measures.database.backups.fingerprint"
SHAPES = {"setting": "SECRET_KEY|BACKUP_KEY", "fingerprint": "[0-9a-f]{16}", "hmac": "[0-9a-f]{64}"}


def key() -> tuple[str, str]:
    """The name of the setting that signs, and its value."""
    return ("BACKUP_KEY", settings.BACKUP_KEY) if settings.BACKUP_KEY else ("SECRET_KEY", settings.SECRET_KEY)


def fingerprint() -> str:
    """Return sixteen hexadecimal digits that identify a key without revealing it."""
    return salted_hmac(NAMING, "", secret=key()[1], algorithm="sha256").hexdigest()[:16]


def hmac_of(manifest: dict[str, object], signer: dict[str, str]) -> str:
    """The HMAC over all of the manifest and over who signed it, as canonical JSON."""
    signed = {**manifest, SIGNATURE: signer}
    canonical = json.dumps(signed, sort_keys=True, separators=(",", ":"))
    return salted_hmac(SIGNING, canonical, secret=key()[1], algorithm="sha256").hexdigest()


def with_signature(manifest: dict[str, object]) -> dict[str, object]:
    """The manifest with its signature."""
    signer = {"setting": key()[0], "fingerprint": fingerprint()}
    return {**manifest, SIGNATURE: {**signer, "hmac": hmac_of(manifest, signer)}}


def are_shaped(signature: dict[str, object]) -> bool:
    """Whether this is a signature by its form; what it says may then be shown on a terminal."""
    return set(signature) == set(SHAPES) and all(
        re.fullmatch(shape, str(signature[name])) for name, shape in SHAPES.items()
    )


def distrust(manifest: dict[str, object]) -> str:
    """Why this site cannot trust the manifest, in words for the operator; empty if the signature is right."""
    signature = manifest.get(SIGNATURE)
    if not isinstance(signature, dict) or not are_shaped(signature):
        return "has no signature: an older release made it, or somebody changed it"
    if not constant_time_compare(signature["fingerprint"], fingerprint()):
        return (
            f"was signed with another key ({signature['setting']}, fingerprint {signature['fingerprint']}) "
            f"than this site's ({key()[0]}, fingerprint {fingerprint()}). Set BACKUP_KEY to "
            "the key that signed it"
        )
    rest = {name: value for name, value in manifest.items() if name != SIGNATURE}
    signer = {name: signature[name] for name in ("setting", "fingerprint")}
    if not constant_time_compare(signature["hmac"], hmac_of(rest, signer)):
        return "was changed after it was made: its signature does not fit"
    return ""
