"""Badges for READMEs: an SVG of our own, and the JSON that shields.io draws one from."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.badges import BadgePicture, badge_picture, read_badge
from dashboard.cache import until_published
from dashboard.page import PREVIOUS_DAY
from dashboard.queries.compare import ranked_by_name
from dashboard.queries.moment import one_moment

# Shown by anybody's page; loads nothing and can't be framed.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


@require_safe
@until_published
@cache_control(public=True, max_age=3600)
def badge(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """A picture in every case: browsers draw that of a 404 as well, and a README has no other place to say it."""
    picture, is_ranked = _read(request, owner, name)
    return HttpResponse(picture.svg(), content_type="image/svg+xml", status=200 if is_ranked else 404, headers=HEADERS)


@require_safe
@until_published
@cache_control(public=True, max_age=3600)
def badge_json(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """Always 200: shields.io draws an error of its own for any other status."""
    picture, _ = _read(request, owner, name)
    return JsonResponse(picture.endpoint(), headers=HEADERS)


def _read(request: HttpRequest, owner: str, name: str) -> tuple[BadgePicture, bool]:
    with one_moment():
        row = ranked_by_name(f"{owner}/{name}", (timezone.now() - PREVIOUS_DAY).date())
    return badge_picture(row, read_badge(request.GET)), row is not None
