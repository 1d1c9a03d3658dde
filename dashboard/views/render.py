"""The Render ecosystem: what there is, what is gaining momentum, and what it is built of."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard import adoption, ecosystem, workflow_showcase
from dashboard.cache import until_published
from dashboard.og import open_graph
from dashboard.page import page_of_choice
from dashboard.queries import render as queries
from dashboard.queries.languages import Coverage
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import publication_without_next_run

TITLE = "What is going on in the Render ecosystem"
WORDS = "Projects, stars and services of the Render ecosystem, by momentum, read from GitHub every hour."
NO_SERVICES = "No project has declared a service yet, as far as its render.yaml has been read."


@require_safe
@until_published
@cache_control(no_cache=True)
def render(request: HttpRequest) -> HttpResponse:
    """Figures, projects by category, this project's own runs, and how the ecosystem grows."""
    now = timezone.now()
    with one_moment():
        seen = publication_without_next_run()
        frame = page_of_choice(request, now, seen, Coverage({}, None, None), ("momentum",), ()).frame
        published = frame.publication.published
        context = frame.context() | projects() | growth(published.snapshot_date if published else now.date())
    heading = {"section": "render", "heading": TITLE} | open_graph(TITLE, WORDS, "render", "/render/")
    return render_template(request, "dashboard/render.html", context | heading)


def projects() -> dict[str, Any]:
    """What is current, and the runs; three queries."""
    current, runs = queries.current_projects(), queries.recent_runs()
    sums = queries.category_sums(current)
    return {
        "figures": ecosystem.figures(sums) if sums else [],
        "categories": ecosystem.categories(sums),
        "gaps": ecosystem.gaps(sums),
        "lists": ecosystem.lists(queries.listed_projects(current)),
        "showcase_run": workflow_showcase.last_measured(runs),
        "showcase": workflow_showcase.figures(runs),
    }


def growth(until: date) -> dict[str, Any]:
    """The charts of the days up to `until`; two queries."""
    days = queries.ecosystem_days(until)
    services = queries.service_days(until)
    published = [day.snapshot_date for day in days]
    return {
        "charts": adoption.ecosystem_charts(days),
        "adoption": adoption.adoption(published, services, "projects of the ecosystem", NO_SERVICES),
    }
