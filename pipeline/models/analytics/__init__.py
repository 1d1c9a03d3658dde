"""Analytics: unmanaged models over the SQL views in pipeline/sql/views; what pages, API and exports read."""

from pipeline.models.analytics.languages import LanguageDay, LanguageRanking
from pipeline.models.analytics.render import RenderDay, RenderServiceDay, RenderServiceTotal, RenderShowcase
from pipeline.models.analytics.repositories import (
    RankedRepo,
    RepoDay,
    RepoMeasures,
    RepoStarDay,
    RepoVersion,
    TrendingRepo,
)
from pipeline.models.analytics.sources import RawPayload, StagedSource

__all__ = [
    "LanguageDay",
    "LanguageRanking",
    "RankedRepo",
    "RawPayload",
    "RenderDay",
    "RenderServiceDay",
    "RenderServiceTotal",
    "RenderShowcase",
    "RepoDay",
    "RepoMeasures",
    "RepoStarDay",
    "RepoVersion",
    "StagedSource",
    "TrendingRepo",
]
