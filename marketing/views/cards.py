"""Social cards: those of the week, and those of any repository of the ranking."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from dashboard.cache import until_published
from dashboard.page import PREVIOUS_DAY
from dashboard.queries.compare import ranked_by_name
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import last_published_run
from dashboard.queries.ranking import star_days
from marketing import cards as drawing
from marketing.card_facts import CHART_DAYS, CardFacts, card_facts, file_name
from marketing.card_page import cards_href, on_demand, picture_href, read_search, stored
from marketing.cards import Shape, Theme
from marketing.pages import page_context
from marketing.queries import cards as queries

SLUG = "cards"


@require_safe
@cache_control(no_cache=True)
def cards(request: HttpRequest) -> HttpResponse:
    """The week's stored cards, and the way to any other repository's; six queries at most."""
    search, notices = read_search(request.GET)
    with one_moment():
        context = page_context(SLUG, timezone.now(), notices) | weekly()
        context |= {"q": search, "found": queries.found(search) if search else []}
    context |= {"found_hrefs": [(each, cards_href(each.repo_full_name)) for each in context["found"]]}
    return render(request, "marketing/cards.html", context)


def weekly() -> dict[str, Any]:
    """The stored cards of the newest day, or who would have one now; three queries."""
    assets = queries.newest_assets()
    rows = queries.rows_of_day({each.github_id for each in assets}, assets[0].snapshot_date) if assets else {}
    would_be = [] if assets else [(row, cards_href(row.repo_full_name)) for row in queries.weekly_top()]
    return {"sets": stored(assets, rows), "would_be": would_be, "next_making_at": queries.next_making()}


@require_safe
@until_published
@cache_control(no_cache=True)
def repo_cards(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """The four cards of a repository of the ranking, with what to say about them."""
    asked = f"{owner}/{name}"
    with one_moment():
        facts = facts_of(asked)
        context = page_context(SLUG, timezone.now())
    if facts is None:
        return render(request, "marketing/cards/missing.html", context | {"asked": asked}, status=404)
    if facts.full_name != asked:
        return HttpResponsePermanentRedirect(cards_href(facts.full_name))
    return render(request, "marketing/cards/repo.html", context | {"set": on_demand(facts)})


def facts_of(full_name: str) -> CardFacts | None:
    """What the card says of the repository that has or had this name; three queries."""
    row = ranked_by_name(full_name, (timezone.now() - PREVIOUS_DAY).date())
    if row is None:
        return None
    return card_facts(row, star_days([row.github_id], row.snapshot_date, CHART_DAYS).get(row.github_id, {}))


def published_etag(request: HttpRequest, **address: str) -> str:
    """Changes when a run is published and when the drawing does."""
    published = last_published_run()
    run = f"{published.execution_id}-{published.published_at.timestamp():.0f}" if published else "none"
    return f'"card-{run}-{drawing.VERSION}"'


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=published_etag)
def card_png(request: HttpRequest, owner: str, name: str, shape: Shape, theme: Theme) -> HttpResponse:
    """The card as it is now, drawn when asked for."""
    asked = f"{owner}/{name}"
    with one_moment():
        facts = facts_of(asked)
    if facts is None:
        raise Http404("No such repository is in the ranking.")
    if facts.full_name != asked:
        return HttpResponsePermanentRedirect(picture_href(facts.full_name, shape, theme))
    return png(drawing.draw(facts, shape, theme), file_name(asked, shape, theme))


def asset_etag(request: HttpRequest, asset_id: int) -> str | None:
    made_at = queries.asset_made_at(asset_id)
    return f'"asset-{asset_id}-{made_at.timestamp():.6f}"' if made_at else None


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=asset_etag)
def asset_png(request: HttpRequest, asset_id: int) -> HttpResponse:
    """A stored card as it was made."""
    asset = queries.asset(asset_id)
    if asset is None:
        raise Http404("No such card is stored.")
    shape = asset.asset_type.removeprefix("card_")
    return png(bytes(asset.image), file_name(asset.repo_full_name, shape, asset.theme))


def png(picture: bytes, name: str) -> HttpResponse:
    """Shown in place, with a name for who saves it."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(picture, content_type="image/png", headers=headers)
