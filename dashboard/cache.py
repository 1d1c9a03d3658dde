"""Answers kept until something new is published: keyed by the last published run, for all readers the same."""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from pipeline.models.runs import PublishedRun, WorkflowExecution

GetResponse = Callable[[HttpRequest], HttpResponse]
KEPT_METHODS = ("GET", "HEAD")
WORTH_COMPRESSING = 500
# They answer without a database, so they must not be kept from answering by the question what was published last.
NEVER_KEPT = ("/healthz", "/readyz", "/metrics")
# Which headers an answer from the cache repeats; the others are set anew by the middlewares around this one.
REPEATED = (
    *("Content-Type", "Cache-Control", "Vary", "Content-Disposition", "X-Robots-Tag", "Access-Control-Allow-Origin"),
    *("Content-Security-Policy", "X-Frame-Options"),
)
MARK = "_kept_until_published"


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer. `body` is compressed where `is_gzip`."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_gzip: bool
    etag: str


def until_published(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view's answers as the same for every reader until a run is published, or for the page cache's seconds.

    The seconds are for what moves by itself on a page: "3 minutes ago".
    """

    @wraps(view)
    def marked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        setattr(response, MARK, True)
        return response

    return marked


def page_cache(get_response: GetResponse) -> GetResponse:
    """Middleware: answers from the cache, with ETag, 304 and gzip; says in Server-Timing what an answer took."""
    pointer = Pointer()

    def middleware(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        key = _key(request, pointer) if _may_be_kept(request) else ""
        kept = caches["default"].get(key) if key else None
        if kept is None:
            response = get_response(request)
            if not getattr(response, MARK, False) or response.status_code not in (200, 404) or response.streaming:
                return _timed(response, began)
            # An answer for one reader who takes it as it is need not be compressed.
            kept = keep(response, compress=bool(key) or _takes_gzip(request))
            # What was published while the page was made belongs under the next key.
            if key and _key(request, pointer) == key:
                caches["default"].set(key, kept, settings.TRENDER_PAGE_CACHE_SECONDS)
        return _timed(answer(request, kept), began)

    return middleware


class Pointer:
    """The last published and the last begun run, as this process knows them."""

    def __init__(self) -> None:
        self.state = ""
        self.read_at = 0.0

    def current(self) -> str:
        now = time.monotonic()
        if not self.state or now - self.read_at > settings.TRENDER_POINTER_SECONDS:
            self.state, self.read_at = pointer_state(), now
        return self.state


def pointer_state() -> str:
    """Changes whenever a run is published, begins or ends."""
    last = WorkflowExecution.objects.values_list("execution_id", "status", "finished_at").first()
    published = PublishedRun.objects.values_list("execution_id", "published_at").first()
    return f"{published} {last}"


def _may_be_kept(request: HttpRequest) -> bool:
    is_asked_for = request.method in KEPT_METHODS and request.path_info not in NEVER_KEPT
    return is_asked_for and settings.TRENDER_PAGE_CACHE_SECONDS > 0


def _key(request: HttpRequest, pointer: Pointer) -> str:
    address = f"{request.get_host()} {request.get_full_path()} {pointer.current()}"
    return blake2b(address.encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


def keep(response: HttpResponse, *, compress: bool = True) -> Kept:
    """The answer as it is kept: compressed once, for all who ask for it."""
    body = response.content
    compressed = gzip.compress(body, 4, mtime=0) if compress and len(body) >= WORTH_COMPRESSING else b""
    is_gzip = bool(compressed) and len(compressed) < len(body)
    headers = {name: response.headers[name] for name in REPEATED if name in response.headers}
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    return Kept(response.status_code, headers, compressed if is_gzip else body, is_gzip, etag)


def answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    if kept.status == 200 and _is_unchanged(request.headers.get("If-None-Match", ""), kept.etag):
        response: HttpResponse = HttpResponseNotModified()
        for name in kept.headers.keys() - {"Content-Type"}:
            response.headers[name] = kept.headers[name]
    elif kept.is_gzip and _takes_gzip(request):
        response = HttpResponse(kept.body, status=kept.status, headers=kept.headers)
        response.headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(kept.body) if kept.is_gzip else kept.body
        response = HttpResponse(body, status=kept.status, headers=kept.headers)
    patch_vary_headers(response, ("Accept-Encoding",))
    if response.status_code != 304:
        response.headers["Content-Length"] = str(len(response.content))
    if kept.status == 200:
        # Weak: the same page, compressed or not.
        response.headers["ETag"] = f"W/{kept.etag}"
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _is_unchanged(condition: str, etag: str) -> bool:
    return any(part.strip().removeprefix("W/") in (etag, "*") for part in condition.split(","))


def _timed(response: HttpResponse, began: float) -> HttpResponse:
    response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - began) * 1000:.2f}"
    return response
