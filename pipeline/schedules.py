"""What runs by itself and when, as data; `manage.py sync_schedules` makes django-q2's schedules match."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_q.models import Schedule

from pipeline.models import SyncedSchedule


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One schedule. `every` is one of django-q2's types; `hour` and `minute` are of the day in UTC.

    `interval` is the minutes between two times of Schedule.MINUTES, counted from `minute` of the hour.
    """

    name: str
    func: str
    every: str
    minute: int = 0
    hour: int | None = None
    interval: int | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Another one whenever anything of the schedule is changed in the code."""
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]

    def first_after(self, now: datetime) -> datetime:
        """The first moment after `now` at which it is due."""
        due = now.replace(minute=self.minute, second=0, microsecond=0)
        step = timedelta(hours=1)
        if self.hour is not None:
            due, step = due.replace(hour=self.hour), timedelta(days=1)
        if self.interval is not None:
            step = timedelta(minutes=self.interval)
            due -= (due - now) // step * step  # whole steps, forth or back
        return due if due > now else due + step


SCHEDULES = (
    Scheduled("Hourly pipeline run", "pipeline.tasks.hourly_run", Schedule.HOURLY),
    Scheduled("Daily pruning", "pipeline.tasks.prune", Schedule.DAILY, minute=20, hour=3),
    Scheduled("Check for overdue runs", "pipeline.tasks.check_overdue", Schedule.MINUTES, minute=10, interval=15),
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
