"""A made-up warehouse of a whole year for an empty database: what pages are measured on. Deterministic.

The payloads in the raw tables have the shape and size of real ones, but are not what the facts were computed from.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from pipeline.bench.made_up import WEEK_SECONDS, MadeUp
from pipeline.bench.year_facts import analyze, in_bulk, write_facts
from pipeline.bench.year_repos import CATEGORIES, LAST, YearRepo, year_repos
from pipeline.bench.year_runs import publishers, write_runs
from pipeline.detection.render_yaml import RenderYaml, read_render_yaml
from pipeline.etl.batches import in_batches
from pipeline.etl.dimensions import load_languages, load_services
from pipeline.etl.github_to_raw import RawWriter
from pipeline.models import (
    LanguageDayFact,
    PublishedRun,
    RawGithubRepo,
    RawRepoMetric,
    RenderDayFact,
    RenderEnrichment,
    RenderServiceDayFact,
    RenderServiceTotalFact,
    RenderUsage,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StarDay,
    StreamState,
    TaskRun,
    WorkflowExecution,
)
from pipeline.streams.context import iso
from pipeline.streams.harvest import Harvest, MetricPayload, RepoPayload

CHUNK, KINDS_OF_METRICS = 500, 50
STAR_DAYS = 60
WEEKS = STAR_DAYS // 7
UNKNOWN_ACTIVITY = ["commits_last_7_days", "issues_closed_last_7_days", "active_contributors"]
COUNTED: tuple[type[Model], ...] = (
    RawGithubRepo, RawRepoMetric, StagedRepo, RenderEnrichment, RepositoryDim, RepoSnapshot, StarDay, RenderUsage,
    LanguageDayFact, RenderDayFact, RenderServiceDayFact, RenderServiceTotalFact, WorkflowExecution, TaskRun,
)  # fmt: skip


class NotEmpty(Exception):
    """The database holds repositories, which a made-up year must never stand beside."""


def fill(repositories: int, days: int, now: datetime, star_days: int = STAR_DAYS) -> dict[str, int]:
    """Fill the database with `days` days up to that of `now`, when the newest run was. Returns {table: rows}.

    Single days' stars are kept for the last `star_days` days only: a page looks at 30 of them. Raises NotEmpty.
    """
    if any(model._default_manager.exists() for model in (RepositoryDim, StagedRepo, RawGithubRepo, WorkflowExecution)):
        raise NotEmpty("A made-up year needs an empty database, and this one holds runs or repositories.")
    now = now.astimezone(UTC).replace(microsecond=0)
    with in_bulk(), transaction.atomic():
        _write(year_repos(repositories, days), write_runs(days, now, repositories), star_days)
    analyze()
    return {model._meta.db_table: model._default_manager.count() for model in COUNTED}


def _write(repos: Sequence[YearRepo], executions: Sequence[WorkflowExecution], star_days: int) -> None:
    newest = executions[-1]
    blueprints = {repo.github_id: read_render_yaml(repo.blueprint) for repo in repos if repo.blueprint}
    _write_raw(repos, newest)
    _write_staged(repos, newest)
    _write_enrichments(repos, blueprints, newest)
    _write_versions(repos, newest)
    write_facts(repos, _services(blueprints), publishers(executions), star_days)
    _publish(newest)


def examples(repositories: int, days: int) -> dict[str, str]:
    """Names to ask pages for: `render` and `plain` are owner/name of one that uses Render and of one that does not."""
    repos = year_repos(repositories, days)
    plain = next(repo for repo in repos if repo.category is None and len(repo.names) == 1)
    render = next((repo for repo in repos if repo.uses_render and len(repo.names) == 1), plain)
    return {"render": render.full_name, "plain": plain.full_name}


def _write_raw(repos: Sequence[YearRepo], execution: WorkflowExecution) -> None:
    """One payload of each kind for each repository."""
    writer = RawWriter(execution)
    # So many different ones are enough: a page shows one, and making them takes longer than storing them.
    made_metrics = [MadeUp(number).metrics() for number in range(KINDS_OF_METRICS)]
    for batch in in_batches(repos, CHUNK):
        harvest = Harvest()
        for repo in batch:
            made, key = MadeUp(repo.number), (repo.github_id, repo.full_name)
            source = "render_ecosystem" if repo.category else "rising" if repo.is_rising else "established"
            harvest.add(RepoPayload(*key, _item(repo, made, execution), repo.language or "", source))
            metrics = made_metrics[repo.number % KINDS_OF_METRICS] | {
                "star_history": _history(repo, execution.snapshot_date)
            }
            harvest.add(*(MetricPayload(*key, kind, data) for kind, data in metrics.items()))
        writer.write(harvest)


def _item(repo: YearRepo, made: MadeUp, execution: WorkflowExecution) -> dict[str, Any]:
    stars = repo.growth.total(LAST)
    return made.search_item() | {
        "id": repo.github_id,
        "name": repo.full_name.partition("/")[2],
        "full_name": repo.full_name,
        "html_url": _url(repo.full_name),
        "description": repo.description,
        "language": repo.language,
        "stargazers_count": stars,
        "forks_count": stars // 9,
        "created_at": iso(_created_at(repo, execution)),
        "pushed_at": iso(execution.execution_date - timedelta(hours=1)),
    }


def _history(repo: YearRepo, today: date) -> dict[str, Any]:
    """Weeks, newest first, of which the newest began last Sunday; days to come are zeros."""
    past = today.isoweekday() % 7 + 1
    sunday = (today - timedelta(days=past - 1) - date(1970, 1, 1)).days * 86_400
    weeks = []
    for back in range(WEEKS):
        numbers = [LAST + 1 - past - 7 * back + n for n in range(7)]
        days = [repo.growth.gained(number) if number <= LAST else 0 for number in numbers]
        weeks.append({"week": sunday - back * WEEK_SECONDS, "total": sum(days), "days": days})
    return {"stars": repo.growth.total(LAST), "weeks": weeks}


def _write_staged(repos: Sequence[YearRepo], execution: WorkflowExecution) -> None:
    raw = dict(RawGithubRepo.objects.values_list("github_id", "pk"))
    rows = [_staged(repo, execution, raw[repo.github_id]) for repo in repos]
    StagedRepo.objects.bulk_create(rows, batch_size=CHUNK)


def _staged(repo: YearRepo, execution: WorkflowExecution, raw_id: int) -> StagedRepo:
    """Without the measures of seven days, which the facts give back."""
    growth, now = repo.growth, execution.execution_date
    stars, unknown = growth.total(LAST), _unknown(repo)
    return StagedRepo(
        github_id=repo.github_id,
        repo_full_name=repo.full_name,
        repo_url=_url(repo.full_name),
        language=repo.language,
        description=repo.description,
        stars=stars,
        forks=stars // 9,
        open_issues=stars % 90,
        created_at=_created_at(repo, execution),
        updated_at=now - timedelta(hours=1),
        pushed_at=now - timedelta(hours=1),
        stars_last_24_hours=growth.gained(LAST) if growth.has_history else None,
        stars_last_7_days=growth.gained(LAST, 7) if growth.has_history else None,
        stars_last_30_days=growth.gained(LAST, 30) if growth.has_history else None,
        uses_render=repo.uses_render,
        render_yaml_content=repo.blueprint,
        topics=["made-up", repo.stream],
        star_days=_star_days(repo, execution.snapshot_date) if growth.has_history else None,
        unknown_fields=unknown,
        data_quality_score="1.00" if not unknown else "0.88",
        stream=repo.stream,
        loaded_at=now,
        raw_repo_id=raw_id,
        execution=execution,
    )


def _unknown(repo: YearRepo) -> list[str]:
    """Under names that are those of a score's unknown parts as well."""
    stars = [] if repo.growth.has_history else ["stars_gained_7d"]
    activity = UNKNOWN_ACTIVITY if repo.growth.commits is None else []
    return [*stars, *activity, *(["uses_render"] if repo.uses_render is None else [])]


def _star_days(repo: YearRepo, today: date) -> dict[str, Any]:
    gained = [repo.growth.gained(LAST - back) for back in reversed(range(STAR_DAYS))]
    return {"first": (today - timedelta(days=STAR_DAYS - 1)).isoformat(), "gained": gained}


def _write_enrichments(
    repos: Sequence[YearRepo], blueprints: dict[int, RenderYaml], execution: WorkflowExecution
) -> None:
    rows = [_enrichment(repo, blueprints.get(repo.github_id), execution) for repo in repos if repo.category]
    RenderEnrichment.objects.bulk_create(rows, batch_size=CHUNK)


def _enrichment(repo: YearRepo, blueprint: RenderYaml | None, execution: WorkflowExecution) -> RenderEnrichment:
    has_button = repo.category == CATEGORIES[-1] or repo.number % 24 == 5
    row = RenderEnrichment(
        repo_id=repo.github_id,
        repo_full_name=repo.full_name,
        render_category=repo.category or "",
        has_blueprint_button=has_button,
        deploy_button_url=f"https://render.com/deploy?repo={_url(repo.full_name)}" if has_button else None,
        documentation_score=repo.number % 11,
        loaded_at=execution.execution_date,
    )
    if blueprint is not None:
        row.render_services = [
            {"name": s.name, "type": s.type, "runtime": s.runtime, "plan": s.plan, "region": s.region}
            for s in blueprint.services
        ]
        row.service_counts, row.service_count = blueprint.service_counts(), blueprint.service_count
        row.connections = [[link.source, link.target, link.kind] for link in blueprint.connections]
        row.env_groups = list(blueprint.env_groups)
        row.render_complexity_score, row.blueprint_quality = blueprint.complexity(), blueprint.quality()
        row.has_docker = any(service.is_docker for service in blueprint.services)
        row.has_previews, row.problem = blueprint.has_previews, blueprint.problem
    return row


def _write_versions(repos: Sequence[YearRepo], execution: WorkflowExecution) -> None:
    load_languages(repo.language for repo in repos)
    rows = [version for repo in repos for version in _versions(repo, execution)]
    RepositoryDim.objects.bulk_create(rows, batch_size=CHUNK)


def _versions(repo: YearRepo, execution: WorkflowExecution) -> Iterator[RepositoryDim]:
    """Of equal length from the first day on, each from the start of a day."""
    first, count = repo.first_day, len(repo.names)
    steps = [first + (LAST - first) * n // count for n in range(count)]
    firsts = [_start_of(number, execution) for number in dict.fromkeys(steps)]
    names = repo.names[-len(firsts) :]
    for (full_name, description), valid_from, valid_to in zip(names, firsts, [*firsts[1:], None], strict=True):
        yield RepositoryDim(
            github_id=repo.github_id,
            repo_full_name=full_name,
            repo_url=_url(full_name),
            description=description,
            language=repo.language,
            created_at=_created_at(repo, execution),
            uses_render=repo.uses_render,
            render_category=repo.category,
            is_demo=True,
            valid_from=valid_from,
            valid_to=valid_to,
            is_current=valid_to is None,
        )


def _services(blueprints: dict[int, RenderYaml]) -> list[tuple[int, int, int]]:
    counts = {github_id: blueprint.service_counts() for github_id, blueprint in blueprints.items()}
    keys = load_services(kind for found in counts.values() for kind in found)
    return [(github_id, keys[kind], n) for github_id, found in counts.items() for kind, n in found.items()]


def _publish(newest: WorkflowExecution) -> None:
    pointer = {
        "execution": newest,
        "snapshot_date": newest.snapshot_date,
        "published_at": newest.execution_date,
    }
    for stream in sorted(set(StagedRepo.objects.values_list("stream", flat=True))):
        StreamState.objects.create(stream=stream, **pointer)
    PublishedRun.objects.create(**pointer)


def _created_at(repo: YearRepo, execution: WorkflowExecution) -> datetime:
    return _start_of(repo.created, execution)


def _start_of(number: int, execution: WorkflowExecution) -> datetime:
    """Midnight at the start of the day of that number."""
    day = execution.snapshot_date - timedelta(days=LAST - number)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _url(full_name: str) -> str:
    return f"https://github.com/{full_name}"
