"""Requests that nobody should send: for every address of the site, with what its own forms hold and worse."""

import random
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from hypothesis import strategies as st

from tests.faults.bombs import document, sheet, spoilt
from tests.faults.nasty import BIG, CONTENT_TYPES, COOKIES, HEADERS, KNOWN_NAMES, LOOKUPS, NASTY, WORDS

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Form:
    """A form as a page holds it: where it goes, and what it would send untouched."""

    method: str
    action: str
    fields: Pairs
    files: list[str] = field(default_factory=list)


class FormsOf(HTMLParser):
    """The forms of a page."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.address = address
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = given.get("action") or self.address
            self.found.append(Form(given.get("method", "get").upper(), action, []))
        if not self.found:
            return
        fields, name = self.found[-1].fields, given.get("name", "")
        if tag == "input" and name and given.get("type") == "file":
            self.found[-1].files.append(name)
        elif tag in ("input", "button") and name:
            fields.append((name, given.get("value", "")))
        elif tag in ("select", "textarea") and name:
            fields.append((name, ""))
            self.select = name
        elif tag == "option" and self.select and given.get("value"):
            fields[-1] = (self.select, given["value"])


@dataclass(frozen=True)
class Sent:
    """One request, as bytes go over the wire."""

    who: str
    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


def quoted(text: str, safe: str = "") -> str:
    """Percent-encoded, lone surrogates as the three bytes that no decoder may take."""
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe=safe)


def encoded(pairs: Pairs) -> str:
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


def multipart(pairs: Pairs, files: dict[str, bytes] | None = None) -> bytes:
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a.xlsx"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n%s\r\n" % (name.encode(), content)
        for name, content in (files or {}).items()
    ]
    parts += [
        b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (
            name.encode("utf-8", "surrogatepass"),
            b'; filename="../a\\b.xlsx"' if value.startswith("=") else b"",
            value.encode("utf-8", "surrogatepass"),
        )
        for name, value in pairs
    ]
    return b"".join(parts) + b"--x--\r\n"


def routes() -> list[str]:
    """Every route of the site as Django writes it: checklists/<slug:slug>/items/<str:code>/."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> None:
        for pattern in patterns:
            if not isinstance(pattern.pattern, RoutePattern):
                continue
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            else:
                found.append(route)

    walk(get_resolver().url_patterns, "/")
    return sorted(found)


texts = st.one_of(
    st.sampled_from(NASTY),
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.integers().map(str),
    st.dates().map(str),
)
names = st.one_of(
    st.sampled_from(KNOWN_NAMES),
    st.builds(
        str.__add__,
        st.sampled_from(["id", "owner", "user", "checklist", "measure"]),
        st.sampled_from(LOOKUPS),
    ),
    st.text(st.characters(exclude_categories=()), max_size=8),
)
pairs = st.one_of(
    st.lists(st.tuples(names, texts), max_size=6),
    st.lists(st.tuples(names, texts), max_size=6),
    st.builds(
        lambda name, value: [(name, value)] * 1_000, st.sampled_from(KNOWN_NAMES), st.sampled_from(WORDS)
    ),
)
latin = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=40)
headers = st.dictionaries(
    st.sampled_from(HEADERS), st.one_of(latin, st.sampled_from(["row", "*", "de;q=x"])), max_size=2
)
cookies = st.dictionaries(st.sampled_from(COOKIES), latin, max_size=1)
# Such as people take away, whole and with some bytes spoilt; and no spreadsheet at all.
files = st.one_of(
    st.sampled_from([sheet(), document(), b""]),
    st.builds(
        lambda whole, seed: spoilt(whole, random.Random(seed)),
        st.sampled_from([sheet(), document(), "编号,状态,进展情况\n1.1.1,已完成,已办\n".encode()]),
        st.integers(0, 2**32),
    ),
    st.sampled_from(NASTY).map(
        lambda text: f"编号,进展情况\n1.1.1,{text}\n".encode("utf-8", "surrogatepass")
    ),
    st.binary(max_size=200),
)


def paths(real: dict[str, list[str]]) -> st.SearchStrategy[str]:
    """Addresses of the site: mostly with keys that exist (by the argument's name), else with anything."""

    own = st.sampled_from([route for route in routes() if not route.startswith("/admin/")])
    admins = st.sampled_from([route for route in routes() if route.startswith("/admin/")])

    def filled(draw: st.DrawFn) -> str:
        def fill(found: re.Match[str]) -> str:
            known = real.get(found[2], WORDS)
            text = draw(st.one_of(st.sampled_from(known), st.sampled_from(known), texts))
            return quoted(text[:300], safe="/:")

        return re.sub(r"<(?:(\w+):)?(\w+)>", fill, draw(st.one_of(own, own, admins)))

    return st.composite(filled)()


def requests(people: list[str], forms: list[Form], real: dict[str, list[str]]) -> st.SearchStrategy[Sent]:
    """Anything to any address, and the site's own forms with a few of their fields spoilt."""

    def filled_in(draw: st.DrawFn) -> Sent:
        form = draw(st.sampled_from(forms))
        filled = list(form.fields)
        for _ in range(draw(st.integers(0, 3))):
            if filled:
                place = draw(st.integers(0, len(filled) - 1))
                filled[place] = (filled[place][0], draw(texts))
        filled += draw(st.lists(st.tuples(names, texts), max_size=1))
        who, sent_headers, sent_cookies = draw(st.sampled_from(people)), draw(headers), draw(cookies)
        path, _, query = form.action.partition("?")
        if form.method == "GET":
            return Sent(who, "GET", path, encoded(filled), sent_headers, sent_cookies)
        as_parts = bool(form.files) or draw(st.booleans())
        sent = {name: draw(files) for name in form.files}
        body = multipart(filled, sent) if as_parts else encoded(filled).encode()
        kind = CONTENT_TYPES[4 if as_parts else 0]
        return Sent(who, "POST", path, query, sent_headers, sent_cookies, body, kind)

    def anything(draw: st.DrawFn) -> Sent:
        method = draw(
            st.sampled_from(["GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"])
        )
        body = b""
        if method not in ("GET", "HEAD"):
            body = draw(
                st.one_of(
                    pairs.map(lambda p: encoded(p).encode()), pairs.map(multipart), st.binary(max_size=60)
                )
            )
            if draw(st.integers(0, 60)) == 0:
                body = draw(st.sampled_from(BIG))
        return Sent(
            draw(st.sampled_from(people)),
            method,
            draw(paths(real)),
            draw(pairs.map(encoded)),
            draw(headers),
            draw(cookies),
            body,
            draw(st.sampled_from(CONTENT_TYPES)),
        )

    return st.one_of(st.composite(filled_in)(), st.composite(anything)())
