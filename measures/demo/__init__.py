"""Half a year of invented progress over the real catalogue, for `make demo`. Measures only, never people."""

from measures.demo.stage import NAME, SLUG, USERS, make_demo, set_passwords

__all__ = ["NAME", "SLUG", "USERS", "make_demo", "set_passwords"]
