"""When what is made by itself is due."""

from datetime import datetime

from django.db.models import Q
from django_q.models import Schedule


def next_run_of(func: str) -> datetime | None:
    """When the schedule that calls `func` is due next; None where there is none. One query."""
    schedules = Schedule.objects.filter(Q(repeats__lt=0) | Q(repeats__gt=0), func=func)
    due: datetime | None = schedules.order_by("next_run").values_list("next_run", flat=True).first()
    return due
