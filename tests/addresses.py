"""The addresses of the site, as its own URL patterns name them."""

from django.urls import URLPattern, URLResolver, get_resolver


def own_addresses() -> set[str]:
    """The names of all addresses but the admin's, which tests/test_admin_access.py walks."""
    names: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.app_name != "admin":
                    walk(pattern.url_patterns)
            # The admin's door and first page have views of ours.
            elif str(pattern.pattern) not in ("admin/login/", "admin/"):
                names.add(pattern.name or str(pattern.pattern))

    walk(get_resolver().url_patterns)
    return names
