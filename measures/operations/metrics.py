"""Figures for Prometheus at /metrics, without a sign-in, for the addresses in METRICS_ALLOW alone.

Each worker counts in a file (config/gunicorn.py names the folder), and the one that is asked adds them up.
The state of the site is read when it is asked for.
"""

import ipaddress
import os
import shutil
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from measures.models import AuditRecord
from measures.operations.jobs import JOBS, last_run
from measures.origin import told_address

ADDRESS = "/metrics"
# Each of these means that a proxy has passed the request on.
OF_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Histogram(
    "taizhang_request_seconds", "How long requests took.", ["route", "method", "status"], buckets=SECONDS
)
QUERIES = Counter("taizhang_queries", "Statements sent to the database.", ["route"])
QUERY_SECONDS = Counter("taizhang_query_seconds", "Seconds that requests waited for the database.", ["route"])
LOCK_SECONDS = Counter("taizhang_lock_seconds", "Seconds of statements that wait for a lock.", ["route"])
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def count_request(
    request: HttpRequest, status: int, seconds: float, *, queries: int, waited: float, locking: float
) -> None:
    """Add a request to the figures. Routes are few; paths, which clients choose, are no labels."""
    found = request.resolver_match
    route = (found.view_name if found else "") or "none"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(route, method, str(status)).observe(seconds)
    QUERIES.labels(route).inc(queries)
    QUERY_SECONDS.labels(route).inc(waited)
    LOCK_SECONDS.labels(route).inc(locking)


class SiteState(Collector):
    """What is true now: the release, the database, the audit trail, the disk, the daily jobs."""

    def collect(self) -> Iterator[Metric]:
        release = GaugeMetricFamily("taizhang_release", "Always 1; names the release.", labels=["version"])
        release.add_metric([settings.VERSION], 1)
        yield release
        newest = newest_record()
        yield GaugeMetricFamily(
            "taizhang_database_up", "Whether the database answers.", value=float(newest is not None)
        )
        if newest is not None:
            yield GaugeMetricFamily(
                "taizhang_audit_newest", "Number of the newest audit record.", value=newest
            )
        free = shutil.disk_usage(settings.DATA_DIR).free
        yield GaugeMetricFamily("taizhang_disk_free_bytes", "Free space in the data folder.", value=free)
        age = GaugeMetricFamily("taizhang_job_age_seconds", "Since a daily job ended.", labels=["job"])
        failed = GaugeMetricFamily("taizhang_job_failed", "Whether its last run failed.", labels=["job"])
        for job in JOBS:
            if run := last_run(job.name):
                age.add_metric([job.name], (timezone.now() - run.at).total_seconds())
                failed.add_metric([job.name], float(bool(run.error)))
        yield from (age, failed)


def newest_record() -> int | None:
    """The key of the newest audit record, 0 if there is none; None if the database does not answer."""
    try:
        return AuditRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    except DatabaseError:
        return None


def metrics(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: answers /metrics before hosts, sessions and sign-ins matter; for others it is not there."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path != ADDRESS or not may_read(request):
            return get_response(request)
        return HttpResponse(generate_latest(figures()), content_type=CONTENT_TYPE_LATEST)

    return answer


def figures() -> CollectorRegistry:
    """Everything that is counted and everything that is read now."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for counted in (REQUESTS, QUERIES, QUERY_SECONDS, LOCK_SECONDS):
            registry.register(counted)
    registry.register(SiteState())
    return registry


def may_read(request: HttpRequest) -> bool:
    """Whether the address may read the figures: the client's own, not that of the proxy before us.

    Without BEHIND_PROXY, the proxy's address would pass for the client's: a request that a proxy has passed
    on is refused then.
    """
    if not settings.BEHIND_PROXY and any(name in request.headers for name in OF_A_PROXY):
        return False
    address = told_address(request)
    return bool(address) and any(
        ipaddress.ip_address(address) in network for network in settings.METRICS_ALLOW
    )
