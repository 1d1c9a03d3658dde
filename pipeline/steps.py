"""The steps of a run as data: what each reads and writes, and the function that does it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings

from pipeline.etl.demo_rows import clear_demo_rows
from pipeline.etl.github_to_raw import RawWriter, load_memory
from pipeline.etl.raw_to_staging import members_of, raw_to_staging
from pipeline.etl.staging_to_dimensional import staging_to_dimensional
from pipeline.etl.star_day_facts import lacks_older_star_days, load_older_star_days
from pipeline.github.budget import Budget
from pipeline.github.client import GitHubClient
from pipeline.github.errors import OutOfTime
from pipeline.models import RawRepoMetric, RawStreamMembership, WorkflowExecution
from pipeline.reference import Language
from pipeline.retry import Patience, Retry
from pipeline.source import Source
from pipeline.streams.context import Gathering, StreamLimits, StreamRetries
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM
from pipeline.streams.gather import gather
from pipeline.streams.harvest import StreamResult
from pipeline.tasklog import Task, TaskLog

HYDRATIONS_AT_ONCE = 8  # of 20 to 30 repositories; more of them only wait for each other on GitHub's side
Members = Sequence[Sequence[Any]]

# How often each part of a run is tried. Detection is part of staging and reads what is stored: once is enough.
STREAM_RETRIES = StreamRetries(language=Retry(3, 60.0), ecosystem=Retry(2, 30.0), hydration=Retry(2, 45.0))
LOADING_RETRY = Retry(3, 30.0)  # staging and analytics together, since they share a transaction; the older star days
# What a run counts inside the transaction, and what is undone with it.
COUNTED = ("loaded", "failed", "failed_at", "remedies", "rows", "rejected")


@dataclass(slots=True)
class Publication:
    """Memberships that are published together: as of a moment, as the facts of a day."""

    as_of: datetime
    snapshot_date: date
    memberships: list[tuple[str, Members]]


@dataclass(slots=True)
class RunContext:
    """What the steps of one run share and leave for its record."""

    execution: WorkflowExecution
    source: Source
    languages: Sequence[Language]
    limit: int | None
    tasks: TaskLog
    tick: Callable[[], None]
    budget: Budget
    patience: Patience = field(default_factory=Patience)
    with_ecosystem: bool = True
    refresh_histories: bool = False
    results: list[StreamResult] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)  # streams inside the transaction
    published: list[str] = field(default_factory=list)  # streams after its commit
    failed: dict[str, str] = field(default_factory=dict)
    remedies: dict[str, str] = field(default_factory=dict)
    failed_at: dict[str, dict[str, str]] = field(default_factory=dict)  # {stream: {"step", "repository"}}
    notes: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    not_modified: int = 0
    batch_size: int | None = None

    @property
    def streams(self) -> list[str]:
        return [*(language.slug for language in self.languages), *([ECOSYSTEM] if self.with_ecosystem else [])]

    def fail(self, stream: str, step: str, error: str, remedy: str, repository: str = "") -> None:
        self.failed[stream], self.remedies[stream] = error, remedy
        self.failed_at[stream] = {"step": step} | ({"repository": repository} if repository else {})


@dataclass(frozen=True, slots=True)
class ReadStep:
    """Finds what is to be published; `run` returns how many items it dealt with."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[RunContext, Task], int]


@dataclass(frozen=True, slots=True)
class PublishStep:
    """Carries one publication a layer further; `run` returns how many rows it wrote."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[[RunContext, Publication], int]


def read_github(run: RunContext, task: Task) -> int:
    """Read every stream and store what came, as it comes. Returns repositories found."""
    writer = RawWriter(run.execution)
    memory = load_memory(run.streams, is_demo=run.source.is_demo)
    if run.refresh_histories:
        memory.star_history_seen.clear()
    workers = settings.TRENDER_CONCURRENCY
    history_workers = max(workers // 2, 1)
    client = GitHubClient(
        run.source.base_url, run.budget, connections=workers, remembered=memory.answers, on_retry=run.tasks.count_retry
    )
    with (
        ThreadPoolExecutor(max(workers - history_workers, 1)) as pool,
        ThreadPoolExecutor(min(workers, HYDRATIONS_AT_ONCE)) as hydrations,
        ThreadPoolExecutor(history_workers) as histories,
    ):
        gathering = Gathering(
            client=client,
            pool=pool,
            hydration_pool=hydrations,
            history_pool=histories,
            tasks=run.tasks,
            memory=memory,
            now=run.execution.execution_date,
            limits=StreamLimits.of(run.limit, settings.TRENDER_ECOSYSTEM_LIMIT),
            owners=run.source.owners,
            retries=STREAM_RETRIES,
            patience=run.patience,
        )

        def tick() -> None:
            writer.write(gathering.harvest)
            run.tick()
            if run.patience.is_over:
                client.budget.close(OutOfTime("the time of the run is up"))

        run.results = gather(gathering, run.languages, ecosystem=run.with_ecosystem, parent=task, tick=tick)
    writer.write(gathering.harvest)
    writer.write_memberships(run.results)
    if not run.source.is_demo:  # the embedded GitHub has another port each time
        writer.write_answers(client.remembered, client.renewed)
    run.rows |= writer.rows
    run.notes += [*gathering.notes, *(f"{r.stream}: {note}" for r in run.results for note in r.notes)]
    run.not_modified, run.batch_size = client.not_modified, memory.batch_size
    keep_results(run)
    return len({ref.github_id for result in run.results for ref in result.members})


def keep_results(run: RunContext) -> None:
    """Let the streams that were read be published, and the others' failures stand in the record."""
    now, day = run.execution.execution_date, run.execution.snapshot_date
    memberships: list[tuple[str, Members]] = []
    for result in run.results:
        if result.succeeded:
            memberships.append((result.stream, [[ref.github_id, ref.source_type] for ref in result.members]))
        else:
            run.fail(result.stream, "read stream", result.error, result.remedy, result.repository)
    run.publications = [Publication(now, day, memberships)]


def find_raw(run: RunContext, task: Task) -> int:
    """In place of reading GitHub: what each stream's newest published run had read. Returns streams found."""
    groups: dict[tuple[datetime, date], Publication] = {}
    done = (WorkflowExecution.Status.SUCCESS, WorkflowExecution.Status.PARTIAL)
    for stream in run.streams:
        rows = RawStreamMembership.objects.filter(
            stream=stream, execution__status__in=done, execution__is_demo=run.source.is_demo
        )
        newest = rows.select_related("execution").order_by("-pk").first()
        if newest is not None:
            key = (newest.fetch_timestamp, newest.execution.snapshot_date)
            groups.setdefault(key, Publication(*key, [])).memberships.append((stream, newest.members))
    run.publications = [groups[key] for key in sorted(groups)]
    return sum(len(publication.memberships) for publication in run.publications)


def stage(run: RunContext, publication: Publication) -> int:
    """Raw rows to staging rows. Returns repositories staged."""
    members = members_of(publication.memberships)
    report = raw_to_staging(run.execution, members, run.source.owners, publication.as_of)
    for stream, reason in report.failed.items():
        run.fail(stream, "raw_to_staging", reason, "Look at the rejected repositories of this run in the admin.")
    run.rejected += report.rejected
    return _count(run, {"stg_repos_validated": sum(report.staged.values()), "stg_rejected_repos": report.rejected})


def publish(run: RunContext, publication: Publication) -> int:
    """Staging rows to dimensions and facts, and the pointer to them. Returns snapshots written."""
    streams = [stream for stream, _ in publication.memberships if stream not in run.failed]
    if not streams:
        return 0
    if not run.source.is_demo:
        clear_demo_rows()
    report = staging_to_dimensional(run.execution, streams, publication.snapshot_date, publication.as_of)
    run.loaded += streams
    _count(run, report.rows)
    return report.rows["fact_repo_snapshots"]


def load_history(run: RunContext, publication: Publication) -> int:
    """The older days of the star histories, once readers have the day. Returns buckets written."""
    day, histories = publication.snapshot_date, RawRepoMetric.objects.filter(metric_type="star_history")
    is_rebuild = run.execution.trigger == WorkflowExecution.Trigger.FROM_RAW
    has_new = histories.filter(last_seen_at=publication.as_of).exists()
    if not is_rebuild and not has_new and not lacks_older_star_days(run.execution, day):
        return 0
    written = load_older_star_days(run.execution, day)
    _count(run, {"fact_star_days": written})
    return written


def _count(run: RunContext, rows: dict[str, int]) -> int:
    for table, count in rows.items():
        run.rows[table] = run.rows.get(table, 0) + count
    return next(iter(rows.values()))


GITHUB_TO_RAW = ReadStep(
    "github_to_raw",
    reads=("GitHub",),
    writes=("raw_github_repos", "raw_repo_metrics", "raw_file_contents", "raw_stream_memberships", "raw_http_answers"),
    run=read_github,
)
FIND_RAW = ReadStep("find_raw", reads=("raw_stream_memberships",), writes=(), run=find_raw)
# These run in the one transaction that readers see the result of, or nothing.
PUBLISHING = (
    PublishStep(
        "raw_to_staging",
        reads=("raw_github_repos", "raw_repo_metrics", "raw_file_contents"),
        writes=("stg_repos_validated", "stg_rejected_repos", "stg_render_enrichment"),
        run=stage,
    ),
    PublishStep(
        "staging_to_dimensional",
        reads=("stg_repos_validated", "stg_render_enrichment"),
        writes=(
            "dim_repositories", "dim_languages", "dim_render_services", "fact_repo_snapshots", "fact_star_days",
            "fact_render_usage", "fact_language_days", "fact_render_days", "fact_render_service_days",
            "fact_render_service_totals", "published_run", "published_streams",
        ),
        run=publish,
    ),
)  # fmt: skip
AFTER_PUBLISHING = PublishStep(
    "star_history", reads=("stg_repos_validated",), writes=("fact_star_days",), run=load_history
)
