"""How many public repositories show signs of each hosting platform, report by report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.queries.moment import one_moment
from marketing.pages import page_context
from marketing.platforms.comparison import comparison
from marketing.platforms.report import COUNTED, NOT_COUNTED
from marketing.queries.platforms import newest_readings
from marketing.queries.schedules import next_run_of

WEEKLY = "marketing.tasks.weekly_platform_report"


@require_safe
@cache_control(no_cache=True)
def platforms(request: HttpRequest) -> HttpResponse:
    """The newest report, its change, its searches and the course of all; four queries."""
    with one_moment():
        context = page_context("platforms", timezone.now())
        report = comparison(newest_readings(context["is_demo"]), is_demo=context["is_demo"])
        context |= {"report": report, "next_report_at": next_run_of(WEEKLY)}
    return render(request, "marketing/platforms.html", context | {"counted": COUNTED, "not_counted": NOT_COUNTED})
