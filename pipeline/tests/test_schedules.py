from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils.module_loading import import_string
from django_q.models import Schedule

from pipeline import tasks
from pipeline.models import RepositoryDim, SyncedSchedule
from pipeline.schedules import MONDAY, SCHEDULES, Scheduled, sync_schedules

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 10, 30, 15, tzinfo=UTC)
HOURLY = Scheduled("Hourly", "pipeline.tasks.hourly_run", Schedule.HOURLY)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.name)
def test_every_schedule_calls_something_that_is_there(schedule):
    assert callable(import_string(schedule.func))


def test_the_hourly_run_is_due_at_the_full_hour():
    sync_schedules(NOW)
    hourly = Schedule.objects.get(func="pipeline.tasks.hourly_run")
    assert hourly.next_run == datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
    assert (hourly.schedule_type, hourly.repeats) == (Schedule.HOURLY, -1)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 21, 3, 19, 59, tzinfo=UTC), datetime(2026, 11, 21, 3, 20, tzinfo=UTC)),
        (datetime(2026, 11, 21, 3, 20, tzinfo=UTC), datetime(2026, 11, 22, 3, 20, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), datetime(2027, 1, 1, 3, 20, tzinfo=UTC)),
    ],
)
def test_a_daily_schedule_is_due_at_its_hour(now, due):
    assert Scheduled("x", "x", Schedule.DAILY, minute=20, hour=3).first_after(now) == due


def test_syncing_twice_changes_nothing():
    assert set(sync_schedules(NOW, [HOURLY]).values()) == {"written"}
    before = list(Schedule.objects.values())
    assert sync_schedules(NOW, [HOURLY]) == {"Hourly": "kept"}
    assert list(Schedule.objects.values()) == before


def test_what_was_changed_in_the_admin_stays_until_the_code_changes():
    sync_schedules(NOW, [HOURLY])
    Schedule.objects.update(schedule_type=Schedule.DAILY)
    sync_schedules(NOW, [HOURLY])
    assert Schedule.objects.get().schedule_type == Schedule.DAILY
    assert sync_schedules(NOW, [replace(HOURLY, minute=5)]) == {"Hourly": "written"}
    changed = Schedule.objects.get()
    assert (changed.schedule_type, changed.next_run.minute) == (Schedule.HOURLY, 5)


def test_what_was_deleted_in_the_admin_stays_away_until_the_code_changes():
    sync_schedules(NOW, [HOURLY])
    Schedule.objects.all().delete()
    sync_schedules(NOW, [HOURLY])
    assert not Schedule.objects.exists()
    sync_schedules(NOW, [replace(HOURLY, minute=5)])
    assert Schedule.objects.exists()


def test_what_the_code_has_no_more_is_dropped_and_what_people_added_stays():
    Schedule.objects.create(name="Mine", func="math.sqrt", schedule_type=Schedule.DAILY)
    sync_schedules(NOW, [HOURLY])
    assert sync_schedules(NOW, []) == {"Hourly": "dropped"}
    assert [schedule.name for schedule in Schedule.objects.all()] == ["Mine"]
    assert not SyncedSchedule.objects.exists()


def test_the_command_says_what_it_did(capsys):
    call_command("sync_schedules")
    assert "Hourly pipeline run: written" in capsys.readouterr().out


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_scheduled_run_stays_with_the_kind_of_data_there_is(monkeypatch, is_demo):
    asked = {}
    monkeypatch.setattr(tasks, "run", lambda **given: asked.update(given) or "done")
    RepositoryDim.objects.create(github_id=1, valid_from=NOW, is_current=True, is_demo=is_demo)
    assert tasks.hourly_run() == "done"
    assert asked == {"demo": is_demo, "trigger": "schedule"}


def test_pruning_says_how_many_rows_went():
    said = tasks.prune().split(", ")
    raw = ("raw_github_repos", "raw_repo_metrics", "raw_stream_memberships")
    records = ("fact_task_runs", "django_q_task", "run_parts", "sent_alerts", "django_session")
    assert said == [f"{table}: 0 rows deleted" for table in (*raw, *records)]


@pytest.mark.parametrize(
    ("clock", "due"), [("10:00", "10:10"), ("10:10", "10:25"), ("10:56", "11:10"), ("23:59", "00:10")]
)
def test_a_schedule_of_minutes_is_due_at_the_next_of_them(clock, due):
    schedule = Scheduled("x", "x", Schedule.MINUTES, minute=10, interval=15)
    now = NOW.replace(hour=int(clock[:2]), minute=int(clock[3:]), second=0)
    assert f"{schedule.first_after(now):%H:%M}" == due


def test_the_worker_repeats_a_schedule_of_minutes_after_its_interval():
    sync_schedules(NOW, [Scheduled("x", "math.sqrt", Schedule.MINUTES, minute=10, interval=15)])
    made = Schedule.objects.get()
    assert (made.schedule_type, made.minutes, f"{made.next_run:%H:%M}") == (Schedule.MINUTES, 15, "10:40")


def utc(text):
    return datetime.fromisoformat(f"{text}:00+00:00")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21 10:30", "2026-11-23 06:30"),  # a Saturday
        ("2026-11-22 23:59", "2026-11-23 06:30"),
        ("2026-11-23 06:29", "2026-11-23 06:30"),
        ("2026-11-23 06:30", "2026-11-30 06:30"),
        ("2026-11-23 12:00", "2026-11-30 06:30"),
        ("2026-12-31 08:00", "2027-01-04 06:30"),
    ],
)
def test_a_weekly_schedule_is_due_on_its_weekday(now, due):
    schedule = Scheduled("x", "x", Schedule.WEEKLY, minute=30, hour=6, weekday=MONDAY)
    assert schedule.first_after(utc(now)) == utc(due)


@pytest.mark.parametrize("weekday", range(7))
def test_each_weekday_is_at_most_a_week_away(weekday):
    schedule = Scheduled("x", "x", Schedule.WEEKLY, minute=30, hour=6, weekday=weekday)
    for hours in range(0, 7 * 24, 5):
        now = NOW + timedelta(hours=hours)
        due = schedule.first_after(now)
        assert due.weekday() == weekday
        assert timedelta() < due - now <= timedelta(weeks=1)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-21 10:30", "2026-12-01 07:00"),  # a month of 30 days
        ("2026-12-01 06:59", "2026-12-01 07:00"),
        ("2026-12-01 07:00", "2027-01-01 07:00"),  # one of 31
        ("2026-12-31 23:59", "2027-01-01 07:00"),
        ("2027-02-01 07:00", "2027-03-01 07:00"),  # one of 28
        ("2028-02-29 08:00", "2028-03-01 07:00"),  # one of 29
    ],
)
def test_a_monthly_schedule_is_due_on_its_day(now, due):
    assert Scheduled("x", "x", Schedule.MONTHLY, hour=7, day=1).first_after(utc(now)) == utc(due)


def test_a_monthly_schedule_of_the_28th_finds_it_from_the_end_of_a_longer_month():
    schedule = Scheduled("x", "x", Schedule.MONTHLY, hour=7, day=28)
    assert schedule.first_after(utc("2027-01-31 12:00")) == utc("2027-02-28 07:00")


@pytest.mark.parametrize("day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_refused(day):
    with pytest.raises(ValueError, match=f"x: not every month has a day {day}"):
        Scheduled("x", "x", Schedule.MONTHLY, hour=7, day=day)


@pytest.mark.parametrize(
    ("every", "when"), [("W", {}), ("M", {}), ("D", {"weekday": 0}), ("W", {"day": 1, "weekday": 0}), ("H", {"day": 1})]
)
def test_a_weekday_belongs_to_a_weekly_and_a_day_to_a_monthly_schedule(every, when):
    with pytest.raises(ValueError, match="a weekly schedule has a weekday and a monthly one a day"):
        Scheduled("x", "x", every, **when)


@pytest.mark.parametrize("name", ["Weekly marketing assets", "Weekly platform report", "Monthly blog draft"])
def test_the_worker_repeats_marketing_s_schedules_when_the_code_would(name):
    wanted = next(schedule for schedule in SCHEDULES if schedule.name == name)
    sync_schedules(NOW, [wanted])
    made = Schedule.objects.get()
    for _ in range(30):
        after = made.next_run
        made.next_run = made.calculate_next_run()
        assert made.next_run == wanted.first_after(after)


def test_schedules_from_before_there_were_weekdays_keep_their_version():
    versions = [schedule.version for schedule in SCHEDULES[:3]]
    assert versions == ["d292fe40f6c28f00", "94757ea7f92f375d", "aacfc2e64048d97c"]


def test_another_weekday_or_day_is_another_version():
    weekly = Scheduled("x", "x", Schedule.WEEKLY, weekday=0)
    monthly = Scheduled("x", "x", Schedule.MONTHLY, day=1)
    others = {replace(weekly, weekday=1).version, replace(monthly, day=2).version}
    assert len({weekly.version, monthly.version} | others) == 4
