"""What the last run did, in numbers that are known and in sentences. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.text import Truncator

from dashboard.languages import stream_name
from pipeline.models.runs import PublishedRun, StreamState, WorkflowExecution

Status = WorkflowExecution.Status
MEASURED = (Status.SUCCESS, Status.PARTIAL)
MOST_NOTES, LONGEST_NOTE = 6, 200

# Runs come hourly; by then two have not published.
OLD_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class RunTruth:
    """The run that readers see; None is not known (yet). `problems` and `notes` are sentences."""

    status: str
    moment: datetime
    is_demo: bool
    repositories: int | None
    seconds: Decimal | None
    speedup: Decimal | None
    problems: list[str]
    notes: list[str]
    is_old: bool


def run_truth(published: PublishedRun, streams: Sequence[StreamState], now: datetime) -> RunTruth:
    run = published.execution
    # The rows are published a moment before the run's record is closed; until then its numbers are not measured.
    is_measured = run.status in MEASURED
    problems = stream_problems(published, streams)
    notes = shortened(run.notes)
    if run.status == Status.PARTIAL and not problems and not notes:
        notes = ["Some parts could not be read; the repositories concerned say which."]
    return RunTruth(
        status=run.status,
        moment=published.published_at,
        is_demo=run.is_demo,
        repositories=run.repos_processed if is_measured else None,
        seconds=run.total_duration_seconds,
        speedup=run.parallel_speedup_factor,
        problems=problems,
        notes=notes,
        is_old=now - published.published_at > OLD_AFTER,
    )


def stream_problems(published: PublishedRun, streams: Sequence[StreamState]) -> list[str]:
    """A sentence for each stream whose rows are older than the published run, and why as far as that is known."""
    errors = published.execution.error_details
    failed = {error["stream"] for error in errors if error.get("stream")}
    steps = [f"The step “{error.get('step', 'run')}” failed." for error in errors if not error.get("stream")]
    known = {state.stream: state for state in streams}
    empty = [f"{stream_name(name)}: no rows yet, this stream failed." for name in sorted(failed - known.keys())]
    late = [
        f"{stream_name(name)}: rows of {rows_of(state, published)}, "
        + ("this stream failed since." if name in failed else "not read again since.")
        for name, state in known.items()
        if name in failed or state.snapshot_date < published.snapshot_date
    ]
    return [*late, *empty, *steps]


def rows_of(state: StreamState, published: PublishedRun) -> str:
    """The day of the stream's rows, with the time where the day is the published one."""
    is_same_day = state.snapshot_date == published.snapshot_date
    return f"{state.published_at:%Y-%m-%d %H:%M} UTC" if is_same_day else f"{state.snapshot_date:%Y-%m-%d}"


def shortened(notes: Sequence[object]) -> list[str]:
    """The first notes, none very long, and how many more there are."""
    first = [Truncator(str(note)).chars(LONGEST_NOTE) for note in notes[:MOST_NOTES]]
    more = len(notes) - len(first)
    return [*first, f"and {more} more"] if more else first


def is_unpublished_end(run: WorkflowExecution | None, published: PublishedRun | None) -> bool:
    """Whether `run` came after the published one and ended without publishing anything."""
    if run is None or run.status not in (Status.FAILED, Status.ABANDONED):
        return False
    return published is None or run.execution_id > published.execution_id
