"""The operator is told what failed, once and without secrets, and a run is never disturbed by it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from pipeline import alerts, stopping, tasks, webhook
from pipeline.demo.server import Server
from pipeline.models import PublishedRun, SentAlert, WorkflowExecution
from pipeline.reference import LANGUAGES
from pipeline.run import RunOptions, run_pipeline
from pipeline.source import Source
from pipeline.tests.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TOKEN = "ghp_" + "AbCd1234" * 5
STREAM_ERROR = {"stream": "go", "step": "read stream", "error": "GitHub answered 502", "remedy": "Wait for it."}


@pytest.fixture
def receiver(settings, monkeypatch) -> Iterator[Receiver]:
    quick = webhook.Patience(one_try=0.5, in_all=2.0, waits=(0.01, 0.01))
    monkeypatch.setattr(webhook, "post", partial(webhook.post, patience=quick))
    with receiving() as server:
        settings.TRENDER_ALERT_WEBHOOK = server.url
        settings.TRENDER_OVERDUE_MINUTES = 150
        yield server


def payloads(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, _, body in receiver.received]


def an_execution(status: str = "failed", *errors: dict[str, Any], at: datetime = NOW) -> WorkflowExecution:
    return WorkflowExecution.objects.create(
        execution_date=at, snapshot_date=at.date(), status=status, error_details=list(errors)
    )


def publish(execution: WorkflowExecution, at: datetime) -> None:
    values = {"execution": execution, "snapshot_date": at.date(), "published_at": at}
    PublishedRun.objects.update_or_create(id=1, defaults=values)


def test_a_failed_run_is_told_with_its_reason_and_where_to_look(receiver, settings):
    settings.TRENDER_BASE_URL = "https://trender.example"
    run = an_execution("failed", {"step": "github_to_raw", "error": "the token was refused", "remedy": "Mend it."})
    assert alerts.after_run(run) is True
    (told,) = payloads(receiver)
    assert (told["event"], told["run"], told["status"]) == ("run_failed", run.pk, "failed")
    assert told["text"] == f"Trender: run {run.pk} published nothing: the token was refused"
    assert told["url"] == f"https://trender.example/meta/?run={run.pk}"
    assert told["errors"][0]["remedy"] == "Mend it."


def test_a_run_published_without_a_stream_is_told(receiver):
    run = an_execution("partial", STREAM_ERROR)
    assert alerts.after_run(run) is True
    (told,) = payloads(receiver)
    assert told["event"] == "stream_failed"
    assert told["text"] == f"Trender: run {run.pk} was published without go: GitHub answered 502"


@pytest.mark.parametrize("status", ["success", "partial", "skipped", "running"])
def test_what_went_as_it_should_is_not_told(receiver, status):
    assert alerts.after_run(an_execution(status)) is False
    assert receiver.received == []


def test_without_an_address_nothing_is_sent(receiver, settings):
    settings.TRENDER_ALERT_WEBHOOK = ""
    assert alerts.after_run(an_execution()) is False
    assert receiver.received == []


def test_a_process_that_is_to_end_does_not_wait_for_an_alert(receiver, monkeypatch):
    monkeypatch.setattr(stopping, "requested", lambda: True)
    assert alerts.after_run(an_execution()) is False
    assert receiver.received == []


def test_no_secret_is_told(receiver, settings):
    settings.GITHUB_TOKENS = ("a-token-of-no-known-form",)
    error = {**STREAM_ERROR, "error": f"{TOKEN} a-token-of-no-known-form {receiver.url}", "trace": f"at {TOKEN}"}
    alerts.after_run(an_execution("partial", error))
    ((_, _, body),) = receiver.received
    for secret in (TOKEN[4:], "a-token-of-no-known-form", receiver.url, "trace"):
        assert secret not in body.decode()


def test_texts_are_cut(receiver):
    alerts.after_run(an_execution("partial", *[{**STREAM_ERROR, "error": "x" * 10_000}] * 100))
    ((_, _, body),) = receiver.received
    assert len(body) < 20_000


def test_a_failure_of_the_alert_itself_stays_inside(receiver, caplog):
    broken = an_execution("partial", STREAM_ERROR)
    broken.snapshot_date = None
    assert alerts.after_run(broken) is False
    assert "the alert could not be made" in caplog.text


# -- Whole runs ------------------------------------------------------------------------------------------------


def test_a_whole_run_that_fails_is_told_after_its_record_is_written(receiver: Receiver, server: Server, source: Source):
    server.api.faults.set([{"match": "/", "status": 401, "times": 1000}])
    options = RunOptions(limit=5, now=NOW, languages=[LANGUAGES["Go"]])
    execution = run_pipeline(options, replace(source, tokens=("refused",)))
    assert execution.status == "failed"
    assert [told["event"] for told in payloads(receiver)] == ["run_failed"]


def test_a_run_that_found_another_one_at_work_is_not_told(receiver: Receiver, source: Source):
    WorkflowExecution.objects.create(
        execution_date=NOW, snapshot_date=NOW.date(), status="running", heartbeat_at=timezone.now()
    )
    assert run_pipeline(RunOptions(now=NOW), source).status == "skipped"
    assert receiver.received == []


# -- Overdue ---------------------------------------------------------------------------------------------------


def test_overdue_runs_are_told_once_a_period(receiver):
    run = an_execution("success", at=NOW)
    publish(run, NOW)
    late = NOW + timedelta(minutes=151)
    assert alerts.check_overdue(NOW + timedelta(minutes=150)) == "not overdue"
    assert alerts.check_overdue(late).endswith("; told")
    assert alerts.check_overdue(late + timedelta(hours=9)).endswith("; told before")
    (told,) = payloads(receiver)
    assert (told["event"], told["minutes"]) == ("runs_overdue", 151)
    assert told["text"] == "Trender: runs are overdue: nothing was published for 151 minutes."

    publish(an_execution("success", at=late), late)
    assert alerts.check_overdue(late + timedelta(minutes=10)) == "not overdue"
    assert alerts.check_overdue(late + timedelta(minutes=200)).endswith("; told")
    assert len(receiver.received) == 2


def test_an_alert_that_was_not_taken_is_tried_again_at_the_next_check(receiver):
    publish(an_execution("success"), NOW)
    receiver.statuses = [404]
    assert alerts.check_overdue(NOW + timedelta(hours=3)).endswith("; the alert was not taken")
    assert not SentAlert.objects.exists()
    receiver.statuses = [200]
    assert alerts.check_overdue(NOW + timedelta(hours=4)).endswith("; told")


def test_an_instance_that_never_published_is_overdue_since_its_first_attempt(receiver):
    assert alerts.check_overdue(NOW) == "not overdue"
    an_execution("failed", at=NOW)
    an_execution("failed", at=NOW + timedelta(hours=2))
    assert alerts.check_overdue(NOW + timedelta(hours=3)).endswith("; told")
    assert alerts.check_overdue(NOW + timedelta(hours=4)).endswith("; told before")


def test_without_an_address_the_check_says_so_and_remembers_nothing(receiver, settings):
    settings.TRENDER_ALERT_WEBHOOK = ""
    publish(an_execution("success"), NOW)
    assert alerts.check_overdue(NOW + timedelta(hours=3)).endswith("TRENDER_ALERT_WEBHOOK is not set")
    assert not SentAlert.objects.exists()


def test_the_scheduled_check_goes_by_the_clock(receiver):
    publish(an_execution("success"), timezone.now() - timedelta(hours=5))
    assert tasks.check_overdue().endswith("; told")
