"""A finished run in words and as one object."""

from collections.abc import Iterator
from typing import Any

from pipeline.models import RepoSnapshot, WorkflowExecution


def summary_object(execution: WorkflowExecution) -> dict[str, Any]:
    """What `run_pipeline --json` prints: numbers as numbers, moments as ISO texts."""
    seconds = execution.total_duration_seconds
    return {
        "execution_id": execution.execution_id,
        "status": execution.status,
        "is_demo": execution.is_demo,
        "execution_date": execution.execution_date.isoformat(),
        "snapshot_date": execution.snapshot_date.isoformat(),
        "seconds": None if seconds is None else float(seconds),
        "streams": streams(execution),
        "repositories": execution.repos_processed,
        "requests": execution.requests_sent,
        "graphql_requests": execution.graphql_requests,
        "graphql_points": execution.graphql_points,
        "graphql_seconds": float(execution.graphql_seconds),
        "most_requests_at_once": execution.github_state.get("most_in_flight", 0),
        "not_modified": execution.not_modified,
        "rows": execution.rows_written,
        "rejected": execution.rows_rejected,
        "tasks": execution.tasks_executed,
        "tasks_failed": execution.tasks_failed,
        "tasks_retried": execution.tasks_retried,
        "parallel_speedup_factor": _number(execution.parallel_speedup_factor),
        "errors": [{k: v for k, v in error.items() if k != "trace"} for error in execution.error_details],
        "notes": execution.notes,
    }


def streams(execution: WorkflowExecution) -> dict[str, str | int]:
    """{stream: repositories published, or "failed"}."""
    rows = RepoSnapshot.objects.filter(execution=execution).values_list("stream", flat=True)
    counts: dict[str, str | int] = {}
    for stream in rows:
        counts[stream] = int(counts.get(stream, 0)) + 1
    return counts | {error["stream"]: "failed" for error in execution.error_details if "stream" in error}


def summary_lines(execution: WorkflowExecution) -> Iterator[str]:
    """The closing summary, a sentence a line."""
    facts = summary_object(execution)
    yield f"Run {facts['execution_id']} of {facts['snapshot_date']}: {facts['status']} in {facts['seconds'] or 0:.1f} s"
    for stream, count in facts["streams"].items():
        yield f"  {stream}: {count if count == 'failed' else f'{count} repositories'}"
    if execution.status != WorkflowExecution.Status.SKIPPED:
        yield (
            f"  {facts['requests']} requests ({facts['graphql_requests']} GraphQL, {facts['graphql_points']} points, "
            f"{facts['graphql_seconds']:.1f} s of GraphQL time), {facts['not_modified']} answered 304"
        )
        written = ", ".join(f"{table} {count}" for table, count in facts["rows"].items())
        yield f"  rows written: {written or 'none'}; rejected: {facts['rejected']}"
        yield (
            f"  {facts['tasks']} tasks, {facts['tasks_failed']} failed, {facts['tasks_retried']} tried again, "
            f"measured speedup {facts['parallel_speedup_factor'] or 0:.2f}"
        )
    for note in facts["notes"]:
        yield f"  note: {note}"
    for error in facts["errors"]:
        where = error.get("stream") or error.get("step", "")
        yield f"  failed: {where}: {error['error']} {error.get('remedy', '')}".rstrip()


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
