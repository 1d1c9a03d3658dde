"""Social cards: whose are made each week, which are stored, and who else could have one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, Subquery, Window
from django.db.models.functions import Coalesce, Collate
from django_q.models import Schedule

from dashboard.queries.render import COMMUNITY
from marketing.models import MarketingAsset
from pipeline.models.analytics import RepoDay, TrendingRepo
from pipeline.models.runs import PublishedRun, StreamState

CARDS = 5
MOST_FOUND = 20
LARGEST_ID = 2**63 - 1
RENDER_STREAM = "render"
WEEKLY = "marketing.tasks.weekly_assets"


@dataclass(frozen=True, slots=True)
class Found:
    """A repository of the ranking by a part of its name."""

    repo_full_name: str
    stars_gained_7d: int | None
    rank_overall: int | None


def weekly_top(number: int = CARDS) -> list[Any]:
    """The community projects with a render.yaml that gained the most stars in 7 days, the most first. One query.

    Each with `among`: of how many such projects it is known what they gained, those that gained nothing included.
    Of the last day the Render ecosystem was read: on a day its stream failed, the few projects that other streams read
    would be the first of nobody.
    """
    rows = RepoDay.objects.filter(
        snapshot_date=_day_of_the_ecosystem(),
        uses_render=True,
        render_category__in=COMMUNITY,
        stars_gained_7d__isnull=False,
    ).annotate(among=Window(Count("github_id")))
    by_code_point = Collate("repo_full_name", "C" if connection.vendor == "postgresql" else "BINARY")
    momentum = F("momentum_score").desc(nulls_last=True)
    first = rows.order_by("-stars_gained_7d", momentum, "-stars", by_code_point)[:number]
    return [row for row in first if row.stars_gained_7d]


def _day_of_the_ecosystem() -> Coalesce:
    """That of the published run where no run has published the ecosystem."""
    stream = StreamState.objects.filter(stream=RENDER_STREAM).values("snapshot_date")[:1]
    return Coalesce(Subquery(stream), Subquery(PublishedRun.objects.values("snapshot_date")[:1]))


def newest_assets() -> list[MarketingAsset]:
    """The stored cards of the newest day there are any of, without the pictures themselves. One query."""
    newest = MarketingAsset.objects.order_by("-snapshot_date").values("snapshot_date")[:1]
    rows = MarketingAsset.objects.filter(snapshot_date=Subquery(newest), asset_type__in=MarketingAsset.AssetType.values)
    return list(rows.defer("image").order_by("pk"))


def rows_of_day(github_ids: Collection[int], day: date) -> dict[int, RepoDay]:
    """{github_id: the row published for that day}, most stars gained first as the cards were chosen. One query."""
    rows = RepoDay.objects.filter(github_id__in=github_ids, snapshot_date=day)
    ordered = rows.order_by(F("stars_gained_7d").desc(nulls_last=True), F("momentum_score").desc(nulls_last=True))
    return {row.github_id: row for row in ordered}


def asset_made_at(asset_id: int) -> datetime | None:
    """When the stored picture was made, without reading it; None where there is none. One query."""
    if asset_id > LARGEST_ID:
        return None
    made: datetime | None = MarketingAsset.objects.filter(pk=asset_id).values_list("created_at", flat=True).first()
    return made


def asset(asset_id: int) -> MarketingAsset | None:
    """The stored picture, whole. One query."""
    return MarketingAsset.objects.filter(pk=asset_id).first() if asset_id <= LARGEST_ID else None


def found(text: str) -> list[Found]:
    """Repositories of the ranking with `text` in their names, the best ranked first. One query."""
    rows = TrendingRepo.objects.filter(repo_full_name__icontains=text)
    columns = ("repo_full_name", "stars_gained_7d", "rank_overall")
    best = rows.order_by(F("rank_overall").asc(nulls_last=True), "repo_full_name").values_list(*columns)
    return [Found(*row) for row in best[:MOST_FOUND]]


def next_making() -> datetime | None:
    """When the schedule makes cards the next time; None where it is not scheduled. One query."""
    active = Schedule.objects.filter(Q(repeats__lt=0) | Q(repeats__gt=0), func=WEEKLY)
    due: datetime | None = active.order_by("next_run").values_list("next_run", flat=True).first()
    return due
