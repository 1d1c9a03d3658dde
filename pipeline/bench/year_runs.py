"""The runs of a made-up year: one a day, and one an hour in the last two days, with their tasks. Deterministic."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from pipeline.bench.year_repos import STREAMS
from pipeline.demo.mix import Dice
from pipeline.models import TaskRun, WorkflowExecution

Status = WorkflowExecution.Status
HOURS = 48
DAILY_AT = time(10, tzinfo=UTC)
LIMITED = {
    "stream": "go",
    "step": "read stream",
    "error": "GitHub answered 502 three times.",
    "remedy": "The next run asks again.",
}
# (name, stream, parent) of each task; a parent stands above its children.
TASKS: tuple[tuple[str, str, str], ...] = (
    ("github_to_raw", "", ""),
    *(("read stream", stream, "github_to_raw") for stream in (*STREAMS, "render")),
    *((name, stream, "read stream") for stream in STREAMS for name in ("search established", "search rising")),
    *((name, stream, "read stream") for stream in (*STREAMS, "render") for name in ("hydration", "star history")),
    ("raw_to_staging", "", ""),
    ("staging_to_dimensional", "", ""),
    ("star_history", "", ""),
)
PARENTS = {parent for _, _, parent in TASKS}


@dataclass(frozen=True, slots=True)
class Start:
    """When a run started and how it ended. `number` counts back from the newest, which is 0."""

    moment: datetime
    status: Status
    number: int


def starts(days: int, now: datetime) -> list[Start]:
    """Oldest first. The newest is at `now` and succeeded; each day has at least one that did."""
    hourly = [now - timedelta(hours=hours) for hours in range(HOURS)]
    first = now.date() - timedelta(days=days - 1)
    found = [Start(moment, _hourly(n), n) for n, moment in enumerate(hourly) if moment.date() >= first]
    day = hourly[-1].date() - timedelta(days=1)
    while day >= first:
        moment = datetime.combine(day, DAILY_AT)
        found.append(Start(moment, Status.SUCCESS, len(found)))
        if day.toordinal() % 9 == 0:
            found.append(Start(moment - timedelta(hours=1), Status.FAILED, len(found)))
        day -= timedelta(days=1)
    return found[::-1]


def publishers(executions: Sequence[WorkflowExecution]) -> dict[date, WorkflowExecution]:
    """{day: the last of its runs that succeeded}, oldest day first."""
    return {each.snapshot_date: each for each in executions if each.status == Status.SUCCESS}


def write_runs(days: int, now: datetime, repositories: int) -> list[WorkflowExecution]:
    """The records of the runs and of their tasks, oldest first."""
    rows = [_execution(start, repositories) for start in starts(days, now)]
    executions = WorkflowExecution.objects.bulk_create(rows, batch_size=500)
    parents: dict[tuple[int, str, str], TaskRun] = {}
    # Level by level, so that each parent has its key in time: github_to_raw, then the streams, then their leaves.
    for parent_name in ("", "github_to_raw", "read stream"):
        tasks = [task for each in executions for task in _tasks(each, parent_name, repositories, parents)]
        TaskRun.objects.bulk_create(tasks, batch_size=500)
        parents |= {(task.execution_id, task.name, task.stream): task for task in tasks if task.name in PARENTS}
    return executions


def _hourly(number: int) -> Status:
    if number == 30:
        return Status.ABANDONED
    unusual = {5: Status.FAILED, 8: Status.PARTIAL}
    return Status.SKIPPED if number % 24 == 13 else unusual.get(number % 11, Status.SUCCESS)


def _execution(start: Start, repositories: int) -> WorkflowExecution:
    dice = Dice(start.number, 41)
    seconds = _seconds(dice, 8)
    is_skipped, is_published = start.status == Status.SKIPPED, start.status in (Status.SUCCESS, Status.PARTIAL)
    leaves = 0 if is_skipped else len(TASKS) - len(PARENTS - {""}) - len(STREAMS)
    failed = 0 if start.status == Status.SUCCESS else min(leaves, 2)
    requests = 0 if is_skipped else dice.between(90, 560)
    return WorkflowExecution(
        execution_date=start.moment,
        finished_at=start.moment + timedelta(seconds=float(seconds)),
        heartbeat_at=start.moment + timedelta(seconds=float(seconds)),
        status=start.status,
        trigger=WorkflowExecution.Trigger.SCHEDULE,
        is_demo=True,
        snapshot_date=start.moment.date(),
        total_duration_seconds=seconds,
        repos_processed=repositories if is_published else 0,
        tasks_executed=leaves,
        tasks_succeeded=leaves - failed,
        tasks_failed=failed,
        tasks_retried=dice.between(0, 2) if leaves else 0,
        parallel_speedup_factor=None if is_skipped else Decimal(dice.between(300, 1100)) / 100,
        languages_processed=list(STREAMS.values()) if is_published else [],
        error_details=[LIMITED] if failed else [],
        success_rate=Decimal(10000 * (leaves - failed) // max(leaves, 1)) / 100,
        requests_sent=requests,
        graphql_requests=requests // 8,
        graphql_points=requests // 8,
        graphql_seconds=Decimal(requests) / 10,
        not_modified=requests // 3,
        rows_written={"fact_repo_snapshots": repositories} if is_published else {},
    )


def _tasks(
    execution: WorkflowExecution, parent_name: str, repositories: int, parents: dict[tuple[int, str, str], TaskRun]
) -> Iterator[TaskRun]:
    """The run's tasks under parents of that name. A run that was skipped has none, one that failed only its reading."""
    if execution.status == Status.SKIPPED:
        return
    is_failed = execution.status in (Status.FAILED, Status.ABANDONED)
    for number, (name, stream, parent) in enumerate(TASKS):
        is_step = not parent and name not in PARENTS
        if parent != parent_name or (is_failed and is_step):
            continue
        dice = Dice(execution.pk, number, 42)
        seconds, begin = _seconds(dice, 3), execution.execution_date + timedelta(milliseconds=200 * number)
        fails = stream == LIMITED["stream"] and bool(execution.error_details)
        yield TaskRun(
            execution=execution,
            number=number,
            parent=parents.get((execution.pk, parent, stream if parent == "read stream" else "")),
            name=name,
            stream=stream,
            status=TaskRun.Status.FAILED if fails else TaskRun.Status.SUCCESS,
            attempts=3 if fails else 1 + (dice.between(0, 20) == 0),
            started_at=begin,
            finished_at=begin + timedelta(seconds=float(seconds)),
            seconds=seconds,
            items=repositories // 4 if stream else repositories,
            error=LIMITED["error"] if fails else "",
        )


def _seconds(dice: Dice, most: int) -> Decimal:
    return Decimal(dice.between(200, 1000 * most)) / 1000
