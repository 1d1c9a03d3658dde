from datetime import UTC, date, datetime, timedelta

import pytest

from dashboard.languages import stream_name
from dashboard.run_truth import is_unpublished_end, run_truth
from pipeline.models.runs import PublishedRun, StreamState, WorkflowExecution

BEGAN = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def published(**given) -> PublishedRun:
    facts = {"execution_id": 5, "status": "success", "execution_date": BEGAN, "repos_processed": 405}
    run = WorkflowExecution(**facts | given)
    return PublishedRun(execution=run, snapshot_date=BEGAN.date(), published_at=BEGAN)


def stream(name: str, published_at: datetime = BEGAN) -> StreamState:
    return StreamState(stream=name, snapshot_date=published_at.date(), published_at=published_at)


def problems(errors: list[dict], *streams: StreamState) -> list[str]:
    return run_truth(published(status="partial", error_details=errors), streams, BEGAN).problems


def test_a_stream_that_failed_says_of_which_day_its_rows_are():
    go = stream("go", datetime(2026, 11, 20, 6, 0, tzinfo=UTC))
    assert problems([{"stream": "go", "error": "x"}], go, stream("python")) == [
        "Go: rows of 2026-11-20, this stream failed since."
    ]


def test_a_stream_that_failed_later_on_the_same_day_says_of_which_hour():
    go = stream("go", datetime(2026, 11, 21, 6, 5, tzinfo=UTC))
    assert problems([{"stream": "go"}], go) == ["Go: rows of 2026-11-21 06:05 UTC, this stream failed since."]


def test_a_stream_that_never_succeeded_has_no_rows():
    assert problems([{"stream": "typescript"}], stream("go")) == ["TypeScript: no rows yet, this stream failed."]


def test_a_stream_that_was_not_asked_is_not_called_failed():
    go = stream("go", datetime(2026, 11, 20, 6, 0, tzinfo=UTC))
    assert problems([], go) == ["Go: rows of 2026-11-20, not read again since."]


def test_rows_are_old_when_two_hourly_runs_have_not_published():
    assert not run_truth(published(), [], BEGAN + timedelta(hours=3)).is_old
    assert run_truth(published(), [], BEGAN + timedelta(hours=3, seconds=1)).is_old


def test_a_step_that_failed_is_named():
    assert problems([{"step": "load", "error": "x"}]) == ["The step “load” failed."]


def test_a_partial_run_says_what_is_missing_even_without_notes():
    assert run_truth(published(status="partial"), [], BEGAN).notes != []
    assert run_truth(published(status="success"), [], BEGAN).notes == []


def test_many_notes_are_cut_short():
    notes = run_truth(published(notes=[f"note {n}" for n in range(9)]), [], BEGAN).notes
    assert notes[-2:] == ["note 5", "and 3 more"]
    assert run_truth(published(notes=["x" * 500]), [], BEGAN).notes == ["x" * 199 + "…"]


@pytest.mark.parametrize("status", ["running", "abandoned"])
def test_what_is_not_measured_is_unknown(status):
    assert run_truth(published(status=status, repos_processed=0), [], BEGAN).repositories is None


@pytest.mark.parametrize(("slug", "name"), [("python", "Python"), ("render", "Render ecosystem"), ("c-sharp", "C#")])
def test_streams_have_names_in_words(slug, name):
    assert stream_name(slug) == name


def test_only_a_later_run_that_published_nothing_is_reported():
    def run(number: int, status: str) -> WorkflowExecution:
        return WorkflowExecution(execution_id=number, status=status, snapshot_date=date(2026, 11, 21))

    assert is_unpublished_end(run(6, "failed"), published())
    assert is_unpublished_end(run(6, "abandoned"), None)
    assert not is_unpublished_end(run(6, "running"), published())
    assert not is_unpublished_end(run(5, "abandoned"), published())
    assert not is_unpublished_end(None, None)
