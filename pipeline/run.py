"""One run: take the lease, run the steps, measure each, write the record."""

import logging
import time
import traceback
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from pipeline import alerts, lease, stopping
from pipeline.github.budget import GRAPHQL_SECONDS_A_MINUTE, Budget
from pipeline.github.errors import GitHubError
from pipeline.lease import LeaseLost
from pipeline.models import WorkflowExecution
from pipeline.reference import LANGUAGES, Language
from pipeline.retry import Patience
from pipeline.runlog import in_run
from pipeline.source import Source
from pipeline.steps import (
    AFTER_PUBLISHING,
    COUNTED,
    FIND_RAW,
    GITHUB_TO_RAW,
    LOADING_RETRY,
    PUBLISHING,
    Publication,
    PublishStep,
    RunContext,
)
from pipeline.stopping import StopRequested
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM
from pipeline.task_records import TaskRecorder
from pipeline.tasklog import TaskLog

log = logging.getLogger(__name__)
Status = WorkflowExecution.Status

BEAT = min(timedelta(seconds=5), lease.EXPIRES / 4)
RESERVE_SECONDS = 60.0  # of a run's time, for publishing what it has read
DEMO_WAIT_SECONDS = 0.5  # nothing gets better by waiting for an embedded GitHub
NOT_NOW = (OperationalError, InterfaceError)
DATABASE_REMEDY = "Look at the database: it was busy, away or full. The next run does this one's work."
FAULT_REMEDY = "This is a bug or a fault of the machine; the trace says where."
SUCCEEDED, PARTLY, NOTHING = 0, 2, 1


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`languages` None is all that have a stream; `now` None is the machine's clock.

    `streams` names the only ones to be read, by their slugs, the ecosystem's included. `seconds` is how long the run
    may take; what it has read by then is published. `refresh_histories` reads every star history, also those that
    were read today.
    """

    languages: Sequence[Language] | None = None
    limit: int | None = None
    from_raw: bool = False
    trigger: str = WorkflowExecution.Trigger.MANUAL
    now: datetime | None = None
    streams: Sequence[str] | None = None
    seconds: float | None = None
    refresh_histories: bool = False


def run_pipeline(
    options: RunOptions, source: Source, watch: Callable[[TaskLog], None] = lambda tasks: None
) -> WorkflowExecution:
    """Run once and return the finished record. `watch` is called about twice a second with the tasks so far.

    Everything that goes wrong ends in the record; only an interruption is raised again.
    """
    now = options.now or datetime.now(UTC)
    trigger = WorkflowExecution.Trigger.FROM_RAW if options.from_raw else options.trigger
    execution = lease.acquire(now, now.date(), trigger, is_demo=source.is_demo)
    if execution.status == Status.SKIPPED:
        log.info("skipped: another run is going on")
        return execution
    with in_run(execution.execution_id):
        log.info("run %d of %s begins", execution.execution_id, execution.snapshot_date)
        _run(execution, options, source, watch)
        seconds = execution.total_duration_seconds or 0
        log.info("run %d ended: %s in %.1f s", execution.execution_id, execution.status, seconds)
        alerts.after_run(execution)
    return execution


def _run(execution: WorkflowExecution, options: RunOptions, source: Source, watch: Callable[[TaskLog], None]) -> None:
    """The run itself; how it ended stands in `execution` and its row."""
    tasks = TaskLog()
    recorder = TaskRecorder(execution, tasks)
    run = RunContext(
        execution=execution,
        source=source,
        languages=languages_of(options),
        limit=options.limit,
        tasks=tasks,
        tick=_ticker(recorder, watch),
        budget=_budget(source, execution),
        patience=_patience(options, source),
        with_ecosystem=options.streams is None or ECOSYSTEM in options.streams,
        refresh_histories=options.refresh_histories,
    )
    errors: list[dict[str, Any]] = []
    started = timezone.now()
    try:
        _run_steps(run, from_raw=options.from_raw)
    except Exception as error:  # noqa: BLE001 - the record of the run is where everything ends up
        errors.append(failure(run, error))
    except BaseException:
        errors.append({"step": _failed_step(tasks), "error": "interrupted", "remedy": "Run it again."})
        finish(run, recorder, errors, started)
        raise
    finish(run, recorder, errors, started)
    watch(tasks)


def failure(run: RunContext, error: Exception) -> dict[str, Any]:
    """What ended the run, for its record: the step, the error, the remedy, and where it is our fault the trace."""
    step = _failed_step(run.tasks)
    if isinstance(error, GitHubError | LeaseLost | StopRequested):
        return {"step": step, "error": str(error), "remedy": error.remedy}
    log.error("the run failed", exc_info=error)
    remedy = DATABASE_REMEDY if isinstance(error, NOT_NOW) else FAULT_REMEDY
    trace = "".join(traceback.format_exception(error, limit=-8))
    return {"step": step, "error": repr(error)[:500], "remedy": remedy, "trace": trace}


def exit_code(execution: WorkflowExecution) -> int:
    """0 all streams succeeded, 2 some failed and the rest was published, 1 nothing published."""
    if execution.status not in (Status.SUCCESS, Status.PARTIAL):
        return NOTHING
    return PARTLY if execution.error_details else SUCCEEDED


def streams_of_languages() -> list[Language]:
    return [language for language in LANGUAGES.values() if language.stream]


def languages_of(options: RunOptions) -> list[Language]:
    languages = options.languages or streams_of_languages()
    return [row for row in languages if options.streams is None or row.slug in options.streams]


def _run_steps(run: RunContext, *, from_raw: bool) -> None:
    stopping.check()
    first = FIND_RAW if from_raw else GITHUB_TO_RAW
    with run.tasks.task(first.name) as task:
        task.items = first.run(run, task)
    run.tick()
    publish_all(run)


def publish_all(run: RunContext) -> None:
    """Carry what was read to the published tables, in one transaction, and the older star days after it."""
    counted = {name: getattr(run, name) for name in COUNTED}

    def publish(attempt: int) -> None:
        for name, value in counted.items():
            setattr(run, name, copy(value))  # what a try before this one has counted is undone with its rows
        with transaction.atomic():
            for publication in run.publications:
                for step in PUBLISHING:
                    _load(run, step, publication, attempt)
            lease.beat(run.execution)  # the last statement: a run that was taken over publishes nothing

    _with_retries(run, publish)
    run.published = run.loaded
    for publication in run.publications:
        _with_retries(run, partial(_load, run, AFTER_PUBLISHING, publication))


def _load(run: RunContext, step: PublishStep, publication: Publication, attempt: int) -> None:
    stopping.check()
    with run.tasks.task(step.name, attempt=attempt) as task:
        task.items = step.run(run, publication)


def _with_retries(run: RunContext, load: Callable[[int], None]) -> None:
    """`load(1)`, and anew where the database could not do it at that moment: locked, in a deadlock, starting again."""

    def tick() -> None:
        try:
            run.tick()
        except NOT_NOW:
            _mend_connection()

    problem: Exception | None = None
    for attempt in run.patience.tries(LOADING_RETRY, tick):
        try:
            load(attempt)
            return
        except NOT_NOW as error:
            problem = error
            log.warning("loading failed, try %d: %s", attempt, error)
            _mend_connection()
    if problem is not None:
        raise problem


def _mend_connection() -> None:
    """Drop a connection that broke, so that the next query opens another one."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _ticker(recorder: TaskRecorder, watch: Callable[[TaskLog], None]) -> Callable[[], None]:
    last = timezone.now()

    def tick() -> None:
        nonlocal last
        stopping.check()
        recorder.write()
        watch(recorder.tasks)
        if timezone.now() - last >= BEAT:
            lease.beat(recorder.execution)
            last = timezone.now()

    return tick


def _patience(options: RunOptions, source: Source) -> Patience:
    patience = Patience()
    if options.seconds is not None:
        patience.until = time.monotonic() + max(options.seconds - RESERVE_SECONDS, 0.0)
    if source.is_demo:
        patience.longest = DEMO_WAIT_SECONDS
    return patience


def _budget(source: Source, execution: WorkflowExecution) -> Budget:
    """A budget that knows what the run before spent of GraphQL's time, if that was within the last minute."""
    budget = Budget(source.tokens)
    before = WorkflowExecution.objects.exclude(pk=execution.pk).filter(is_demo=source.is_demo).first()
    if before is not None and before.finished_at is not None and not source.is_demo:
        age = (timezone.now() - before.finished_at).total_seconds()
        budget.remember(float(before.github_state.get("graphql_last_minute", 0)), max(age, 0.0))
    return budget


def _failed_step(tasks: TaskLog) -> str:
    """The last one: what failed before it was tried again."""
    return next((task.name for task in reversed(tasks.tasks) if task.status == "failed" and task.parent is None), "run")


def finish(run: RunContext, recorder: TaskRecorder, errors: list[dict[str, Any]], started: datetime) -> None:
    """Write the truth about the run."""
    recorder.write()
    execution, tasks = run.execution, run.tasks
    wall = (timezone.now() - started).total_seconds()
    leaves = [task for task in tasks.tasks if task.is_leaf]
    failed = sum(task.status == "failed" for task in leaves)
    errors += [
        {"stream": stream, **run.failed_at[stream], "error": reason, "remedy": run.remedies[stream]}
        for stream, reason in run.failed.items()
    ]
    execution.status = _status(run, errors)
    execution.finished_at = timezone.now()
    execution.total_duration_seconds = _decimal(wall, 3)
    execution.repos_processed = run.rows.get("fact_repo_snapshots", 0) if run.published else 0
    execution.tasks_executed, execution.tasks_failed = len(leaves), failed
    execution.tasks_succeeded = len(leaves) - failed
    execution.tasks_retried = sum(task.attempts > 1 for task in tasks.tasks)
    execution.success_rate = _decimal(100 * (len(leaves) - failed) / max(len(leaves), 1), 2)
    execution.parallel_speedup_factor = _decimal(tasks.leaf_seconds() / max(wall, 0.001), 2)
    slugs = {language.slug: language.name for language in run.languages}
    execution.languages_processed = [slugs[stream] for stream in run.published if stream in slugs]
    execution.error_details, execution.notes = errors, run.notes
    execution.requests_sent = run.budget.sent
    execution.graphql_requests = run.budget.graphql_requests
    execution.graphql_points = run.budget.points
    execution.graphql_seconds = _decimal(run.budget.graphql_seconds, 2)
    execution.not_modified = run.not_modified
    execution.rows_written, execution.rows_rejected = run.rows, run.rejected
    execution.github_state = {
        "graphql_last_minute": round(GRAPHQL_SECONDS_A_MINUTE - run.budget.graphql_seconds_left(), 2),
        "most_in_flight": run.budget.most_in_flight,
    }
    if run.batch_size:
        execution.github_state["batch_size"] = run.batch_size
    _save(execution)


def _save(execution: WorkflowExecution) -> None:
    """Unless somebody took the lease over and closed the record already."""
    changed = {field.attname: getattr(execution, field.attname) for field in execution._meta.concrete_fields[1:]}
    if not WorkflowExecution.objects.filter(pk=execution.pk, status=Status.RUNNING).update(**changed):
        execution.refresh_from_db()


def _status(run: RunContext, errors: list[dict[str, Any]]) -> WorkflowExecution.Status:
    if not run.published:
        return Status.FAILED
    is_whole = not errors and (run.budget.has_token or run.execution.trigger == WorkflowExecution.Trigger.FROM_RAW)
    return Status.SUCCESS if is_whole else Status.PARTIAL


def _decimal(value: float, places: int) -> Decimal:
    return Decimal(str(round(value, places)))
