"""The tables, one module a layer; the files in pipeline/etl are the arrows between them."""

from pipeline.models.analytics import LanguageRanking, RenderShowcase, TrendingRepo
from pipeline.models.dimensional import LanguageDim, RenderServiceDim, RenderUsage, RepositoryDim, RepoSnapshot, StarDay
from pipeline.models.raw import RawFileContent, RawGithubRepo, RawHttpAnswer, RawRepoMetric, RawStreamMembership
from pipeline.models.runs import PublishedRun, StreamState, TaskRun, WorkflowExecution
from pipeline.models.staging import RejectedRepo, RenderCategory, RenderEnrichment, StagedRepo

__all__ = [
    "LanguageDim",
    "LanguageRanking",
    "PublishedRun",
    "RawFileContent",
    "RawGithubRepo",
    "RawHttpAnswer",
    "RawRepoMetric",
    "RawStreamMembership",
    "RejectedRepo",
    "RenderCategory",
    "RenderEnrichment",
    "RenderServiceDim",
    "RenderShowcase",
    "RenderUsage",
    "RepoSnapshot",
    "RepositoryDim",
    "StagedRepo",
    "StarDay",
    "StreamState",
    "TaskRun",
    "TrendingRepo",
    "WorkflowExecution",
]
