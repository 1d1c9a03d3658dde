"""Rows as a finished run leaves them, made directly: each builder takes what a test is about and makes up the rest."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from pipeline.models import LanguageDim, PublishedRun, RepositoryDim, RepoSnapshot, StreamState, WorkflowExecution

LONG_AGO = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
ZERO = Decimal(0)


def a_run(**given: Any) -> WorkflowExecution:
    """A run that ended well, two minutes ago unless `execution_date` says otherwise."""
    began = given.pop("execution_date", timezone.now() - timedelta(minutes=2))
    facts = {
        "execution_date": began,
        "finished_at": began + timedelta(seconds=42),
        "status": WorkflowExecution.Status.SUCCESS,
        "snapshot_date": began.date(),
        "total_duration_seconds": Decimal("41.5"),
        "repos_processed": 1234,
        "parallel_speedup_factor": Decimal("7.25"),
    }
    return WorkflowExecution.objects.create(**facts | given)


def publish(run: WorkflowExecution, streams: tuple[str, ...] = ("python",)) -> PublishedRun:
    """Point the readers and these streams to the run."""
    new = {"execution": run, "snapshot_date": run.snapshot_date, "published_at": run.execution_date}
    for stream in streams:
        StreamState.objects.update_or_create(stream=stream, defaults=new)
    return PublishedRun.objects.update_or_create(id=1, defaults=new)[0]


def a_published_run(streams: tuple[str, ...] = ("python",), **given: Any) -> WorkflowExecution:
    run = a_run(**given)
    publish(run, streams)
    return run


def a_repo(run: WorkflowExecution, name: str = "octo/widget", **given: Any) -> RepoSnapshot:
    """A repository's current row in `run`; `given` may name columns of the dimension and of the snapshot."""
    number = RepositoryDim.objects.count() + 1
    language = given.pop("language", "Python")
    version = {
        "github_id": given.pop("github_id", number),
        "repo_full_name": name,
        "repo_url": f"https://github.com/{name}",
        "description": "Turns things into other things.",
        "created_at": LONG_AGO,
        "uses_render": False,
        "is_demo": run.is_demo,
        "valid_from": run.execution_date,
        "is_current": True,
    }
    version |= {key: given.pop(key) for key in list(given) if key in version}
    repo = RepositoryDim.objects.create(language=language, **version)
    measures = {
        "snapshot_date": run.snapshot_date,
        "stream": "python",
        "stars": 100,
        "forks": 10,
        "stars_gained_7d": 7,
        "momentum_score": Decimal(10),
        "data_quality_score": Decimal(1),
    }
    parts = dict.fromkeys(("velocity_part", "activity_part", "render_boost", "age_penalty"), ZERO)
    return RepoSnapshot.objects.create(
        repo=repo,
        github_id=repo.github_id,
        language=_language(language),
        is_current=True,
        execution=run,
        created_at=run.execution_date,
        **parts | measures | given,
    )


def many_repos(run: WorkflowExecution, number: int) -> None:
    """`number` repositories, the first with the most momentum."""
    for rank in range(1, number + 1):
        a_repo(run, f"octo/widget-{rank:03}", momentum_score=Decimal(1000 - rank), rank_overall=rank)


def the_day_before(day: date) -> date:
    return day - timedelta(days=1)


def _language(name: str | None) -> LanguageDim | None:
    if name is None:
        return None
    words = {"language_category": "general", "ecosystem_size": "large"}
    return LanguageDim.objects.get_or_create(language_name=name, defaults=words)[0]
