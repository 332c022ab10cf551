"""What the two security profiles ask of passwords. docs/security.md sets them side by side.

The standards contradict each other, so a site chooses: `mlps` follows 等保 (GB/T 22239) as its assessors
read it, `asvs` the OWASP ASVS 5.0, which forbids rules of composition and forced change.
"""

PROFILES = ["mlps", "asvs"]
DJANGOS = "django.contrib.auth.password_validation"
OURS = "measures.accounts.passwords"
# No password holds these, in either profile: names of the app, of what it is for, and of its accounts.
SITE_WORDS = ["taizhang", "台账", "台賬", "ganbu", "henan", "河南", "admin", "auditor"]
LENGTH = {"mlps": 10, "asvs": 12}
# After so many days a password must be changed; 0 for never.
PASSWORD_DAYS = {"mlps": 90, "asvs": 0}


def password_validators(profile: str) -> list[dict[str, object]]:
    """Django's AUTH_PASSWORD_VALIDATORS for a profile. The last one also records every change."""
    common: list[dict[str, object]] = [
        {"NAME": f"{DJANGOS}.MinimumLengthValidator", "OPTIONS": {"min_length": LENGTH[profile]}},
        {"NAME": f"{DJANGOS}.UserAttributeSimilarityValidator"},
        {"NAME": f"{DJANGOS}.CommonPasswordValidator"},
        {"NAME": f"{OURS}.NoWordOfTheSite", "OPTIONS": {"words": SITE_WORDS}},
    ]
    if profile == "asvs":
        return [*common, {"NAME": f"{OURS}.PasswordRecord"}]
    return [*common, {"NAME": f"{OURS}.ThreeOfFourKinds"}, {"NAME": f"{OURS}.NoneOfTheLast"}]
