"""manage.py run_pipeline: its options, what it prints, and its exit codes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from pipeline import demo_run
from pipeline.demo.server import Server
from pipeline.management.commands import run_pipeline as command
from pipeline.models import RepositoryDim, RepoSnapshot, WorkflowExecution
from pipeline.source import Source
from pipeline.tests.builders import Warehouse, rest_item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def embedded(server: Server, source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both doors lead to the embedded GitHub of the tests: --demo and the one that the settings name."""

    @contextmanager
    def running(*args: object) -> Iterator[str]:
        yield server.url

    monkeypatch.setattr(demo_run, "embedded_github", running)
    monkeypatch.setattr(demo_run, "HISTORY_DAYS", (2, 1))
    real = Source(source.base_url, source.tokens, source.owners)
    monkeypatch.setattr(command, "github", lambda: real)


def run(*arguments: str) -> int:
    """The command's exit code."""
    try:
        call_command("run_pipeline", *arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_json_prints_one_object_as_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--limit", "10", "--json") == 0
    printed = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert printed["status"] == "success"
    assert printed["repositories"] == RepoSnapshot.objects.count()
    assert set(printed["streams"]) == {"python", "typescript", "go", "render"}
    assert printed["requests"] > printed["graphql_requests"] > 0
    assert printed["rows"]["fact_repo_snapshots"] == printed["repositories"]


def test_plain_lines_say_each_stream_and_close_with_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--limit", "10", "--languages", "python,GO") == 0
    out = capsys.readouterr().out
    assert "read stream python: success" in out
    assert "typescript" not in out
    assert "measured speedup" in out


def test_only_the_named_streams_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--limit", "10", "--streams", "Go,render") == 0
    assert set(RepoSnapshot.objects.values_list("stream", flat=True)) == {"go", "render"}


def test_a_limit_bounds_each_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--limit", "7") == 0
    for stream in ("python", "typescript", "go", "render"):
        assert 0 < RepoSnapshot.objects.filter(stream=stream).count() <= 7


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--languages", "Cobol"), "choose from Python, TypeScript, Go"),
        (("--languages", ","), "choose from"),
        (("--streams", "go,cobol"), "choose from python, typescript, go, render"),
        (("--streams", ","), "choose from"),
        (("--streams", "go", "--languages", "Go"), "not allowed with"),
        (("--limit", "0"), "whole number from 1 to 1000"),
        (("--limit", "ten"), "whole number from 1 to 1000"),
    ],
)
def test_a_wrong_option_is_refused_with_a_sentence(arguments: tuple[str, str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("run_pipeline", *arguments)
    assert not WorkflowExecution.objects.exists()


def test_failing_streams_give_exit_code_two_and_a_bad_token_one(
    server: Server, monkeypatch: pytest.MonkeyPatch, source: Source, capsys: pytest.CaptureFixture[str]
) -> None:
    server.api.faults.set([{"match": "language%3APython", "times": 50, "status": 404}])
    assert run("--limit", "10") == 2
    server.api.faults.set([])
    bad = Source(source.base_url, ("bad",), source.owners)
    monkeypatch.setattr(command, "github", lambda: bad)
    assert run("--limit", "10") == 1
    assert "GITHUB_ACCESS_TOKEN" in capsys.readouterr().out


def test_the_first_demo_run_brings_a_past_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--demo", "--limit", "10") == 0
    assert RepoSnapshot.objects.values("snapshot_date").distinct().count() == 3
    assert not RepositoryDim.objects.filter(is_demo=False).exists()
    assert capsys.readouterr().out.count("made-up history") == 2
    assert run("--demo", "--limit", "10") == 0
    assert WorkflowExecution.objects.filter(trigger="history").count() == 2


def test_the_demo_refuses_a_database_with_real_repositories(warehouse_holds: Any) -> None:
    Warehouse().publish([rest_item()])
    with pytest.raises(CommandError, match="DATABASE_URL=sqlite"):
        call_command("run_pipeline", "--demo")


def test_enqueue_hands_the_run_to_the_worker(capsys: pytest.CaptureFixture[str]) -> None:
    from django_q.models import OrmQ

    assert run("--limit", "5", "--languages", "Go", "--enqueue") == 0
    assert "Handed to the worker" in capsys.readouterr().out
    queued = OrmQ.objects.get().task
    assert queued["func"].endswith("run")
    assert queued["args"] == (["Go"], 5, False, False)
    assert not WorkflowExecution.objects.exists()
