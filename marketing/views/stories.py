"""Leads for success stories: who they are, what can be said of them, and by which rule they were found."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.paging import Paging
from dashboard.queries.moment import one_moment
from marketing.leads import current_rules
from marketing.pages import page_context
from marketing.queries.leads import PAGE_SIZE, current_rows, lead_counts, page_of_leads, payloads_behind
from marketing.queries.schedules import next_run_of
from marketing.story_page import RULES, STATUSES, Counts, Told, groups, read_choice, rule_lines

WEEKLY = "marketing.tasks.weekly_assets"


@require_safe
@cache_control(no_cache=True)
def stories(request: HttpRequest) -> HttpResponse:
    """A page of the leads by status, with the figures of now beside those they were found by; seven queries."""
    (choice, notices), rules = read_choice(request.GET), current_rules()
    with one_moment():
        context = page_context("stories", timezone.now(), notices)
        counts = Counts(lead_counts(is_demo=context["is_demo"]))
        paging = Paging(choice.page, counts.of(choice.status, choice.rule), PAGE_SIZE)
        leads = page_of_leads(choice.status, choice.rule, paging.number, is_demo=context["is_demo"])
        told = Told(current_rows([lead.github_id for lead in leads]), rules, payloads_behind(leads))
        context |= {"next_search_at": next_run_of(WEEKLY)}
    context |= {"groups": groups(leads, told, counts, choice.rule), "rules": rule_lines(rules, counts)}
    context |= {"filters": choice, "paging": paging, "figures": counts.figures(), "total": counts.of()}
    return render(request, "marketing/stories.html", context | {"statuses": STATUSES, "rule_titles": RULES})
