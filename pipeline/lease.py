"""The lease: one run at a time on a database, by a unique running row with a heartbeat."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from pipeline.models import WorkflowExecution

Status = WorkflowExecution.Status
# A running run writes its heartbeat every few seconds; this long without one, its process is gone.
EXPIRES = timedelta(seconds=settings.TRENDER_LEASE_SECONDS)


class LeaseLost(Exception):
    """Another run took the lease over; this one must publish nothing."""

    remedy = "Look at the newer run: it took over because this one gave no sign of life."


def acquire(now: datetime, snapshot_date: date, trigger: str, *, is_demo: bool) -> WorkflowExecution:
    """A new run record: `running` when the lease was free or had expired, else `skipped`.

    `now` is the run's own clock; the lease goes by the machine's.
    """
    clock = timezone.now()
    close_abandoned(clock)
    row = WorkflowExecution(
        execution_date=now, snapshot_date=snapshot_date, trigger=trigger, is_demo=is_demo, heartbeat_at=clock
    )
    try:
        with transaction.atomic():
            row.status = Status.RUNNING
            row.save(force_insert=True)
    except IntegrityError:
        holder = WorkflowExecution.objects.filter(status=Status.RUNNING).first()
        row.status, row.finished_at = Status.SKIPPED, clock
        row.error_details = [
            {"step": "lease", "error": f"{holder or 'another run'} is going on", "remedy": "Wait for it."}
        ]
        row.save(force_insert=True)
    return row


def close_abandoned(clock: datetime) -> int:
    """Close runs whose lease has expired; returns how many."""
    expired = WorkflowExecution.objects.filter(status=Status.RUNNING, heartbeat_at__lt=clock - EXPIRES)
    return expired.update(
        status=Status.ABANDONED,
        finished_at=clock,
        error_details=[
            {"step": "lease", "error": "the run gave no sign of life", "remedy": "The next run does its work."}
        ],
    )


def beat(execution: WorkflowExecution) -> None:
    """Show that the run is alive. Raises LeaseLost when it was taken over meanwhile."""
    mine = WorkflowExecution.objects.filter(pk=execution.pk, status=Status.RUNNING)
    if not mine.update(heartbeat_at=timezone.now()):
        raise LeaseLost("another run has taken over")
