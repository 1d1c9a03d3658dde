"""Watches the requests: counts and times each for /metrics, and writes the slow and the broken ones to the log."""

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from prometheus_client import CollectorRegistry, Counter, Histogram

log = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
SLOW_MS = 500
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
STATIC, ADMIN, UNKNOWN = "static", "admin", "none"

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "trender_http_requests", "Requests answered, by view and class of status.", ("view", "status"), registry=REGISTRY
)
SECONDS = Histogram(
    "trender_http_request_seconds", "Time to an answer, by view.", ("view",), buckets=BUCKETS, registry=REGISTRY
)


def observed(get_response: GetResponse) -> GetResponse:
    """Middleware, the outermost, so that what is measured is what a reader waits for, cached answers included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - began
        view = view_name(request)
        REQUESTS.labels(view, f"{response.status_code // 100}xx").inc()
        SECONDS.labels(view).observe(seconds)
        if seconds * 1000 > SLOW_MS or response.status_code >= 500:
            _write(request, response.status_code, round(seconds * 1000))
        return response

    return middleware


def view_name(request: HttpRequest) -> str:
    """Such as dashboard:home; a small set of words, whatever addresses strangers try."""
    if request.path_info.startswith(settings.STATIC_URL):
        return STATIC
    match = request.resolver_match
    # An answer from the cache, or of a middleware, comes before any view is looked for.
    return _name_for(request.path_info, settings.ROOT_URLCONF) if match is None else _name(match)


@lru_cache(maxsize=500)
def _name_for(path: str, urlconf: str) -> str:
    try:
        return _name(resolve(path, urlconf))
    except Resolver404:
        return UNKNOWN


def _name(match: ResolverMatch) -> str:
    return ADMIN if match.namespace == "admin" else match.view_name or UNKNOWN


def _write(request: HttpRequest, status: int, milliseconds: int) -> None:
    method, path = request.method or "", request.path
    # Names alone: what people search for is theirs.
    if names := [name[:40] for name in islice(request.GET, 10)]:
        path += "?" + "&".join(names)
    fields = {"method": method, "path": path, "status": status, "ms": milliseconds}
    log.info("%s %s %d in %d ms", method, path, status, milliseconds, extra={"fields": fields})
