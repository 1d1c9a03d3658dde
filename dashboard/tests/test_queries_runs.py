from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from dashboard.queries import runs as queries
from dashboard.tests.builders import LONG_AGO, a_run, a_task
from pipeline.models import StagedRepo

pytestmark = pytest.mark.django_db


def numbers(runs) -> list[int]:
    return [run.execution_id for run in runs]


def staged(run, number: int, score: str) -> None:
    StagedRepo.objects.create(
        github_id=number,
        repo_full_name=f"octo/widget-{number}",
        repo_url="",
        stars=1,
        data_quality_score=Decimal(score),
        stream="python",
        loaded_at=LONG_AGO,
        execution=run,
    )


def test_the_newest_runs_are_the_last_thirty_of_any_kind():
    runs = [a_run(status="skipped" if n % 2 else "success") for n in range(32)]
    assert numbers(queries.newest_runs()) == numbers(runs[::-1][:30])


def test_an_older_run_that_is_asked_for_comes_with_them():
    runs = [a_run() for _ in range(32)]
    assert numbers(queries.newest_runs(runs[0].pk))[-1] == runs[0].pk
    assert len(queries.newest_runs(runs[-1].pk)) == 30
    assert len(queries.newest_runs(999_999)) == 30


def test_the_newest_run_is_one_that_did_not_find_another_at_work():
    worked, skipped = a_run(), a_run(status="skipped")
    assert queries.run_or_newest(None) == worked
    assert queries.run_or_newest(skipped.pk) == skipped
    assert queries.run_or_newest(999_999) is None


def test_no_run_is_no_run_and_has_no_tasks():
    assert queries.newest_runs() == []
    assert queries.run_or_newest(None) is None
    assert queries.tasks_of(None) == []


def test_tasks_come_as_they_started_and_only_those_of_the_run(monkeypatch):
    run = a_run()
    second, first = a_task(run, number=2), a_task(run, number=1)
    a_task(a_run())
    assert queries.tasks_of(run) == [first, second]
    monkeypatch.setattr(queries, "MOST_TASKS", 1)
    assert queries.tasks_of(run) == [first]


def test_runs_that_worked_come_oldest_first_failed_ones_too():
    began = timezone.now() - timedelta(hours=9)
    statuses = ["success", "skipped", "failed", "partial", "abandoned", "running"]
    runs = [a_run(status=status, execution_date=began + timedelta(hours=n)) for n, status in enumerate(statuses)]
    assert numbers(queries.last_worked_runs()) == numbers([runs[0], runs[2], runs[3], runs[4]])
    assert numbers(queries.last_worked_runs(2)) == numbers([runs[3], runs[4]])


def test_data_quality_counts_the_staged_repositories_with_nine_tenths_and_more():
    run = a_run()
    for number, score in enumerate(["0.89", "0.90", "1.00"]):
        staged(run, number, score)
    assert queries.data_quality() == queries.Quality(repositories=3, good=2)


def test_without_a_staged_repository_there_is_nothing_to_count():
    assert queries.data_quality() == queries.Quality(repositories=0, good=0)
