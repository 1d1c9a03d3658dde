"""What the platform asks: is the process up, can it serve, and the picture browsers look for by themselves."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.health import readiness


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
