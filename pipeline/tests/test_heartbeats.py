"""Running, stuck and gone are told apart, for the worker and for runs."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from pipeline import heartbeats, lease
from pipeline.heartbeats import beat, run_sign, worker_sign
from pipeline.models import TaskRun, WorkerHeartbeat, WorkflowExecution

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def worker(now, age=0, status="Idle", name="a"):
    beat(name, "machine", 42, status, now)
    WorkerHeartbeat.objects.filter(name=name).update(beat_at=now - timedelta(seconds=age))


def waiting_task(now, seconds):
    OrmQ.objects.create(key="trender", payload="", lock=now - timedelta(seconds=seconds))


def running(now, silence=0, last_task=0):
    run = WorkflowExecution.objects.create(
        execution_date=now, heartbeat_at=now - timedelta(seconds=silence), snapshot_date=now.date(), status="running"
    )
    begun = now - timedelta(seconds=last_task)
    TaskRun.objects.create(execution=run, number=1, name="read stream", status="running", started_at=begun)
    return run


@pytest.mark.parametrize(
    ("age", "waits", "state"), [(0, 0, "running"), (50, 200, "running"), (5, 400, "stuck"), (70, 0, "gone")]
)
def test_a_worker_is_running_stuck_or_gone(now, age, waits, state):
    worker(now, age)
    waiting_task(now, waits)
    assert worker_sign(now).state == state


def test_a_task_that_was_taken_does_not_wait(now):
    worker(now)
    waiting_task(now, -900)  # its lock lies ahead
    assert worker_sign(now).state == "running"


def test_a_worker_that_was_ended_in_order_is_gone_at_once(now):
    worker(now, status="Stopped")
    assert worker_sign(now) == heartbeats.SignOfLife("gone", "worker 42 on machine was ended 0 s ago")


def test_one_worker_that_runs_is_enough(now):
    worker(now, age=500, name="old")
    worker(now, status="Stopped", name="ended")
    worker(now, age=3, name="new")
    assert worker_sign(now).state == "running"


def test_a_worker_keeps_one_row_and_the_long_gone_leave(now):
    worker(now, age=8 * 86400, name="old")
    beat("new", "machine", 1, "Starting", now)
    beat("new", "machine", 1, "Idle", now)
    assert [(row.name, row.status) for row in WorkerHeartbeat.objects.all()] == [("new", "Idle")]


@pytest.mark.parametrize(
    ("silence", "last_task", "state"), [(3, 10, "running"), (3, 130, "stuck"), (70, 70, "stuck"), (200, 200, "gone")]
)
def test_a_run_is_running_stuck_or_gone(now, silence, last_task, state):
    assert run_sign(running(now, silence, last_task), now).state == state


def test_a_run_is_gone_when_the_next_one_may_take_over(now):
    run = running(now, silence=lease.EXPIRES.total_seconds() + 1)
    assert run_sign(run, now).state == "gone"
    assert lease.close_abandoned(now) == 1


def test_a_run_that_has_just_begun_is_running(now):
    run = WorkflowExecution.objects.create(
        execution_date=now, heartbeat_at=now, snapshot_date=now.date(), status="running"
    )
    assert run_sign(run, now).state == "running"
