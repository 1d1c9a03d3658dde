"""Rows as a finished run leaves them, made directly: each builder takes what a test is about and makes up the rest."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from pipeline.models import (
    LanguageDayFact,
    LanguageDim,
    PublishedRun,
    RenderDayFact,
    RenderEnrichment,
    RenderServiceDayFact,
    RenderServiceDim,
    RenderServiceTotalFact,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StarDay,
    StreamState,
    TaskRun,
    WorkflowExecution,
)

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
        "render_category": None,
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


def a_task(run: WorkflowExecution, name: str = "star history", **given: Any) -> TaskRun:
    """A task of `run` that took a second and went well, half a second after the one before it."""
    number = TaskRun.objects.filter(execution=run).count() + 1
    began = given.pop("started_at", run.execution_date + timedelta(seconds=number / 2))
    facts = {
        "number": number,
        "stream": "go",
        "status": TaskRun.Status.SUCCESS,
        "started_at": began,
        "finished_at": began + timedelta(seconds=1),
        "seconds": Decimal(1),
        "items": 8,
    }
    return TaskRun.objects.create(execution=run, name=name, **facts | given)


def a_language_day(day: date, language: str = "Python", **given: Any) -> LanguageDayFact:
    """The sums of a published day, by which the language and the day can be asked for."""
    sums = {"repositories": 1, "render_repositories": 0, "stars": 100}
    return LanguageDayFact.objects.create(language=_language(language), snapshot_date=day, **sums | given)


def a_past_repo(run: WorkflowExecution, name: str = "octo/widget", **given: Any) -> RepoSnapshot:
    """A repository's row of an earlier run, under a version that has ended since; nothing of it is current."""
    row = a_repo(run, name, **given)
    ended = row.repo.valid_from + timedelta(hours=1)
    RepositoryDim.objects.filter(pk=row.repo_id).update(is_current=False, valid_to=ended)
    RepoSnapshot.objects.filter(pk=row.pk).update(is_current=False)
    return row


def once_called(repo: RepoSnapshot, name: str) -> RepositoryDim:
    """A version of the repository that had this name until its current one began."""
    until = repo.repo.valid_from
    version = {"github_id": repo.github_id, "repo_full_name": name, "repo_url": f"https://github.com/{name}"}
    return RepositoryDim.objects.create(
        **version, valid_from=until - timedelta(days=30), valid_to=until, is_current=False
    )


def star_days_of(repo: RepoSnapshot, gained: list[int]) -> None:
    """Stars gained on the days up to that of the row, oldest first."""
    first = repo.snapshot_date - timedelta(days=len(gained) - 1)
    StarDay.objects.bulk_create(
        StarDay(github_id=repo.github_id, day=first + timedelta(days=place), stars_gained=number)
        for place, number in enumerate(gained)
    )


def a_project(
    run: WorkflowExecution, name: str = "octo/shop", category: str = "community", **given: Any
) -> RepoSnapshot:
    """A project of the Render ecosystem with a web service; `given` may also name columns of what is staged of it."""
    facts = {
        "render_services": [],
        "service_counts": {"web": 1},
        "service_count": 1,
        "render_complexity_score": Decimal("0.5"),
        "has_blueprint_button": False,
        "deploy_button_url": None,
        "problem": None,
    }
    facts |= {key: given.pop(key) for key in list(given) if key in facts}
    row = a_repo(run, name, **{"uses_render": True, "render_category": category, "stream": "render"} | given)
    staged = StagedRepo.objects.create(
        github_id=row.github_id,
        repo_full_name=name,
        repo_url=row.repo.repo_url,
        stars=row.stars,
        data_quality_score=Decimal(1),
        stream="render",
        loaded_at=run.execution_date,
        execution=run,
    )
    RenderEnrichment.objects.create(
        repo=staged, repo_full_name=name, render_category=category, loaded_at=run.execution_date, **facts
    )
    return row


def a_render_day(day: date, category: str = "community", **given: Any) -> RenderDayFact:
    """A category's sums on a published day."""
    sums = {"repositories": 1, "stars": 100, "stars_gained_7d": 7}
    return RenderDayFact.objects.create(render_category=category, snapshot_date=day, **sums | given)


def a_service_day(day: date, service: str = "web", language: str | None = "Python", **given: Any) -> None:
    """A service type's sums in projects of a language on a published day."""
    words = {"service_description": f"What {service} is."}
    kind = RenderServiceDim.objects.get_or_create(service_type=service, defaults=words)[0]
    sums = {"repositories": 1, "services": 1}
    sums |= given
    RenderServiceDayFact.objects.create(service=kind, language=_language(language), snapshot_date=day, **sums)
    total, is_first = RenderServiceTotalFact.objects.get_or_create(service=kind, snapshot_date=day, defaults=sums)
    if not is_first:
        total.repositories += sums["repositories"]
        total.services += sums["services"]
        total.save()
