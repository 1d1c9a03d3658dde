"""Made-up rows leave when real ones come: the two never stand in one ranking."""

from pipeline.etl.daily_totals import TOTALS
from pipeline.models import (
    PublishedRun,
    RawFileContent,
    RawGithubRepo,
    RawRepoMetric,
    RawStreamMembership,
    RejectedRepo,
    RenderEnrichment,
    RenderUsage,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StarDay,
    StreamState,
    WorkflowExecution,
)


def has_demo_rows() -> bool:
    return RepositoryDim.objects.filter(is_demo=True).exists()


def has_real_rows() -> bool:
    return RepositoryDim.objects.filter(is_demo=False).exists()


def clear_demo_rows() -> None:
    """Delete everything that runs against the embedded GitHub wrote, but for their run records."""
    if not has_demo_rows():
        return
    runs = WorkflowExecution.objects.filter(is_demo=True).values("pk")
    PublishedRun.objects.filter(execution__in=runs).delete()
    StreamState.objects.filter(execution__in=runs).delete()
    demo = RepositoryDim.objects.filter(is_demo=True)
    StarDay.objects.filter(github_id__in=demo.values("github_id")).delete()
    RenderUsage.objects.filter(repo__is_demo=True).delete()
    RepoSnapshot.objects.filter(repo__is_demo=True).delete()
    demo.delete()
    # All of them: made-up and real rows never share a database.
    for totals in TOTALS.values():
        totals._default_manager.all().delete()
    staged = StagedRepo.objects.filter(execution__in=runs)
    RenderEnrichment.objects.filter(repo__in=staged).delete()
    staged.delete()
    for model in (RejectedRepo, RawRepoMetric, RawGithubRepo, RawFileContent, RawStreamMembership):
        model._default_manager.filter(execution__in=runs).delete()
