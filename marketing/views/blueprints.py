"""Repositories with a deploy button, and how deploys of one's own services went."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.filters import Choices, read_filters
from dashboard.paging import Paging
from dashboard.queries.moment import one_moment
from marketing.blueprints.listing import repository_list, service_list
from marketing.pages import page_context
from marketing.queries.blueprints import repository_rows, service_rows
from marketing.queries.schedules import next_run_of

PAGE_SIZE = 100
WEEKLY = "marketing.tasks.weekly_assets"


@require_safe
@cache_control(no_cache=True)
def blueprints(request: HttpRequest) -> HttpResponse:
    """A page of the repositories by stars, and all services; six queries."""
    filters, notices = read_filters(request.GET, Choices({}, ("momentum",), None, None), ("page",))
    with one_moment():
        context = page_context("blueprints", timezone.now(), notices)
        found = repository_rows(context["is_demo"])
        paging = Paging(filters.page, found.count(), PAGE_SIZE)
        rows = list(found[max(paging.first - 1, 0) : paging.last])
        context |= {"services": service_list(service_rows()), "next_reading_at": next_run_of(WEEKLY)}
    context |= {"filters": filters, "paging": paging, "rows": repository_list(rows), "newest": next(iter(rows), None)}
    return render(request, "marketing/blueprints.html", context | {"has_key": bool(settings.RENDER_API_KEY)})
