"""Did the run work: the answer in words, and what failed with its remedy. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator

from dashboard.languages import stream_name
from dashboard.run_truth import shortened
from pipeline.models.runs import StreamState, WorkflowExecution

Status, Trigger = WorkflowExecution.Status, WorkflowExecution.Trigger
MOST_FAILURES, LONGEST_TEXT = 12, 500
ANSWERS: dict[str, str] = {
    Status.RUNNING: "is going on",
    Status.SUCCESS: "worked",
    Status.PARTIAL: "worked in part",
    Status.FAILED: "failed",
    Status.ABANDONED: "was cut short",
    Status.SKIPPED: "was skipped",
}


STARTED: dict[str, str] = {
    Trigger.MANUAL: "by hand",
    Trigger.SCHEDULE: "by the schedule",
    Trigger.ADMIN: "from the admin",
    Trigger.HISTORY: "to make a past for the demo",
    Trigger.FROM_RAW: "to rebuild everything from the raw layer",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that went wrong: a stream or a step, the error's own words, and what to do."""

    where: str
    error: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`heading` answers, `outcome` says what readers got of it; `notes` are what is missing although nothing failed."""

    heading: str
    started: str
    outcome: str
    failures: list[Failure]
    more_failures: int
    notes: list[str]


def verdict(run: WorkflowExecution, streams: Sequence[StreamState], *, is_newest: bool) -> Verdict:
    found = failures(run.error_details)
    return Verdict(
        heading=heading(run, is_newest=is_newest),
        started=STARTED.get(run.trigger, ""),
        outcome=outcome(run, has_published(run, streams)),
        failures=found[:MOST_FAILURES],
        more_failures=max(len(found) - MOST_FAILURES, 0),
        notes=shortened(run.notes) if isinstance(run.notes, list) else [],
    )


def heading(run: WorkflowExecution, *, is_newest: bool) -> str:
    """ "The last run worked", "A run is going on", "Run 7 failed"."""
    newest = "A run" if run.status == Status.RUNNING else "The last run"
    return f"{newest if is_newest else f'Run {run.execution_id}'} {answer(run)}"


def answer(run: WorkflowExecution) -> str:
    return ANSWERS.get(run.status, f"ended as “{run.status}”")


def has_published(run: WorkflowExecution, streams: Sequence[StreamState]) -> bool:
    """A run that was cut short may have published before: then streams point to it although its record says nothing."""
    is_shown = any(state.execution_id == run.execution_id for state in streams)
    return run.status in (Status.SUCCESS, Status.PARTIAL) or is_shown


def outcome(run: WorkflowExecution, is_published: bool) -> str:
    """A sentence on what the run left behind."""
    if run.status == Status.SKIPPED:
        return "Another run was at work, so it sent nothing and changed nothing."
    if run.status == Status.RUNNING:
        if is_published:
            return "Readers have its rows already; older days of the star histories follow."
        return "Until it publishes, readers see the run before it."
    if not is_published:
        lost = " What it had measured was not recorded." if run.status == Status.ABANDONED else ""
        return f"It published nothing, so the rows of the run before it stayed.{lost}"
    if run.status == Status.ABANDONED:
        return "It had published by then; what it measured was not recorded."
    failed = [failure.where for failure in failures(run.error_details)]
    if failed:
        return f"Failed: {_joined(failed)}. The rest is published; what failed kept its older rows."
    if run.status == Status.PARTIAL:
        return "Nothing failed, but not everything could be read; what is missing stands below."
    return "All streams were read, staged and published."


def failures(details: object) -> list[Failure]:
    """Of [{stream, step, error, remedy}, ...]; a trace is for the admin and left out."""
    return [_failure(each) for each in details if isinstance(each, dict)] if isinstance(details, list) else []


def _failure(detail: dict[str, Any]) -> Failure:
    stream = str(detail.get("stream") or "")
    where = stream_name(stream) if stream else f"Step {detail.get('step') or 'run'}"
    error = _text(detail.get("error")) or "no word of why was recorded"
    return Failure(_text(where), error, _text(detail.get("remedy")))


def _text(value: object) -> str:
    return str(Truncator(str(value or "")).chars(LONGEST_TEXT))


def _joined(names: list[str]) -> str:
    """ "Go", "Go and Python", "Go, Python and 3 more"."""
    unique = list(dict.fromkeys(names))
    if len(unique) > 3:
        return f"{', '.join(unique[:2])} and {len(unique) - 2} more"
    return " and ".join(filter(None, [", ".join(unique[:-1]), unique[-1]]))
