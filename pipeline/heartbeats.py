"""Signs of life of the worker and of runs: running, stuck (there, but getting nowhere) or gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone
from django_q.models import OrmQ

from pipeline import lease
from pipeline.models import WorkerHeartbeat, WorkflowExecution

RUNNING, STUCK, GONE = "running", "stuck", "gone"
STOPPED = "Stopped"  # django-q2's word
SILENCE = timedelta(minutes=1)  # the worker's beats are ten seconds apart, a run's five
KEPT = timedelta(days=7)
# Longer than any pause between two tasks of a run: the waits between tries are a minute at most.
NO_PROGRESS = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """`state` is RUNNING, STUCK or GONE; `words` say by what it is known."""

    state: str
    words: str


def beat(name: str, host: str, pid: int, status: str, started_at: datetime) -> None:
    """Write down that a worker is alive; rows of workers long gone leave with the first beat of a new one."""
    now = timezone.now()
    values = {"host": host[:255], "pid": pid, "status": status[:20], "started_at": started_at, "beat_at": now}
    _, is_new = WorkerHeartbeat.objects.update_or_create(name=name, defaults=values)
    if is_new:
        WorkerHeartbeat.objects.filter(beat_at__lt=now - KEPT).delete()


def worker_sign(now: datetime) -> SignOfLife:
    """Of the worker that was heard of last."""
    worker = WorkerHeartbeat.objects.exclude(status=STOPPED).first()
    if worker is None or now - worker.beat_at > SILENCE:
        return SignOfLife(GONE, _last_heard(now))
    longest = timedelta(seconds=settings.TRENDER_TASK_SECONDS)
    oldest = OrmQ.objects.filter(lock__lt=now - longest).aggregate(oldest=Min("lock"))["oldest"]
    if oldest is not None:
        return SignOfLife(STUCK, f"{worker} is alive, but a task has waited for {_ago(now - oldest)}")
    return SignOfLife(RUNNING, f"{worker} gave a sign of life {_ago(now - worker.beat_at)} ago")


def going_on() -> WorkflowExecution | None:
    """The run whose record says that it has not ended, without what only a finished one has."""
    running = WorkflowExecution.objects.filter(status=WorkflowExecution.Status.RUNNING)
    return running.only("execution_id", "execution_date", "heartbeat_at").first()


def run_sign(run: WorkflowExecution, now: datetime) -> SignOfLife:
    """Of a run whose record says that it is going on."""
    silence = now - (run.heartbeat_at or run.execution_date)
    if silence > lease.EXPIRES:
        return SignOfLife(GONE, f"no sign of life for {_ago(silence)}; the next run takes over")
    if silence > min(SILENCE, lease.EXPIRES):
        return SignOfLife(STUCK, f"no sign of life for {_ago(silence)}")
    moments = run.task_runs.aggregate(begun=Max("started_at"), ended=Max("finished_at"))
    latest = max((moment for moment in moments.values() if moment is not None), default=None)
    if latest is not None and now - latest > NO_PROGRESS:
        return SignOfLife(STUCK, f"it is alive, but no task has begun or ended for {_ago(now - latest)}")
    return SignOfLife(RUNNING, f"gave a sign of life {_ago(silence)} ago")


def _last_heard(now: datetime) -> str:
    worker = WorkerHeartbeat.objects.first()
    if worker is None:
        return "no worker has been started yet"
    if worker.status == STOPPED:
        return f"{worker} was ended {_ago(now - worker.beat_at)} ago"
    return f"no sign of life of {worker} for {_ago(now - worker.beat_at)}"


def _ago(span: timedelta) -> str:
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
