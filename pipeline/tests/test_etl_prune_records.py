"""Old tasks, alerts and sessions go; runs and what readers see of them stay."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django_q.models import Task

from pipeline.etl.prune_records import prune_records
from pipeline.models import PublishedRun, RunClaim, RunPart, SentAlert, StreamState, TaskRun, WorkflowExecution
from pipeline.tests.builders import NOW

pytestmark = pytest.mark.django_db
LIMIT = NOW - timedelta(days=90)


def a_run(days: int) -> WorkflowExecution:
    at = NOW - timedelta(days=days)
    run = WorkflowExecution.objects.create(execution_date=at, snapshot_date=at.date(), status="success")
    parent = None
    for number in (1, 2, 3):
        parent = TaskRun.objects.create(
            execution=run, number=number, parent=parent, name="x", status="success", started_at=at
        )
    return run


def test_tasks_of_old_runs_go_and_their_runs_stay():
    old, young = a_run(91), a_run(89)
    assert prune_records(LIMIT, NOW)["fact_task_runs"] == 3
    assert set(TaskRun.objects.values_list("execution_id", flat=True)) == {young.pk}
    assert WorkflowExecution.objects.filter(pk=old.pk).exists()


def test_tasks_of_runs_that_readers_see_stay():
    published, of_a_stream = a_run(100), a_run(200)
    values = {"snapshot_date": NOW.date(), "published_at": NOW}
    PublishedRun.objects.create(execution=published, **values)
    StreamState.objects.create(stream="go", execution=of_a_stream, **values)
    assert prune_records(LIMIT, NOW)["fact_task_runs"] == 0
    assert TaskRun.objects.count() == 6


def test_what_the_worker_did_goes_well_or_not():
    for number, (days, success) in enumerate([(91, True), (91, False), (89, True), (89, False)]):
        at = NOW - timedelta(days=days)
        Task.objects.create(id=f"{number:032x}", name="x", func="x", started=at, stopped=at, success=success)
    assert prune_records(LIMIT, NOW)["django_q_task"] == 2
    assert Task.objects.filter(stopped__lt=LIMIT).count() == 0


def test_sessions_go_when_they_have_expired():
    for key, days in (("gone", -1), ("valid", 1)):
        Session.objects.create(session_key=key, session_data="x", expire_date=NOW + timedelta(days=days))
    assert prune_records(LIMIT, NOW)["django_session"] == 1
    assert Session.objects.get().session_key == "valid"


def test_alerts_are_remembered_as_long_as_tasks():
    for days in (91, 89):
        SentAlert.objects.create(event="runs_overdue", subject=f"{days}", sent_at=NOW - timedelta(days=days))
    assert prune_records(LIMIT, NOW)["sent_alerts"] == 1
    assert SentAlert.objects.get().subject == "89"


def test_pruning_twice_deletes_nothing_more():
    a_run(91)
    prune_records(LIMIT, NOW)
    assert set(prune_records(LIMIT, NOW).values()) == {0}


@pytest.mark.django_db
def test_parts_of_shared_runs_go_with_their_claims_but_not_while_the_run_is_going_on() -> None:
    for number, status in enumerate(("success", "running", "success")):
        run = WorkflowExecution.objects.create(execution_date=NOW, snapshot_date=NOW.date(), status=status)
        offered = NOW if number == 2 else NOW - timedelta(days=91)
        part = RunPart.objects.create(execution=run, kind="stream", stream=f"{number}", offered_at=offered)
        RunClaim.objects.create(execution=run, part=part, github_id=number)
    assert prune_records(LIMIT, NOW)["run_parts"] == 1
    assert list(RunPart.objects.values_list("stream", flat=True)) == ["1", "2"]
    assert RunClaim.objects.count() == 2
