"""What runs by itself and when, as data; `manage.py sync_schedules` makes django-q2's schedules match."""

import hashlib
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_q.models import Schedule

from pipeline.models import SyncedSchedule

MONDAY = 0
LAST_DAY_OF_ALL_MONTHS = 28


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One schedule. `every` is one of django-q2's types; `hour` and `minute` are of the day in UTC.

    `interval` is the minutes between two times of Schedule.MINUTES, counted from `minute` of the hour; `weekday` is
    that of Schedule.WEEKLY, 0 for Monday; `day` that of Schedule.MONTHLY, 1 to 28.
    """

    name: str
    func: str
    every: str
    minute: int = 0
    hour: int | None = None
    interval: int | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)
    weekday: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        # django-q2 moves the 31st to the 28th of a February and leaves it there for ever.
        if self.day is not None and not 1 <= self.day <= LAST_DAY_OF_ALL_MONTHS:
            raise ValueError(f"{self.name}: not every month has a day {self.day}.")
        is_weekly, is_monthly = self.every == Schedule.WEEKLY, self.every == Schedule.MONTHLY
        if (self.weekday is not None) != is_weekly or (self.day is not None) != is_monthly:
            raise ValueError(f"{self.name}: a weekly schedule has a weekday and a monthly one a day.")

    @property
    def version(self) -> str:
        """Another one whenever anything of the schedule is changed in the code."""
        *older, weekday, day = astuple(self)
        # Only where they are used, so that schedules from before there were these keep the version they have.
        newer = [value for value in (weekday, day) if value is not None]
        return hashlib.sha256(repr((*older, *newer)).encode()).hexdigest()[:16]

    def first_after(self, now: datetime) -> datetime:
        """The first moment after `now` at which it is due."""
        due = now.replace(minute=self.minute, second=0, microsecond=0)
        step = timedelta(hours=1)
        if self.hour is not None:
            due, step = due.replace(hour=self.hour), timedelta(days=1)
        if self.interval is not None:
            step = timedelta(minutes=self.interval)
            due -= (due - now) // step * step  # whole steps, forth or back
        if self.weekday is not None:
            due, step = due + timedelta(days=(self.weekday - due.weekday()) % 7), timedelta(weeks=1)
        if self.day is not None:
            due = due.replace(day=self.day)
            step = timedelta(days=monthrange(due.year, due.month)[1])
        return due if due > now else due + step


SCHEDULES = (
    Scheduled("Hourly pipeline run", "pipeline.tasks.hourly_run", Schedule.HOURLY),
    Scheduled("Daily pruning", "pipeline.tasks.prune", Schedule.DAILY, minute=20, hour=3),
    Scheduled("Check for overdue runs", "pipeline.tasks.check_overdue", Schedule.MINUTES, minute=10, interval=15),
    Scheduled(
        "Daily star history refresh", "pipeline.tasks.refresh_star_histories", Schedule.DAILY, minute=30, hour=12
    ),
    Scheduled(
        *("Weekly marketing assets", "marketing.tasks.weekly_assets", Schedule.WEEKLY),
        minute=30,
        hour=6,
        weekday=MONDAY,
    ),
    Scheduled(
        *("Weekly platform report", "marketing.tasks.weekly_platform_report", Schedule.WEEKLY),
        minute=45,
        hour=6,
        weekday=MONDAY,
    ),
    Scheduled("Monthly blog draft", "marketing.tasks.monthly_blog_draft", Schedule.MONTHLY, hour=7, day=1),
)


@transaction.atomic
def sync_schedules(now: datetime, wanted: Sequence[Scheduled] = SCHEDULES) -> dict[str, str]:
    """Write the schedules whose version in the code is new, drop those that the code has no more.

    Returns {name: "written", "kept" or "dropped"}. What was changed or deleted in the admin stays as it is until the
    code's version of it changes.
    """
    known = dict(SyncedSchedule.objects.values_list("name", "version"))
    done = {}
    for schedule in wanted:
        if known.get(schedule.name) == schedule.version:
            done[schedule.name] = "kept"
            continue
        _write(schedule, now)
        done[schedule.name] = "written"
    for name in known.keys() - {schedule.name for schedule in wanted}:
        Schedule.objects.filter(name=name).delete()
        SyncedSchedule.objects.filter(name=name).delete()
        done[name] = "dropped"
    return done


def _write(schedule: Scheduled, now: datetime) -> None:
    values = {
        "func": schedule.func,
        "schedule_type": schedule.every,
        "minutes": schedule.interval,
        "kwargs": repr(schedule.kwargs) if schedule.kwargs else None,
        "next_run": schedule.first_after(now),
        "repeats": -1,
    }
    Schedule.objects.update_or_create(name=schedule.name, defaults=values)
    SyncedSchedule.objects.update_or_create(name=schedule.name, defaults={"version": schedule.version})
