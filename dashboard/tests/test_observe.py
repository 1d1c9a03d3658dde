"""Slow and broken requests are in the log, others are not; all of them are counted."""

import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dashboard import observe


def answered(status: int, seconds: float, monkeypatch: pytest.MonkeyPatch, path: str = "/healthz") -> HttpResponse:
    """An answer that took some time, by a clock that only this request moves."""
    clock = [100.0]
    monkeypatch.setattr(observe.time, "perf_counter", lambda: clock[0])

    def view(request: HttpRequest) -> HttpResponse:
        clock[0] += seconds
        return HttpResponse(status=status)

    return observe.observed(view)(RequestFactory().get(path))


def counted(view: str, status: str) -> float:
    return observe.REGISTRY.get_sample_value("trender_http_requests_total", {"view": view, "status": status}) or 0.0


@pytest.mark.parametrize(
    ("status", "seconds", "lines"),
    [
        (200, 0.4, []),
        (404, 0.4, []),
        (200, 0.812, ["GET /healthz 200 in 812 ms"]),
        (503, 0.001, ["GET /healthz 503 in 1 ms"]),
    ],
)
def test_only_what_is_slow_or_broken_is_written(status, seconds, lines, monkeypatch, caplog):
    with caplog.at_level(logging.INFO, "dashboard"):
        answered(status, seconds, monkeypatch)
    assert caplog.messages == lines


def test_what_people_search_for_stays_out_of_the_log(monkeypatch, caplog):
    with caplog.at_level(logging.INFO, "dashboard"):
        answered(200, 2, monkeypatch, "/render/?q=my+secret+plan&window=7d")
    assert caplog.messages == ["GET /render/?q&window 200 in 2000 ms"]
    assert caplog.records[0].fields == {"method": "GET", "path": "/render/?q&window", "status": 200, "ms": 2000}


@pytest.mark.parametrize(
    ("path", "view"),
    [
        ("/healthz", "dashboard:healthz"),
        ("/repo/a/b/", "dashboard:repo"),
        ("/static/css/x.css", "static"),
        ("/admin/pipeline/taskrun/", "admin"),
        ("/wp-login.php", "none"),
    ],
)
def test_addresses_are_counted_under_few_names(path, view, monkeypatch):
    before = counted(view, "2xx")
    answered(200, 0.01, monkeypatch, path)
    assert counted(view, "2xx") == before + 1


def test_answers_of_the_whole_stack_are_counted(client):
    before = counted("dashboard:healthz", "2xx")
    client.get("/healthz")
    assert counted("dashboard:healthz", "2xx") == before + 1
