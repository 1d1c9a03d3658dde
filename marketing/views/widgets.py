"""Widgets for other sites: what they look like and what to paste."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.queries.languages import coverage
from dashboard.queries.moment import one_moment
from marketing.pages import page_context
from marketing.queries.widgets import repositories_called
from marketing.widgets import THEMES, Choice, Widget, badge, card, not_found, read_choice, top
from trender.csp import CONTENT_SECURITY_POLICY

# The previews are frames of this site; no other page shows any.
POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"


@require_safe
@cache_control(no_cache=True)
def widgets(request: HttpRequest) -> HttpResponse:
    """The card and the badge of one repository, and the list of five; at most seven queries."""
    now = timezone.now()
    with one_moment():
        languages = coverage().languages
        choice, notices = read_choice(request.GET, languages)
        names = found(choice, now, notices)
        context = page_context("widgets", now, notices) | {"languages": languages}
    shown = made(choice, names[0], languages.get(choice.language, "")) if names else []
    context |= {"choice": choice, "themes": THEMES, "names": names, "widgets": shown}
    context["others"] = [(name, choice.of(name)) for name in names[1:]]
    response = render(request, "marketing/widgets.html", context)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def found(choice: Choice, now: datetime, notices: list[str]) -> list[str]:
    """The names that fit, the one to be shown first; a notice where none does."""
    names = repositories_called(choice.q, now)
    if names or not choice.q:
        return names
    notices.append(not_found(choice.q))
    return repositories_called("", now)


def made(choice: Choice, full_name: str, language: str) -> list[Widget]:
    return [card(full_name, choice.theme), top(choice, language), badge(full_name)]
