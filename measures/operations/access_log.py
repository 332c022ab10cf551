"""One line for each request: who asked for what, from where, and how long it took. No text of a person.

A path is logged without its query, which may hold words that somebody searched for, and without keys and
tokens.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.functional import empty

from measures.operations.metrics import count_request
from measures.origin import told_address

lines = logging.getLogger("taizhang.access")

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
SECRET_PARTS = {"key", "token"}
LOCKING = ("BEGIN IMMEDIATE", "SELECT pg_advisory_xact_lock")
LOCKING_ROWS = (" FOR UPDATE", " FOR NO KEY UPDATE")
LONGEST_PATH = 200
LONGEST_STATEMENT = 300


class Queries:
    """Counts the statements of one request, and keeps the text of the slowest, without its values.

    `locking` holds the seconds of those that first wait for a lock.
    """

    def __init__(self) -> None:
        self.count, self.seconds, self.locking, self.longest, self.slowest = 0, 0.0, 0.0, 0.0, ""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = time.perf_counter() - began
            self.count += 1
            self.seconds += took
            if takes_lock(sql):
                self.locking += took
            if took >= self.longest:
                self.longest, self.slowest = took, sql


def takes_lock(sql: str) -> bool:
    """Whether a statement waits for a lock on either engine: a transaction's, an advisory one, rows'."""
    return sql.startswith(LOCKING) or any(words in sql for words in LOCKING_ROWS)


def access_log(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives each request an id, and logs and counts it once it is answered."""

    def answer(request: HttpRequest) -> HttpResponse:
        began, queries, name = time.perf_counter(), Queries(), request_id(request)
        with connection.execute_wrapper(queries):
            response = get_response(request)
        response.headers["X-Request-ID"] = name
        seconds = time.perf_counter() - began
        count_request(
            request,
            response.status_code,
            seconds,
            queries=queries.count,
            waited=queries.seconds,
            locking=queries.locking,
        )
        if settings.ACCESS_LOG:
            log_request(request, response.status_code, name, seconds, queries)
        return response

    return answer


def request_id(request: HttpRequest) -> str:
    """The id that the proxy gave this request, or a new one. Without a proxy anybody could choose it."""
    given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def log_request(request: HttpRequest, status: int, name: str, seconds: float, queries: Queries) -> None:
    """Write the line: at WARNING with the slowest statement if the request took SLOW_REQUEST_MS or more."""
    took = round(seconds * 1000)
    said: dict[str, object] = {
        "method": request.method or "",
        "path": safe_path(request),
        "status": status,
        "ms": took,
        "user": user_id(request),
        "address": told_address(request) or "-",
        "request_id": name,
        "queries": queries.count,
    }
    line = "%(method)s %(path)s %(status)s %(ms)s ms user=%(user)s address=%(address)s request=%(request_id)s"
    if took < settings.SLOW_REQUEST_MS:
        lines.info(line, said, extra=said)
        return
    said |= {"query_ms": round(queries.seconds * 1000), "slowest": queries.slowest[:LONGEST_STATEMENT]}
    line += " slow: queries=%(queries)s query_ms=%(query_ms)s slowest=%(slowest)s"
    lines.warning(line, said, extra=said)


def safe_path(request: HttpRequest) -> str:
    """The path of a request; the pattern of its route where the path itself is a secret."""
    found = request.resolver_match
    if found and SECRET_PARTS & set(found.kwargs):
        return f"/{found.route}"
    return request.path[:LONGEST_PATH]


def user_id(request: HttpRequest) -> int | str:
    """The key of the signed-in user, if the request asked for it; a dash otherwise. Never a query."""
    user = getattr(request, "user", None)
    if user is None or getattr(user, "_wrapped", None) is empty or not user.is_authenticated:
        return "-"
    return int(user.pk)
