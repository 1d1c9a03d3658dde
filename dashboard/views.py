"""Views parse, ask and render."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_safe

from dashboard import queries
from dashboard.health import readiness
from dashboard.ranking import entries
from dashboard.run_truth import is_unpublished_end, run_truth

RANKED = 100


@require_safe
@cache_control(no_cache=True)
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    """The published top 100."""
    now = timezone.now()
    publication, last_run = queries.current_publication(RANKED), queries.last_run()
    published = publication.published
    context = {
        "now": now,
        "run": run_truth(published, publication.streams) if published else None,
        "last_run": last_run,
        "last_run_failed": is_unpublished_end(last_run, published),
        "entries": entries(publication.rows, now),
        "total": publication.total,
        "is_demo": any(row.is_demo for row in publication.rows) or bool(published and published.execution.is_demo),
    }
    return render(request, "dashboard/home.html", context)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look when a page, such as the admin's, names no picture of its own."""
    return redirect(static("favicon.svg"))


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nothing else: a database that is away must not get the process restarted."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether pages can be served: 200, or 503 when the database or its migrations are missing."""
    state = readiness(timezone.now())
    return JsonResponse(asdict(state), status=200 if state.is_ready else 503)
