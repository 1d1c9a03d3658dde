"""/metrics: what it says, whom it tells, and that gunicorn's processes add up."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ
from prometheus_client.parser import text_string_to_metric_families

from dashboard.queries import monitoring
from dashboard.tests.builders import a_published_run
from pipeline.models import StreamState, WorkflowExecution

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-for-this-test"


def samples(text: str) -> dict[str, float]:
    """{'name{label="value"}': value} of a page that Prometheus' own reader accepts."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{key}="{value}"' for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest.mark.django_db
def test_the_last_run_is_told_in_numbers(client):
    run = a_published_run()
    changes = {"total_duration_seconds": "31.500", "requests_sent": 120, "graphql_seconds": "44.25"}
    rows = {"raw_github_repos": 9, "stg_repos_validated": 8, "dim_repositories": 7, "fact_repo_snapshots": 6}
    WorkflowExecution.objects.filter(pk=run.pk).update(**changes, rows_written=rows, tasks_failed=2)
    WorkflowExecution.objects.create(
        execution_date=timezone.now(), snapshot_date=timezone.now().date(), status="skipped"
    )
    OrmQ.objects.create(key="trender", payload="x", lock=timezone.now())

    found = samples(client.get("/metrics").content.decode())

    assert found["trender_database_up"] == 1
    assert found["trender_run_number"] == run.pk
    assert found["trender_run_duration_seconds"] == 31.5
    assert found["trender_run_requests"] == 120
    assert found["trender_run_graphql_seconds"] == 44.25
    assert found['trender_run_rows{layer="raw",table="raw_github_repos"}'] == 9
    assert found['trender_run_rows{layer="facts",table="fact_repo_snapshots"}'] == 6
    assert found['trender_run_tasks{result="failed"}'] == 2
    assert found['trender_run_status{status="success"}'] == 1
    assert found['trender_run_status{status="failed"}'] == 0
    assert (found['trender_runs{status="skipped"}'], found['trender_runs{status="failed"}']) == (1, 0)
    assert 120 <= found["trender_published_age_seconds"] < 180
    assert found["trender_queue_length"] == 1
    assert found["trender_database_bytes"] > 0


@pytest.mark.django_db
def test_each_stream_has_its_age(client):
    run = a_published_run()
    StreamState.objects.all().delete()
    for stream, hours in (("go", 1), ("python", 30)):
        at = timezone.now() - timedelta(hours=hours)
        StreamState.objects.create(stream=stream, snapshot_date=at.date(), published_at=at, execution=run)
    found = samples(client.get("/metrics").content.decode())
    assert found['trender_stream_age_seconds{stream="go"}'] == pytest.approx(3600, abs=60)
    assert found['trender_stream_age_seconds{stream="python"}'] == pytest.approx(108_000, abs=60)


@pytest.mark.django_db
def test_what_is_not_known_has_no_number(client):
    found = samples(client.get("/metrics").content.decode())
    assert found['trender_runs{status="success"}'] == 0
    assert "trender_published_age_seconds" not in found
    assert not [name for name in found if name.startswith("trender_run_")]


@pytest.mark.django_db
def test_requests_are_counted_and_timed_by_view(client):
    client.get("/healthz")
    found = samples(client.get("/metrics").content.decode())
    assert found['trender_http_requests_total{status="2xx",view="dashboard:healthz"}'] >= 1
    assert found['trender_http_request_seconds_bucket{le="+Inf",view="dashboard:healthz"}'] >= 1


@pytest.mark.django_db
def test_a_scrape_is_a_handful_of_queries_however_many_runs_there_are(client, django_assert_max_num_queries):
    now = timezone.now()
    for _ in range(30):
        WorkflowExecution.objects.create(execution_date=now, snapshot_date=now.date(), status="failed")
    with django_assert_max_num_queries(8):
        assert client.get("/metrics").status_code == 200


def test_without_a_database_the_requests_are_still_told(client, monkeypatch):
    def refuse() -> monitoring.State:
        raise OperationalError("connection refused")

    monkeypatch.setattr(monitoring, "state", refuse)
    client.get("/healthz")
    found = samples(client.get("/metrics").content.decode())
    assert found["trender_database_up"] == 0
    assert found['trender_http_requests_total{status="2xx",view="dashboard:healthz"}'] >= 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.9.9.9", "::ffff:127.0.0.1"])
def test_this_machine_may_ask_without_a_token(client, address):
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.2", "203.0.113.9", "2001:db8::1", "", "localhost.evil"])
def test_nobody_else_may(client, address):
    answer = client.get("/metrics", REMOTE_ADDR=address)
    assert answer.status_code == 403
    assert b"trender_" not in answer.content


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"])
def test_who_comes_through_a_proxy_is_not_of_this_machine(client, header):
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_a_public_server_asks_everybody_for_the_token(client, settings):
    settings.TRENDER_BASE_URL = "https://trender.example"
    assert client.get("/metrics").status_code == 403


@pytest.mark.django_db
def test_with_a_token_it_opens_for_those_who_send_it(client, settings):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, REMOTE_ADDR="203.0.113.9")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "sent", ["", TOKEN, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00fc\u00fc"]
)
def test_with_a_token_nobody_gets_in_without_it(client, settings, sent):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": sent}, REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert TOKEN.encode() not in answer.content


def test_gunicorns_processes_add_up_to_one_number(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "SECRET_KEY": "k" * 60,
        "METRICS_TOKEN": TOKEN,
        "TMPDIR": str(tmp_path),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:trender.gunicorn_conf", "--bind", url[7:]]
    server = subprocess.Popen([*command, "trender.wsgi:application"], cwd=ROOT, env=environment)
    try:
        for _ in range(20):
            assert fetch(f"{url}/healthz") == "ok"
        text = fetch(f"{url}/metrics")
    finally:
        server.terminate()
        server.wait(15)
    # The answers are counted by each process as it has sent them, so the last may still be missing.
    assert samples(text)['trender_http_requests_total{status="2xx",view="dashboard:healthz"}'] >= 19
    assert samples(text)["trender_database_up"] == 0
    assert not re.search(r"pid=", text)
    assert not list(tmp_path.glob("trender-metrics-*")), "the folder goes with the server"


def fetch(url: str) -> str:
    """The body; a server that is still starting is asked again for ten seconds."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}", "Connection": "close"})
    deadline = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.read().decode()
        except (ConnectionError, urllib.error.URLError):
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_page_cache_does_not_ask_the_database_before_these_answer(client, settings, monkeypatch, path):
    def refuse(*_: object) -> None:
        raise OperationalError("connection refused")

    settings.TRENDER_PAGE_CACHE_SECONDS = 60
    monkeypatch.setattr("dashboard.cache.pointer_state", refuse)
    monkeypatch.setattr(monitoring, "state", refuse)
    monkeypatch.setattr("dashboard.health._touch_database", refuse)
    assert client.get(path).status_code == (503 if path == "/readyz" else 200)
