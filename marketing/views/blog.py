"""The monthly drafts: a list, a month with the days its figures come from, and the draft as a Markdown file."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.queries.moment import one_moment
from marketing.blog.facts import month_facts
from marketing.blog.month import name_of
from marketing.blog.page import draft_item, draft_items, month_table
from marketing.blog.text import as_file
from marketing.pages import page_context
from marketing.queries.month import draft_of, drafts, newest_runs
from marketing.queries.schedules import next_run_of

MONTHLY = "marketing.tasks.monthly_blog_draft"


@require_safe
@cache_control(no_cache=True)
def blog(request: HttpRequest) -> HttpResponse:
    """The drafts, and the newest one's text; five queries."""
    with one_moment():
        context = page_context("blog", timezone.now())
        items = draft_items(drafts(is_demo=context["is_demo"]), newest_runs())
        context |= {"drafts": items, "shown": next(iter(items), None), "next_draft_at": next_run_of(MONTHLY)}
    return render(request, "marketing/blog.html", context)


@require_safe
@cache_control(no_cache=True)
def month(request: HttpRequest, year: str, number: str) -> HttpResponse:
    """A month's draft, and its days as they are published now; eight queries."""
    first, now = date(int(year), int(number), 1), timezone.now()
    with one_moment():
        context = page_context("blog", now)
        draft, facts = draft_of(first), month_facts(first, now.date())
    if draft is None and facts is None:
        raise Http404("Nothing is known of this month.")
    shown = draft_item(draft, facts.run_id if facts else None) if draft else None
    context |= {"month_name": name_of(first), "shown": shown, "table": month_table(facts) if facts else None}
    return render(request, "marketing/blog_month.html", context)


@require_safe
@cache_control(no_cache=True)
def markdown(request: HttpRequest, year: str, number: str) -> HttpResponse:
    """The draft as a file."""
    draft = draft_of(date(int(year), int(number), 1))
    if draft is None:
        raise Http404("There is no draft of this month.")
    text = as_file(draft.title, draft.body).encode("utf-8", "backslashreplace")
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="trender-{year}-{number}.md"'
    return response
