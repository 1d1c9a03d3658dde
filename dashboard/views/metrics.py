"""/metrics for Prometheus, which is nobody else's business."""

import hmac
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dashboard.metrics import CONTENT_TYPE, exposition

FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
PLAIN = "text/plain; charset=utf-8"


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """With METRICS_TOKEN for whoever sends it; without one for this machine alone."""
    if settings.METRICS_TOKEN:
        if not _has_token(request):
            refusal = HttpResponse("Send METRICS_TOKEN as bearer token.\n", content_type=PLAIN, status=401)
            refusal.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
            return refusal
    elif not _is_of_this_machine(request):
        return HttpResponse("Set METRICS_TOKEN to read this from elsewhere.\n", content_type=PLAIN, status=403)
    return HttpResponse(exposition(timezone.now()), content_type=CONTENT_TYPE)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given, wanted = token.strip().encode("utf-8", "replace"), settings.METRICS_TOKEN.encode()
    return scheme.lower() == "bearer" and hmac.compare_digest(given, wanted)


def _is_of_this_machine(request: HttpRequest) -> bool:
    """A proxy on this machine makes everybody look local, so a public TRENDER_BASE_URL needs the token as well."""
    if any(name in request.headers for name in FORWARDING):
        return False
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and _is_loopback(
        urlsplit(settings.TRENDER_BASE_URL).hostname or ""
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback
