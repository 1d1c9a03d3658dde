"""The end of a shared run: what all parts found becomes what one process would have gathered, and is published."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone

from pipeline import alerts
from pipeline.etl.github_to_raw import RawWriter
from pipeline.fanout.parts import MOST_TAKES, Kind, Status, Taken
from pipeline.fanout.work import Desk, prepare, stream_result
from pipeline.models import RunClaim, RunPart, TaskRun
from pipeline.reference import LANGUAGES
from pipeline.run import failure, finish, publish_all
from pipeline.source import Source
from pipeline.steps import RunContext, keep_results
from pipeline.streams import readmes
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM
from pipeline.streams.ecosystem import recount
from pipeline.streams.gather import deferred_note
from pipeline.streams.harvest import StreamFailed, StreamResult
from pipeline.streams.hydration import Hydrated, Hydrator
from pipeline.streams.membership import complete
from pipeline.tasklog import Task

log = logging.getLogger(__name__)
LOST_PART = "The next run tries again; the log of the worker has the reason."


def end_run(taken: Taken, source: Source) -> str:
    """Publish what came, write the record, and clear the parts away."""
    execution = taken.execution
    started = execution.task_runs.get(number=1).started_at
    desk = prepare(taken, source)
    run = _context(desk, source)
    errors: list[dict[str, Any]] = []
    fatal = [part.result["fatal"] for part in _ended(taken) if "fatal" in part.result]
    try:
        if fatal:
            errors.append(fatal[0])
            _end_root(desk, 0, fatal[0]["error"])
        else:
            _gather(desk, run)
            publish_all(run)
    except Exception as error:
        if taken.part.attempts < MOST_TAKES:
            raise
        errors.append(failure(run, error))
    _count_costs(desk, run)
    finish(run, desk.recorder, errors, started)
    RunPart.objects.filter(pk=taken.part.pk).update(status=Status.DONE)
    RunClaim.objects.filter(execution=execution.pk).delete()
    seconds = execution.total_duration_seconds or 0
    log.info("run %d ended: %s in %.1f s", execution.execution_id, execution.status, seconds)
    alerts.after_run(execution)
    return f"run {execution.execution_id}: {execution.status}"


def _ended(taken: Taken) -> Sequence[RunPart]:
    return list(taken.execution.parts.exclude(kind=Kind.END))


def _context(desk: Desk, source: Source) -> RunContext:
    streams = {part.stream: part for part in _ended(desk.taken) if part.kind == Kind.STREAM}
    return RunContext(
        execution=desk.taken.execution,
        source=source,
        languages=[row for row in LANGUAGES.values() if row.slug in streams],
        limit=next((part.arguments.get("limit") for part in streams.values()), None),
        tasks=desk.g.tasks,
        tick=desk.g.client.budget.tick,  # type: ignore[attr-defined]
        budget=desk.g.client.budget,
        patience=desk.g.patience,
        with_ecosystem=ECOSYSTEM in streams,
    )


def _gather(desk: Desk, run: RunContext) -> None:
    """The streams' results as the parts left them, the READMEs there is time for, and the memberships."""
    parts = _ended(desk.taken)
    hydrated, hydrator = _hydrated(parts), Hydrator(desk.g)
    for part in parts:
        for key, (name, oid) in part.result.get("readmes", {}).items():
            hydrator.readmes[int(key)] = (name, oid)
    run.results = [_result(part, hydrated) for part in parts if part.kind == Kind.STREAM]
    members = [ref for result in run.results for ref in result.members]
    for future in readmes.request_readmes(desk.g, hydrator, members, desk.root):
        future.result()
    writer = RawWriter(run.execution)
    writer.write(desk.g.harvest)
    writer.write_memberships(run.results)
    run.rows |= writer.rows
    run.notes += dict.fromkeys(note for part in parts for note in part.result.get("notes", ()))
    run.notes += deferred_note(sum(part.result.get("deferred", 0) for part in parts))
    run.notes += [f"{result.stream}: {note}" for result in run.results for note in result.notes]
    sizes = [part.result["batch_size"] for part in parts if "batch_size" in part.result]
    run.batch_size = min(sizes) if sizes else None
    keep_results(run)
    _end_root(desk, len({ref.github_id for ref in members}))


def _result(part: RunPart, hydrated: Hydrated) -> StreamResult:
    """One stream as it would be, had it waited for its batches."""
    if "stream" not in part.result:
        return StreamResult(part.stream, error=part.result.get("error", "it was not read"), remedy=LOST_PART)
    result = stream_result(part.result["stream"])
    if not result.succeeded:
        return result
    mine = Hydrated()
    mine.merge(hydrated, [ref.github_id for ref in result.members])
    if part.stream == ECOSYSTEM:
        recount(result, mine)
    try:
        return complete(result, mine)
    except StreamFailed as error:
        return StreamResult(part.stream, error=str(error), remedy=error.remedy, repository=error.repository)


def _hydrated(parts: Iterable[RunPart]) -> Hydrated:
    """Of all batches together; a batch that failed for good has failed for each of its repositories."""
    total = Hydrated()
    for part in parts:
        if part.kind == Kind.HYDRATION:
            said = part.result
            total.gone |= set(said.get("gone", ()))
            total.passing |= set(said.get("passing", ()))
            total.failed |= {int(key): reason for key, reason in said.get("failed", {}).items()}
            total.stars |= {int(key): stars for key, stars in said.get("stars", {}).items()}
            if "error" in said:
                total.failed |= {ref["github_id"]: said["error"] for ref in part.arguments["refs"]}
    return total


def _end_root(desk: Desk, items: int, error: str = "") -> None:
    """The first step has ended with its last part; its seconds are those that all of it took."""
    root = desk.root
    root.seconds = (timezone.now() - root.started_at).total_seconds()
    root.status, root.error = ("failed", error) if error else ("success", "")
    root.finished_at, root.items = timezone.now(), items
    desk.g.tasks.note(root)


def _count_costs(desk: Desk, run: RunContext) -> None:
    """What the other parts asked and stored, and their tasks, so that the record counts the run and not this worker."""
    budget = run.budget
    for part in _ended(desk.taken):
        cost = part.result.get("cost", {})
        budget.sent += cost.get("sent", 0)
        budget.points += cost.get("points", 0)
        budget.graphql_requests += cost.get("graphql_requests", 0)
        budget.graphql_seconds += cost.get("graphql_seconds", 0.0)
        budget.most_in_flight = max(budget.most_in_flight, cost.get("most_in_flight", 0))
        run.not_modified += cost.get("not_modified", 0)
        for table, rows in part.result.get("rows", {}).items():
            run.rows[table] = run.rows.get(table, 0) + rows
    known = {task.number for task in desk.g.tasks.tasks}
    rows = list(TaskRun.objects.filter(execution=desk.taken.execution.pk))
    parents = {row.parent_id for row in rows}
    desk.g.tasks.tasks += [_logged(row, row.pk not in parents) for row in rows if row.number not in known]


def _logged(row: TaskRun, is_leaf: bool) -> Task:
    """A task as its row tells of it."""
    seconds = None if row.seconds is None else float(row.seconds)
    return Task(
        row.number, row.name, row.stream, None, row.started_at, 0.0, row.status, row.attempts, row.finished_at,
        seconds, row.items, row.error, is_leaf,
    )  # fmt: skip
