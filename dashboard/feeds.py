"""The ranking as an Atom feed, under the home page's filters.

An entry stands for a repository and keeps its id from day to day, so that a reader sees a repository once, when it
comes into the list.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dashboard.api import parts
from dashboard.api.answers import for_machines
from dashboard.api.links import absolute
from dashboard.filters import Filters
from dashboard.page import Page
from dashboard.queries import ranking
from dashboard.queries.moment import one_moment
from dashboard.ranking import repo_href, unknown_words, web_link
from dashboard.templatetags.figures import count, gain, one_decimal
from pipeline.models.analytics import RankedRepo
from trender.spreadsheets import without_controls

ATOM = "http://www.w3.org/2005/Atom"
FILTERS = ("language", "window", "render", "q", "sort", "at")
IGNORED = ("view", "page", "page_size")
ENTRIES = 50
SPANS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days"}
LONGEST_DESCRIPTION = 300
# Atom wants a moment even where nothing has been published yet.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
DEMO = "Demo data: these repositories are made up."


@for_machines
def trending(request: HttpRequest) -> HttpResponse:
    """The first 50 rows of the ranking."""
    with one_moment():
        asked = parts.question(request, FILTERS, ranking.SORT_NAMES, IGNORED)
        rows = parts.trending_page(asked.page, 1, ENTRIES)
    body = tostring(feed(asked.page, rows), encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


def feed(page: Page, rows: list[RankedRepo]) -> Element:
    updated = moment(page)
    top = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    query = page.filters.query().removesuffix("?")
    add(top, "id", tag(f"feeds/trending{query}"))
    add(top, "title", title(page))
    add(top, "subtitle", DEMO if page.frame.publication.is_demo else "What is gaining momentum on GitHub")
    add(top, "updated", updated)
    add(SubElement(top, "author"), "name", "Trender")
    link(top, "self", absolute(f"/feeds/trending.atom{query}"), "application/atom+xml")
    link(top, "alternate", absolute(f"/{query}"), "text/html")
    for row in rows:
        top.append(entry(row, page.filters, updated))
    return top


def entry(row: RankedRepo, filters: Filters, updated: str) -> Element:
    found = Element("entry")
    add(found, "id", tag(f"repository/{row.github_id}"))
    add(found, "title", headline(row, filters))
    add(found, "updated", updated)
    link(found, "alternate", absolute(repo_href(row.repo_full_name)), "text/html")
    if address := web_link(row.repo_url):
        link(found, "related", address)
    if row.language:
        SubElement(found, "category", {"term": without_controls(row.language)})
    add(found, "summary", summary(row, filters))
    return found


def headline(row: RankedRepo, filters: Filters) -> str:
    """ "1. owner/name: +392 stars in 7 days"; the rank is that over all repositories, as on the page."""
    rank = f"{row.rank_overall}. " if row.rank_overall is not None else ""
    gained, span = gained_in(row, filters), SPANS[filters.window]
    stars = f"stars gained in {span} unknown" if gained is None else f"{gain(gained)} stars in {span}"
    return f"{rank}{row.repo_full_name}: {stars}"


def summary(row: RankedRepo, filters: Filters) -> str:
    """Sentences without any mark-up; what the repository says about itself comes last."""
    gained, span = gained_in(row, filters), SPANS[filters.window]
    part = "how many of them are new is unknown" if gained is None else f"{gain(gained)} in the last {span}"
    sentences = [
        f"{count(row.stars)} stars, {part}.",
        f"Momentum {one_decimal(row.momentum_score)}, rank {count(row.rank_overall)} on {row.snapshot_date}.",
        f"Written in {row.language}." if row.language else "",
        "It uses Render." if row.uses_render else "",
        f"Unknown: {unknown_words(row.unknown_parts)}." if row.unknown_parts else "",
        shortened(row.description or ""),
    ]
    return " ".join(filter(None, sentences))


def gained_in(row: RankedRepo, filters: Filters) -> int | None:
    gained: int | None = getattr(row, ranking.GAINS[filters.window])
    return gained


def title(page: Page) -> str:
    """What the feed is of, in words."""
    filters = page.filters
    of = [
        page.language or "",
        "on Render" if filters.render else "",
        f"with “{filters.q}”" if filters.q else "",
        f"of {filters.at}" if filters.at else "",
    ]
    return " ".join(filter(None, ["Trender: trending repositories", *of]))


def moment(page: Page) -> str:
    """When the feed last changed: at the publication of its rows; a past day's are settled at its end."""
    published = page.frame.publication.published
    at = page.now if page.filters.at else published.published_at if published else NEVER
    return at.astimezone(UTC).isoformat(timespec="seconds")


def tag(name: str) -> str:
    """A tag: URI (RFC 4151), which stays the same when addresses change."""
    return f"tag:{urlsplit(settings.TRENDER_BASE_URL).hostname},2026:{name}"


def add(parent: Element, name: str, text: str) -> None:
    """A text element; XML forbids most control characters, escaped or not."""
    SubElement(parent, name).text = "".join(sign for sign in without_controls(text) if sign not in "\ufffe\uffff")


def link(parent: Element, rel: str, href: str, kind: str = "") -> None:
    SubElement(parent, "link", {"rel": rel, "href": without_controls(href)} | ({"type": kind} if kind else {}))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1].rstrip()}…"
