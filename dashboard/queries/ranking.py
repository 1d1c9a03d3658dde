"""The ranking: of now or of a published day, narrowed and sorted as the reader asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Collate

from dashboard.filters import Filters
from dashboard.queries.prepared import DAY, IDS, MOMENT, TEXT, Given, prepared
from dashboard.ranking import LEAST_RISING, STEADY_WEEKS, YOUNG
from pipeline.models.analytics import RepoDay, RepoMeasures, RepoStarDay, TrendingRepo

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
SORTED_BY_WORDS = ("created", "name")

# The parts of the score and where it comes from are read for one repository, not for a hundred.
UNLISTED = (
    *("forks", "star_velocity", "activity_score", "velocity_part", "activity_part", "render_boost", "age_penalty"),
    *("commits_last_7_days", "issues_closed_last_7_days", "active_contributors", "data_quality_score"),
    *("rank_in_language", "raw_repo_id", "repo_key", "repo_url", "stream", "is_demo"),
)

WHOLE = tuple(field.attname for field in TrendingRepo._meta.concrete_fields)
LISTED = tuple(name for name in WHOLE if name not in UNLISTED)

Repos = QuerySet[Any]
WithBefore = Callable[[Repos, date], Repos]


def ranked_repos(at: date | None = None) -> Repos:
    """The rows that are current, or those published for the day `at`."""
    return TrendingRepo.objects.all() if at is None else RepoDay.objects.filter(snapshot_date=at)


def narrowed(filters: Filters, language: str | None, *, is_ascii: bool | None = None) -> Repos:
    """The rows a reader asks for, in no order; `language` is the name that filters.language stands for.

    `is_ascii` has to be given where the text looked for is a Place, else the text itself says it.
    """
    rows = ranked_repos(filters.at)
    if language:
        rows = rows.filter(language=language)
    if filters.render:
        rows = rows.filter(uses_render=True)
    if filters.q:
        rows = _saying(rows, filters.q, is_ascii=filters.q.isascii() if is_ascii is None else is_ascii)
    return rows


def _saying(rows: Repos, text: str, *, is_ascii: bool) -> Repos:
    """Those with the text in their name or description, in small letters or in capitals."""
    if not is_ascii or connection.vendor != "postgresql":
        return rows.filter(Q(repo_full_name__icontains=text) | Q(description__icontains=text))
    # In the C locale only ASCII has capitals, and none but ASCII equals it: half the time for a text without others.
    rows = rows.alias(plain_name=Collate("repo_full_name", "C"), plain_description=Collate("description", "C"))
    return rows.filter(Q(plain_name__icontains=text) | Q(plain_description__icontains=text))


def ordered(rows: Repos, filters: Filters, *, is_of_one_day: bool) -> Repos:
    """The rows as filters.sort says; what is unknown comes last, whichever way round."""
    sort, is_reversed = filters.sort.removeprefix("-"), filters.sort.startswith("-")
    then = _rank_order() if is_of_one_day else _momentum_order()
    if sort == "momentum" and not is_reversed and is_of_one_day:
        return rows.order_by(*then)
    column = f"-{GAINS[filters.window]}" if sort == "gain" else SORTS[sort]
    return rows.order_by(_direction(column, is_reversed), *then)


def by_momentum(rows: Repos, *, is_of_one_day: bool) -> Repos:
    return ordered(rows, Filters(), is_of_one_day=is_of_one_day)


def _direction(column: str, is_reversed: bool) -> OrderBy:
    name, falls = column.removeprefix("-"), column.startswith("-") != is_reversed
    key = _by_code_point() if name == "repo_full_name" else F(name)
    return OrderBy(key, descending=falls, nulls_last=True)


def _rank_order() -> tuple[OrderBy | str, ...]:
    """The same as the next for the rows of one day, whose ranks it gave, without reading names."""
    return F("rank_overall").asc(nulls_last=True), F("momentum_score").desc(nulls_last=True), "-stars", "snapshot_id"


def _momentum_order() -> tuple[OrderBy | Collate, ...]:
    return F("momentum_score").desc(nulls_last=True), F("stars").desc(), _by_code_point()


def _by_code_point() -> Collate:
    """As the ranks are computed, whatever the database's locale."""
    return Collate("repo_full_name", "C" if connection.vendor == "postgresql" else "BINARY")


def with_previous_rank(rows: Repos, since: date) -> Repos:
    """Each row with `previous_rank`: that of the repository's day before, not older than `since`; None without one."""
    earlier = RepoMeasures.objects.filter(
        github_id=OuterRef("github_id"), snapshot_date__lt=OuterRef("snapshot_date"), snapshot_date__gte=since
    )
    ranked: Repos = rows.annotate(previous_rank=Subquery(earlier.order_by("-snapshot_date").values("rank_overall")[:1]))
    return ranked


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows a reader asks for; `ids` are their snapshots in that order if a text was looked for."""

    total: int
    ids: list[int] | None = None

    def ids_of(self, page: int, size: int) -> list[int] | None:
        """Those of one page, counted from 1."""
        return None if self.ids is None else self.ids[(page - 1) * size : page * size]


def found(filters: Filters, language: str | None, *, is_of_one_day: bool) -> Found:
    """What page_of will show a page of. One query."""
    if not filters.q:
        return Found(int(_number(choice=shape_of(filters), language=language, at=filters.at)[0]))
    # A text is looked for in every description, so once only: for the number of rows and for those of the page.
    values = {"language": language, "q": filters.q, "at": filters.at}
    shape = {"choice": shape_of(filters), "is_of_one_day": is_of_one_day, "is_ascii": filters.q.isascii()}
    ids = _ids(**shape, **values)
    return Found(len(ids), ids)


@prepared(language=TEXT, at=DAY)
def _number(choice: Filters, language: Given, at: Given) -> Repos:
    rows = _measured(replace(choice, at=at), language)
    return rows.values_list(Func(template="COUNT(*)", output_field=IntegerField()), flat=True)


@prepared(language=TEXT, q=TEXT, at=DAY)
def _ids(choice: Filters, language: Given, q: Given, at: Given, *, is_of_one_day: bool, is_ascii: bool) -> Repos:
    filters = replace(choice, q=q, at=at)
    rows = ordered(narrowed(filters, language, is_ascii=is_ascii), filters, is_of_one_day=is_of_one_day)
    return rows.values_list("snapshot_id", flat=True)


def page_of(
    filters: Filters,
    language: str | None,
    since: date,
    page: int,
    *,
    is_of_one_day: bool,
    ids: Sequence[int] | None = None,
    size: int = PAGE_SIZE,
    columns: tuple[str, ...] = LISTED,
    with_before: WithBefore = with_previous_rank,
) -> list[Any]:
    """One page of the rows a reader asks for, in the order asked for.

    Plain rows with the attributes of RankedRepo that `columns` names, and `previous_rank` as `with_before` adds it:
    `since` is how far back the day before may lie. `ids` are the page's snapshots where they are known already. One
    query, two where a text is looked for without them.
    """
    if ids is None and filters.q:
        ids = found(filters, language, is_of_one_day=is_of_one_day).ids_of(page, size)
    shape = {"choice": shape_of(filters), "columns": columns, "with_before": with_before}
    shape |= {"is_of_one_day": is_of_one_day}
    if ids is not None:
        return _rows_of(ids=ids, at=filters.at, since=since, **shape) if ids else []
    return _page_of(language=language, at=filters.at, since=since, page=page, size=size, **shape)


@prepared(ids=IDS, at=DAY, since=DAY)
def _rows_of(choice: Filters, ids: Given, at: Given, **shape: Any) -> Repos:
    return _whole(ranked_repos(at).filter(snapshot_id__among=ids), replace(choice, at=at), **shape)


@prepared(language=TEXT, at=DAY, since=DAY)
def _page_of(choice: Filters, language: Given, at: Given, page: int, size: int, **shape: Any) -> Repos:
    filters = replace(choice, at=at)
    chosen = ids_of_page(filters, language, page, size, is_of_one_day=shape["is_of_one_day"])
    return _whole(ranked_repos(at).filter(snapshot_id__in=chosen), filters, **shape)


def _whole(
    rows: Repos,
    filters: Filters,
    since: Given,
    columns: tuple[str, ...],
    with_before: WithBefore,
    *,
    is_of_one_day: bool,
) -> Repos:
    rows = with_before(ordered(rows, filters, is_of_one_day=is_of_one_day), since)
    return rows.values_list(*columns, "previous_rank", named=True)


def ids_of_page(filters: Filters, language: Given, page: int, size: int, *, is_of_one_day: bool) -> Repos:
    """The snapshots of one page: chosen first, so that only their words and days before are read."""
    needs_words = filters.sort.removeprefix("-") in SORTED_BY_WORDS or not is_of_one_day
    rows = narrowed(filters, language) if needs_words else _measured(filters, language)
    rows = ordered(rows, filters, is_of_one_day=is_of_one_day)
    return rows.values("snapshot_id")[(page - 1) * size : page * size]


def _measured(filters: Filters, language: Given) -> Repos:
    """The rows a reader asks for, without their words where no words are asked for."""
    if filters.render:
        return narrowed(filters, language)
    rows = RepoMeasures.objects.filter(is_current=True) if filters.at is None else _measures_of(filters.at)
    return rows.filter(language=language) if language else rows


def _measures_of(day: Given) -> Repos:
    return RepoMeasures.objects.filter(snapshot_date=day)


def shape_of(filters: Filters) -> Filters:
    """What of a choice makes another query, without the values that stand in one."""
    return Filters(window=filters.window, render=filters.render, sort=filters.sort)


def as_listed(rows: Repos) -> Repos:
    """Plain rows with the attributes of RankedRepo that lists show: a hundred model instances take twice as long."""
    return rows.values_list(*LISTED, *rows.query.annotation_select, named=True)


def rising(rows: Repos, young_since: datetime) -> Repos:
    """Young and climbing: created in the last 180 days, with at least 10 stars in 7 days, and more of them than in an
    average week of the last 30 days. As dashboard.ranking.is_rising tells of one row."""
    rows = rows.alias(pace=F("stars_gained_7d") * 30 - F("stars_gained_30d") * 7)
    return rows.filter(stars_gained_7d__gte=LEAST_RISING, pace__gt=0, created_at__gte=young_since)


def steady(rows: Repos) -> Repos:
    """Gaining stars in every one of the last 8 weeks."""
    return rows.filter(weeks_gaining__gte=STEADY_WEEKS)


def on_render(rows: Repos) -> Repos:
    return rows.filter(uses_render=True)


def star_days(github_ids: Sequence[int], until: date, days: int = SPARKLINE_DAYS) -> dict[int, dict[str, int]]:
    """{github_id: {"YYYY-MM-DD": stars gained}} of `days` days up to `until`; days without a reading are missing."""
    found: dict[int, dict[str, int]] = {}
    for github_id, day, gained in _star_days(github_ids=github_ids, after=until - timedelta(days=days), until=until):
        found.setdefault(github_id, {})[day] = gained
    return found


@prepared(github_ids=IDS, after=DAY, until=DAY)
def _star_days(github_ids: Given, after: Given, until: Given) -> Repos:
    """Days as text: thousands of dates on a page would be made only to be compared."""
    window = RepoStarDay.objects.filter(github_id__among=github_ids, day__gt=after, day__lte=until)
    return window.values_list("github_id", Cast("day", CharField()), "stars_gained")


def first_of_each(
    at: date | None, now: datetime, *, render: int, rising: int, steady: int, is_of_one_day: bool
) -> list[Any]:
    """The rows of all short lists by momentum: so many that use Render, that rise, that gain steadily. One query."""
    numbers = {"with_render": render, "that_rise": rising, "that_gain": steady}
    return _first_of_each(at=at, young_since=now - YOUNG, is_of_one_day=is_of_one_day, **numbers)


@prepared(at=DAY, young_since=MOMENT)
def _first_of_each(
    at: Given, young_since: Given, with_render: int, that_rise: int, that_gain: int, *, is_of_one_day: bool
) -> Repos:
    rows = by_momentum(ranked_repos(at), is_of_one_day=is_of_one_day)
    parts = [on_render(rows)[:with_render], rising(rows, young_since)[:that_rise], steady(rows)[:that_gain]]
    return any_of(rows, parts)


def any_of(rows: Repos, parts: list[Repos]) -> Repos:
    """The rows that are in any of the parts, each a cut of `rows`; one query."""
    # A union of short lists of ids: for a choice of three PostgreSQL would look at every row of the ranking.
    first, *others = (
        RepoMeasures.objects.filter(snapshot_id__in=part.values("snapshot_id")).values("snapshot_id") for part in parts
    )
    return as_listed(rows.filter(snapshot_id__in=first.union(*others)))
