"""Which repository a widget is of."""

from datetime import datetime

from django.db.models import F

from dashboard.page import PREVIOUS_DAY
from dashboard.queries.compare import ranked_by_name
from pipeline.models.analytics import TrendingRepo

MOST_FOUND = 6


def repositories_called(q: str, now: datetime) -> list[str]:
    """Full names: the one that is or was called so, else the first whose names hold it; without `q` the first of all.

    Of the current ranking, best rank first, at most six. One to three queries.
    """
    exact = ranked_by_name(q, (now - PREVIOUS_DAY).date()) if q else None
    if exact is not None:
        return [exact.repo_full_name]
    rows = TrendingRepo.objects.filter(repo_full_name__icontains=q) if q else TrendingRepo.objects.all()
    names = rows.order_by(F("rank_overall").asc(nulls_last=True), "-snapshot_date", "repo_full_name")
    return list(names.values_list("repo_full_name", flat=True)[: MOST_FOUND if q else 1])
