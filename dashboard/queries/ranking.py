"""The ranking: of now or of a published day, narrowed and sorted as the reader asks."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Collate

from dashboard.filters import Filters
from dashboard.ranking import LEAST_RISING, STEADY_WEEKS, YOUNG
from pipeline.models.analytics import RepoDay, RepoStarDay, TrendingRepo

PAGE_SIZE = 100
SPARKLINE_DAYS = 30
GAINS = {"24h": "stars_gained_24h", "7d": "stars_gained_7d", "30d": "stars_gained_30d"}
# What a page may sort by, each with its natural direction: most first, names from A.
SORTS = {
    "momentum": "-momentum_score",
    "stars": "-stars",
    "velocity": "-star_velocity",
    "activity": "-activity_score",
    "commits": "-commits_last_7_days",
    "issues": "-issues_closed_last_7_days",
    "contributors": "-active_contributors",
    "forks": "-forks",
    "created": "-created_at",
    "name": "repo_full_name",
}
SORT_NAMES = (*SORTS, "gain")

# The parts of the score and where it comes from are read for one repository, not for a hundred.
UNLISTED = (
    *("forks", "star_velocity", "activity_score", "velocity_part", "activity_part", "render_boost", "age_penalty"),
    *("commits_last_7_days", "issues_closed_last_7_days", "active_contributors", "data_quality_score"),
    *("rank_in_language", "raw_repo_id", "repo_key", "repo_url", "stream", "is_demo"),
)

LISTED = tuple(field.attname for field in TrendingRepo._meta.concrete_fields if field.attname not in UNLISTED)

Repos = QuerySet[Any]


def ranked_repos(at: date | None = None) -> Repos:
    """The rows that are current, or those published for the day `at`."""
    return TrendingRepo.objects.all() if at is None else RepoDay.objects.filter(snapshot_date=at)


def narrowed(filters: Filters, language: str | None) -> Repos:
    """The rows a reader asks for, in no order; `language` is the name that filters.language stands for."""
    rows = ranked_repos(filters.at)
    if language:
        rows = rows.filter(language=language)
    if filters.render:
        rows = rows.filter(uses_render=True)
    if filters.q:
        rows = rows.filter(Q(repo_full_name__icontains=filters.q) | Q(description__icontains=filters.q))
    return rows


def ordered(rows: Repos, filters: Filters, *, is_of_one_day: bool) -> Repos:
    """The rows as filters.sort says; what is unknown comes last, whichever way round."""
    sort, is_reversed = filters.sort.removeprefix("-"), filters.sort.startswith("-")
    if sort == "momentum" and not is_reversed and is_of_one_day:
        return rows.order_by(F("rank_overall").asc(nulls_last=True), *_momentum_order())
    column = f"-{GAINS[filters.window]}" if sort == "gain" else SORTS[sort]
    return rows.order_by(_direction(column, is_reversed), *_momentum_order())


def by_momentum(rows: Repos, *, is_of_one_day: bool) -> Repos:
    return ordered(rows, Filters(), is_of_one_day=is_of_one_day)


def _direction(column: str, is_reversed: bool) -> OrderBy:
    name, falls = column.removeprefix("-"), column.startswith("-") != is_reversed
    key = _by_code_point() if name == "repo_full_name" else F(name)
    return OrderBy(key, descending=falls, nulls_last=True)


def _momentum_order() -> tuple[OrderBy | Collate, ...]:
    return F("momentum_score").desc(nulls_last=True), F("stars").desc(), _by_code_point()


def _by_code_point() -> Collate:
    """As the ranks are computed, whatever the database's locale."""
    return Collate("repo_full_name", "C" if connection.vendor == "postgresql" else "BINARY")


def with_previous_rank(rows: Repos, since: date) -> Repos:
    """Each row with `previous_rank`: that of the repository's day before, not older than `since`; None without one."""
    earlier = RepoDay.objects.filter(
        github_id=OuterRef("github_id"), snapshot_date__lt=OuterRef("snapshot_date"), snapshot_date__gte=since
    )
    ranked: Repos = rows.annotate(previous_rank=Subquery(earlier.order_by("-snapshot_date").values("rank_overall")[:1]))
    return ranked


def page_of(rows: Repos, page: int, size: int = PAGE_SIZE) -> list[Any]:
    """One page of the rows, with the columns that lists show and what the rows were annotated with."""
    return list(as_listed(rows)[(page - 1) * size : page * size])


def as_listed(rows: Repos) -> Repos:
    """Plain rows with the attributes of RankedRepo that lists show: a hundred model instances take twice as long."""
    return rows.values_list(*LISTED, *rows.query.annotation_select, named=True)


def rising(rows: Repos, now: datetime) -> Repos:
    """Young and climbing: created in the last 180 days, with at least 10 stars in 7 days, and more of them than in an
    average week of the last 30 days. As dashboard.ranking.is_rising tells of one row."""
    rows = rows.alias(pace=F("stars_gained_7d") * 30 - F("stars_gained_30d") * 7)
    return rows.filter(stars_gained_7d__gte=LEAST_RISING, pace__gt=0, created_at__gte=now - YOUNG)


def steady(rows: Repos) -> Repos:
    """Gaining stars in every one of the last 8 weeks."""
    return rows.filter(weeks_gaining__gte=STEADY_WEEKS)


def on_render(rows: Repos) -> Repos:
    return rows.filter(uses_render=True)


def star_days(github_ids: list[int], until: date, days: int = SPARKLINE_DAYS) -> dict[int, dict[str, int]]:
    """{github_id: {"YYYY-MM-DD": stars gained}} of `days` days up to `until`; days without a reading are missing."""
    window = RepoStarDay.objects.filter(day__gt=until - timedelta(days=days), day__lte=until, github_id__in=github_ids)
    found: dict[int, dict[str, int]] = {}
    # Days as text: thousands of dates on a page would be made only to be compared.
    for github_id, day, gained in window.values_list("github_id", Cast("day", CharField()), "stars_gained"):
        found.setdefault(github_id, {})[day] = gained
    return found


def any_of(rows: Repos, parts: list[Repos]) -> Repos:
    """The rows that are in any of the parts, each a cut of `rows`; one query."""
    chosen = Q()
    for part in parts:
        chosen |= Q(snapshot_id__in=Subquery(part.values("snapshot_id")))
    return as_listed(rows.filter(chosen))
