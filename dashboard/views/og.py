"""Open Graph pictures: what other sites show when they link to a page here."""

from datetime import UTC

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from dashboard import pictures
from dashboard.badges import NOT_RANKED
from dashboard.filters import Filters
from dashboard.page import PREVIOUS_DAY
from dashboard.pictures import FactsPicture, ListPicture, Picture, RepoPicture, Source
from dashboard.queries.compare import newest_version, ranked_by_name
from dashboard.queries.languages import coverage
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import last_published_run, publication_without_next_run
from dashboard.queries.ranking import by_momentum, narrowed, star_days
from dashboard.ranking import badges, day_names, movement
from dashboard.run_truth import RunTruth, run_truth
from dashboard.templatetags.figures import UNKNOWN, count, duration, gain, one_decimal
from pipeline.models.analytics import RankedRepo, RepoVersion
from pipeline.models.runs import PublishedRun

LISTED = 5
LISTS = {
    "home": ("What is gaining momentum on GitHub", "Most momentum now, with the stars gained in 7 days", Filters()),
    "render": (
        "Gaining momentum on Render",
        "Projects with a render.yaml, with the stars gained in 7 days",
        Filters(render=True),
    ),
    "compare": ("Compare repositories", "Stars, momentum and its parts, side by side", Filters()),
}
LANGUAGE = "language-"
PAGES = (*LISTS, "meta")


def published_etag(request: HttpRequest, **address: str) -> str:
    """Changes when a run is published and when the drawing does; what came before need not be drawn to be compared."""
    published = last_published_run()
    if published is None:
        return f'"none-{pictures.VERSION}"'
    # The run's record is closed a moment after its rows are published.
    run = f"{published.execution_id}-{published.execution.status}"
    return f'"{run}-{published.published_at.timestamp():.0f}-{pictures.VERSION}"'


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=published_etag)
def og(request: HttpRequest, page: str) -> HttpResponse:
    """The picture of a page, or of a language's page."""
    with one_moment():
        picture = _meta() if page == "meta" else _list(page)
    return _png(picture)


@require_safe
@cache_control(public=True, max_age=3600)
@condition(etag_func=published_etag)
def og_repo(request: HttpRequest, owner: str, name: str) -> HttpResponse:
    """The picture of a repository, also of one that is known but not ranked now."""
    with one_moment():
        source = _source(last_published_run())
        row = ranked_by_name(f"{owner}/{name}", (timezone.now() - PREVIOUS_DAY).date())
        picture = _ranked(row, source) if row else _unranked(newest_version(f"{owner}/{name}"), source)
    return _png(picture)


def _png(picture: Picture | None) -> HttpResponse:
    if picture is None:
        raise Http404
    return HttpResponse(pictures.draw(picture), content_type="image/png")


def _source(published: PublishedRun | None) -> Source:
    if published is None:
        return Source("")
    return Source(f"{published.published_at.astimezone(UTC):%Y-%m-%d %H:%M}", published.execution.is_demo)


def _list(page: str) -> ListPicture | None:
    """The first rows of what the page lists; None where there is no such page."""
    language = coverage().languages.get(page.removeprefix(LANGUAGE)) if page.startswith(LANGUAGE) else None
    if language:
        headline, lead = f"{language} repositories gaining momentum", LISTS["home"][1]
        filters = Filters()
    elif page in LISTS:
        headline, lead, filters = LISTS[page]
    else:
        return None
    seen = publication_without_next_run()
    rows = by_momentum(narrowed(filters, language), is_of_one_day=seen.is_of_one_day)[:LISTED]
    listed = tuple((str(place), row.repo_full_name, gain(row.stars_gained_7d)) for place, row in enumerate(rows, 1))
    return ListPicture(headline, lead, listed, _source(seen.published))


def _meta() -> FactsPicture:
    seen = publication_without_next_run()
    facts = _run_facts(run_truth(seen.published, seen.streams, timezone.now())) if seen.published else ()
    lead = "What was read from GitHub, how long it took, and what failed"
    return FactsPicture("How the last run went", lead, facts, _source(seen.published))


def _run_facts(run: RunTruth) -> tuple[tuple[str, str], ...]:
    speedup = one_decimal(run.speedup)
    return (
        ("last published run", run.status),
        ("repositories", count(run.repositories)),
        ("duration", duration(run.seconds)),
        ("measured speedup", speedup if speedup == UNKNOWN else f"{speedup}×"),
    )


def _ranked(row: RankedRepo, source: Source) -> RepoPicture:
    owner, _, name = row.repo_full_name.rpartition("/")
    moved = movement(getattr(row, "previous_rank", None), row.rank_overall)
    gains = star_days([row.github_id], row.snapshot_date).get(row.github_id, {})
    return RepoPicture(
        owner=owner,
        name=name,
        description=row.description or "",
        rank=count(row.rank_overall) if row.rank_overall is not None else "",
        movement=moved.text if moved and moved.places else "",
        rises=bool(moved and moved.places > 0),
        facts=(
            ("stars", count(row.stars)),
            ("gained in 7 days", gain(row.stars_gained_7d)),
            ("momentum", one_decimal(row.momentum_score)),
        ),
        chips=tuple(each.text for each in badges(row, timezone.now()) if each.kind != "partial"),
        days=tuple(gains.get(day) for day in day_names(row.snapshot_date)),
        source=source,
    )


def _unranked(version: RepoVersion | None, source: Source) -> RepoPicture | None:
    if version is None:
        return None
    owner, _, name = version.repo_full_name.rpartition("/")
    facts = (("in the current ranking", NOT_RANKED),)
    return RepoPicture(owner, name, version.description or "", "", "", False, facts, (), (), source)
