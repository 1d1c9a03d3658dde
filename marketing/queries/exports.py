"""The rows of the exports under a reader's choice, in no order and in the file's, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, F, Max, Q, QuerySet, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Collate

from dashboard.filters import Filters
from dashboard.queries import ranking
from marketing.models import BlueprintMetric, PlatformReading, SuccessStoryLead
from pipeline.models.analytics import RenderShowcase, RepoDay, RepoMeasures, TrendingRepo

Rows = QuerySet[Any]

# What the tables of marketing are sorted by, each with its natural direction; the first is the default.
LEAD_SORTS = {"found": "-found_at", "stars": "-stars", "velocity": "-star_velocity", "name": "repo_full_name"}
PLATFORM_SORTS = {"day": "-report_date", "name": "platform"}
BLUEPRINT_SORTS = {"day": "-metric_date", "stars": "-stars", "name": "repo_full_name"}
SHOWCASE_SORTS = ("momentum", "gain", "stars", "created", "name")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows are wanted. `language` is the name that filters.language stands for; `first` and `last` are days."""

    filters: Filters
    language: str | None = None
    first: date | None = None
    last: date | None = None
    is_demo: bool = False
    is_of_one_day: bool = True
    previous_since: date = date.min
    """How far back the rank before may lie."""


@dataclass(frozen=True, slots=True)
class Stock:
    """How many rows there are, and the newest of their days or moments as the database writes it."""

    rows: int
    newest: str | None


# -- Repositories ----------------------------------------------------------------------------------------------


def trending(choice: Choice) -> Rows:
    return ranking.narrowed(choice.filters, choice.language)


def trending_in_order(rows: Rows, choice: Choice) -> Rows:
    """Each row with `previous_rank`."""
    ranked = ranking.ordered(rows, choice.filters, is_of_one_day=choice.is_of_one_day)
    return ranking.with_previous_rank(ranked, choice.previous_since)


def showcase_in_order(rows: Rows, choice: Choice) -> Rows:
    return ranking.ordered(rows, choice.filters, is_of_one_day=False)


def with_any_rank_before(rows: Rows) -> Rows:
    return ranking.with_previous_rank(rows, date.min)


def showcase(choice: Choice) -> Rows:
    return matching(RenderShowcase.objects.all(), choice)


def snapshots(choice: Choice) -> Rows:
    """Every published day's rows, or those of the days asked for."""
    return of_days(matching(RepoDay.objects.all(), choice), choice)


def counted_snapshots(choice: Choice) -> Rows:
    """As many rows, read without the words of their repositories where no words are asked for."""
    if choice.filters.render or choice.filters.q:
        return snapshots(choice)
    return of_days(matching(RepoMeasures.objects.all(), choice), choice)


def of_days(rows: Rows, choice: Choice) -> Rows:
    if choice.filters.at:
        rows = rows.filter(snapshot_date=choice.filters.at)
    if choice.first:
        rows = rows.filter(snapshot_date__gte=choice.first)
    return rows.filter(snapshot_date__lte=choice.last) if choice.last else rows


def snapshots_in_order(rows: Rows, choice: Choice) -> Rows:
    """The newest day first, or the oldest, and by rank within; or by a measure over all days."""
    sort = choice.filters.sort
    if sort.removeprefix("-") != "day":
        return ranking.ordered(rows, choice.filters, is_of_one_day=False)
    day = "snapshot_date" if sort.startswith("-") else "-snapshot_date"
    return rows.order_by(day, F("rank_overall").asc(nulls_last=True), "snapshot_id")


def matching(rows: Rows, choice: Choice) -> Rows:
    filters = choice.filters
    if choice.language:
        rows = rows.filter(language=choice.language)
    if filters.render:
        rows = rows.filter(uses_render=True)
    if filters.q:
        rows = rows.filter(Q(repo_full_name__icontains=filters.q) | Q(description__icontains=filters.q))
    return rows


# -- What marketing keeps --------------------------------------------------------------------------------------


def leads(choice: Choice) -> Rows:
    return of_repositories(SuccessStoryLead.objects.all(), choice)


def blueprints(choice: Choice) -> Rows:
    """What had been read by the day asked for."""
    rows = of_repositories(BlueprintMetric.objects.filter(is_demo=choice.is_demo), choice)
    return rows.filter(metric_date__lte=choice.filters.at) if choice.filters.at else rows


def platforms(choice: Choice) -> Rows:
    """The reports up to the day asked for."""
    rows = PlatformReading.objects.filter(is_demo=choice.is_demo)
    if choice.filters.q:
        rows = rows.filter(platform__icontains=choice.filters.q)
    return rows.filter(report_date__lte=choice.filters.at) if choice.filters.at else rows


def of_repositories(rows: Rows, choice: Choice) -> Rows:
    """The rows whose repository is what is asked for: as it is ranked now, since they keep its name only."""
    if choice.filters.q:
        rows = rows.filter(repo_full_name__icontains=choice.filters.q)
    if not choice.language and not choice.filters.render:
        return rows
    named = Choice(Filters(render=choice.filters.render), choice.language)
    return rows.filter(github_id__in=matching(TrendingRepo.objects.all(), named).values("github_id"))


def leads_in_order(rows: Rows, choice: Choice) -> Rows:
    return sorted_by(rows, choice, LEAD_SORTS)


def blueprints_in_order(rows: Rows, choice: Choice) -> Rows:
    return sorted_by(rows, choice, BLUEPRINT_SORTS)


def platforms_in_order(rows: Rows, choice: Choice) -> Rows:
    return sorted_by(rows, choice, PLATFORM_SORTS)


def sorted_by(rows: Rows, choice: Choice, sorts: Mapping[str, str]) -> Rows:
    """By one of `sorts`, turned round with a leading "-"; what is unknown comes last, the newest row decides a tie."""
    sort = choice.filters.sort
    column = sorts[sort.removeprefix("-")]
    name, falls = column.removeprefix("-"), column.startswith("-") != sort.startswith("-")
    key = F(name) if name not in ("repo_full_name", "platform") else by_code_point(name)
    return rows.order_by(OrderBy(key, descending=falls, nulls_last=True), "-pk")


def by_code_point(name: str) -> Collate:
    return Collate(name, "C" if connection.vendor == "postgresql" else "BINARY")


# -- How many --------------------------------------------------------------------------------------------------


def stocks(exports: Mapping[str, tuple[Rows, str]]) -> dict[str, Stock]:
    """{name: what there is} for {name: (rows, the column that says when)}; one query."""
    first, *others = [_stock(name, rows, column) for name, (rows, column) in exports.items()]
    found = {name: Stock(number, newest) for name, number, newest in first.union(*others, all=True)}
    return {name: found.get(name, Stock(0, None)) for name in exports}


def _stock(name: str, rows: Rows, column: str) -> Rows:
    named = rows.order_by().values(export=Cast(Value(name), CharField()))
    counted = named.annotate(number=Count("pk"), newest=Cast(Max(column), CharField()))
    row: Rows = counted.values_list("export", "number", "newest")
    return row


def has_more_than(rows: Rows, most: int) -> bool:
    """Whether there are more rows; counts no further."""
    return rows.order_by()[: most + 1].count() > most
