"""The parts of a shared run on the database: taken by one worker at a time, given back when it is gone, counted.

The counter of open parts changes in the transaction that ends a part and makes those that follow from it, so that
exactly one of them sees it fall to nothing and makes the last part: the end of the run.
"""

import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django_q.tasks import async_task

from pipeline import lease
from pipeline.models import RunPart, TaskRun, WorkflowExecution
from pipeline.stopping import StopRequested

log = logging.getLogger(__name__)
Kind, Status = RunPart.Kind, RunPart.Status

MOST_TAKES = 3
NUMBERS = 1000  # of tasks that one taking of a part may log
WORK = "pipeline.tasks.work"
LOST = "its worker gave no sign of life"


class PartLost(StopRequested):
    """Another worker has taken the part, or the run has ended: what this one found is not written."""


@dataclass(frozen=True, slots=True)
class NewPart:
    kind: RunPart.Kind
    stream: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Taken:
    """A part in this worker's hands. `first_number` is what its tasks are counted on from."""

    part: RunPart
    execution: WorkflowExecution
    first_number: int

    def beat(self) -> None:
        """Show that the part and its run are alive. Raises PartLost."""
        if not _mine(self).update(beat_at=timezone.now()):
            raise PartLost
        try:
            lease.beat(self.execution)
        except lease.LeaseLost as error:
            raise PartLost from error


def open_run(execution: WorkflowExecution, parts: Sequence[NewPart]) -> None:
    """Make the first parts of a run and hand them to the queue."""
    with transaction.atomic():
        WorkflowExecution.objects.filter(pk=execution.pk).update(open_parts=len(parts))
        _add(execution.pk, parts)


def take(execution_id: int) -> Taken | None:
    """The oldest part that waits, or None."""
    with transaction.atomic():
        # The run's row is the lock under which parts are taken and counted.
        running = WorkflowExecution.objects.select_for_update().filter(pk=execution_id)
        execution = running.filter(status=WorkflowExecution.Status.RUNNING).first()
        part = RunPart.objects.filter(execution=execution_id, status=Status.WAITING).first()
        if execution is None or part is None:
            return None
        taken_before = RunPart.objects.filter(execution=execution_id).aggregate(n=Sum("attempts"))["n"] or 0
        part.status, part.attempts = Status.RUNNING, part.attempts + 1
        part.beat_at, part.worker = timezone.now(), f"{socket.gethostname()[:250]} {os.getpid()}"
        first_number = (taken_before + 1) * NUMBERS
        part.result = {"first_number": first_number}
        part.save()
        lease.beat(execution)
    return Taken(part, execution, first_number)


def complete(taken: Taken, result: dict[str, Any], write: Callable[[], Sequence[NewPart]]) -> None:
    """End the part: `write` stores what it found and names the parts that follow. Raises PartLost, writes nothing."""
    with transaction.atomic():
        _lock(taken)
        if not _mine(taken).update(status=Status.DONE):
            raise PartLost
        following = write()
        RunPart.objects.filter(pk=taken.part.pk).update(result=result)  # `write` may have added what it stored
        _add(taken.execution.pk, following)
        _count(taken.execution.pk, len(following) - 1)


def fail(taken: Taken, error: str) -> None:
    """Let the part be tried again, or end it with the error when it was taken often enough."""
    if taken.part.attempts < MOST_TAKES:
        give_back(taken)
        return
    with transaction.atomic():
        _lock(taken)
        if _mine(taken).exists():
            _end_as_failed(taken.part, error)


def give_back(taken: Taken) -> None:
    """Let another worker have it."""
    with transaction.atomic():
        if _mine(taken).update(status=Status.WAITING, offered_at=timezone.now()):
            _offer(taken.execution.pk, 1)


def end_early(taken: Taken, result: dict[str, Any]) -> None:
    """Nothing more is to be read: drop what waits and go to the end of the run."""
    with transaction.atomic():
        _lock(taken)
        if not _mine(taken).update(status=Status.DONE, result=result):
            return
        RunPart.objects.filter(execution=taken.execution.pk, status__in=(Status.WAITING, Status.RUNNING)).delete()
        _add(taken.execution.pk, [NewPart(Kind.END)])


def tend(now: datetime) -> int:
    """Keep a shared run going whose workers went away: offer their parts anew. Returns how many were offered.

    Called every few seconds by whatever worker there is, which is a sign of life of the run as well.
    """
    shared = WorkflowExecution.objects.filter(status=WorkflowExecution.Status.RUNNING, open_parts__isnull=False)
    execution = shared.only("pk").first()
    if execution is None or not _is_alive(execution):
        return 0
    silent = Q(status=Status.RUNNING, beat_at__lt=now - lease.EXPIRES)
    forgotten = Q(status=Status.WAITING, offered_at__lt=now - lease.EXPIRES)
    with transaction.atomic():
        list(WorkflowExecution.objects.select_for_update().filter(pk=execution.pk).only("pk"))
        lost = list(RunPart.objects.filter(silent | forgotten, execution=execution))
        offered = sum(_free(part, now) for part in lost)
        _offer(execution.pk, offered)
    return offered


def _is_alive(execution: WorkflowExecution) -> bool:
    """Beat for the run while there is something left to do. Once there is not, the lease runs out and the next run
    takes over: a run whose end failed must not hold it for ever."""
    if not RunPart.objects.filter(execution=execution.pk, status__in=(Status.WAITING, Status.RUNNING)).exists():
        return False
    try:
        lease.beat(execution)
    except lease.LeaseLost:
        return False  # it ended just now
    return True


def _end_as_failed(part: RunPart, error: str) -> None:
    RunPart.objects.filter(pk=part.pk).update(status=Status.FAILED, result=part.result | {"error": error[:1000]})
    if part.kind != Kind.END:  # the end is no part that the end waits for
        _count(part.execution_id, -1)


def _free(part: RunPart, now: datetime) -> bool:
    """Let the part be taken anew, unless it has cost enough workers; whether it may."""
    if part.status == Status.RUNNING:
        log.warning("part %s of run %d: %s", part, part.execution_id, LOST)
        first = part.result.get("first_number", 0)
        begun = TaskRun.objects.filter(execution=part.execution_id, status=TaskRun.Status.RUNNING)
        begun.filter(number__gt=first, number__lt=first + NUMBERS).update(
            status=TaskRun.Status.FAILED, error=LOST, finished_at=now
        )
        if part.attempts >= MOST_TAKES:
            _end_as_failed(part, LOST)
            return False
    RunPart.objects.filter(pk=part.pk).update(status=Status.WAITING, offered_at=now)
    return True


def _mine(taken: Taken) -> Any:
    return RunPart.objects.filter(pk=taken.part.pk, status=Status.RUNNING, attempts=taken.part.attempts)


def _lock(taken: Taken) -> None:
    """Raises PartLost when the run has ended."""
    running = WorkflowExecution.objects.select_for_update().filter(pk=taken.execution.pk)
    if running.filter(status=WorkflowExecution.Status.RUNNING).only("pk").first() is None:
        raise PartLost


def _count(execution_id: int, difference: int) -> None:
    """Add to the counter of open parts; the one that brings it to nothing makes the last part."""
    run = WorkflowExecution.objects.filter(pk=execution_id)
    run.update(open_parts=F("open_parts") + difference)
    if run.filter(open_parts=0).exists():
        _add(execution_id, [NewPart(Kind.END)])


def _add(execution_id: int, parts: Sequence[NewPart]) -> None:
    now = timezone.now()
    RunPart.objects.bulk_create(
        RunPart(execution_id=execution_id, kind=p.kind, stream=p.stream, arguments=p.arguments, offered_at=now)
        for p in parts
    )
    _offer(execution_id, len(parts))


def _offer(execution_id: int, count: int) -> None:
    """So many tasks for the queue, once the parts are there. Any of them takes any part: one too many finds none."""

    def enqueue() -> None:
        for _ in range(count):
            async_task(WORK, execution_id, task_name=f"part of run {execution_id}")  # type: ignore[no-untyped-call]

    transaction.on_commit(enqueue)
