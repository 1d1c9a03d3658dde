"""The clock moves: over midnight, over hours that were missed, over daylight saving time, and back."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

from pipeline import run as run_module
from pipeline import tasks
from pipeline.models import WorkflowExecution
from pipeline.schedules import Scheduled, sync_schedules

pytestmark = pytest.mark.django_db
HOURLY = Scheduled("Hourly", "pipeline.tasks.hourly_run", Schedule.HOURLY)
DAILY = Scheduled("Daily", "pipeline.tasks.prune", Schedule.DAILY, minute=20, hour=3)
# Moments in UTC at which the clocks of a place are changed.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2027, 3, 28, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
]


@pytest.fixture(autouse=True)
def connection_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler would take the open transaction of a test for a connection that was left in disorder."""
    monkeypatch.setattr("django_q.scheduler.close_old_django_connections", lambda: None)


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's time zone is another one."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def handed_over_at(*moments: datetime) -> list[int]:
    """How many tasks the worker's scheduler makes at each of these moments, one after the other."""
    made, before = [], OrmQ.objects.count()
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            scheduler()
        made.append(OrmQ.objects.count() - before)
        before += made[-1]
    return made


def at(day: int, hour: int, minute: int = 0, second: int = 5) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


def test_the_hour_before_and_after_midnight_have_a_run_each() -> None:
    sync_schedules(at(21, 22, 30), [HOURLY])
    moments = (at(21, 22, 59), at(21, 23), at(21, 23, 59, 59), at(22, 0), at(22, 0, 30), at(22, 1))
    assert handed_over_at(*moments) == [0, 1, 0, 1, 0, 1]


def test_after_six_missed_hours_one_run_follows_and_then_the_usual_ones() -> None:
    sync_schedules(at(21, 10, 30), [HOURLY])
    assert handed_over_at(at(21, 17, 20), at(21, 17, 50), at(21, 18), at(21, 18, 10)) == [1, 0, 1, 0]


def test_days_without_a_worker_leave_one_task_of_each_schedule() -> None:
    sync_schedules(at(21, 10, 30), [HOURLY, DAILY])
    assert handed_over_at(at(25, 2), at(25, 2, 10)) == [2, 0]
    assert all(schedule.next_run > at(25, 2, 10) for schedule in Schedule.objects.all())


def test_a_clock_that_is_put_back_repeats_no_run() -> None:
    sync_schedules(at(21, 10, 30), [HOURLY])
    assert handed_over_at(at(21, 11), at(21, 10, 20), at(21, 11, 10), at(21, 12)) == [1, 0, 0, 1]


@pytest.mark.parametrize(("zone", "change"), CHANGES, indirect=["zone"])
def test_daylight_saving_time_neither_skips_nor_repeats_an_hour(zone: str, change: datetime) -> None:
    start = change.replace(minute=0) - timedelta(hours=3)
    sync_schedules(start, [HOURLY])
    moments = [start + timedelta(minutes=10 * n, seconds=5) for n in range(1, 37)]
    made = handed_over_at(*moments)
    assert [moment.minute for moment, count in zip(moments, made, strict=True) if count] == [0] * 6
    assert sum(made) == 6


@pytest.mark.parametrize(("zone", "change"), CHANGES, indirect=["zone"])
def test_a_daily_task_stays_at_its_hour_of_the_utc_day(zone: str, change: datetime) -> None:
    midnight = change.replace(hour=0, minute=0)
    sync_schedules(midnight - timedelta(days=1), [DAILY])
    moments = [midnight + timedelta(days=days, hours=3, minutes=20, seconds=5) for days in (-1, 0, 1, 2)]
    assert handed_over_at(*moments) == [1, 1, 1, 1]
    assert Schedule.objects.get().next_run == midnight + timedelta(days=3, hours=3, minutes=20)


@pytest.mark.parametrize(("zone", "change"), CHANGES, indirect=["zone"])
def test_the_first_moment_of_a_schedule_is_found_in_any_zone(zone: str, change: datetime) -> None:
    assert HOURLY.first_after(change + timedelta(minutes=1)) == change.replace(minute=0) + timedelta(hours=1)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"], indirect=True)
@pytest.mark.parametrize(
    ("moment", "day"),
    [(at(21, 23, 59, 59), date(2026, 11, 21)), (at(22, 0, 0, 0), date(2026, 11, 22))],
)
def test_the_snapshot_date_is_the_day_in_utc(
    monkeypatch: pytest.MonkeyPatch, zone: str, moment: datetime, day: date
) -> None:
    monkeypatch.setattr(run_module, "_run_steps", lambda run, from_raw: None)
    with time_machine.travel(moment, tick=False):
        tasks.hourly_run()
    recorded = WorkflowExecution.objects.get()
    assert (recorded.snapshot_date, recorded.execution_date, recorded.trigger) == (day, moment, "schedule")


def test_a_run_that_lasts_over_midnight_keeps_the_day_on_which_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(at(21, 23, 59), tick=False) as clock:
        monkeypatch.setattr(run_module, "_run_steps", lambda run, from_raw: clock.move_to(at(22, 0, 2)))
        tasks.hourly_run()
    recorded = WorkflowExecution.objects.get()
    assert (recorded.snapshot_date, recorded.finished_at) == (date(2026, 11, 21), at(22, 0, 2))
    assert recorded.total_duration_seconds == 180
