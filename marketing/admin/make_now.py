"""What a schedule makes, asked for now: a button of each list hands the schedule's own task to the worker."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django_q.tasks import async_task

from marketing.queries.worker import last_beat

SILENCE = timedelta(minutes=1)  # the worker's beats are ten seconds apart


@dataclass(frozen=True, slots=True)
class Job:
    """A task of marketing.tasks. `permission` is needed to ask for it: making costs requests of a shared token."""

    task: str
    button: str
    permission: str


def may_ask(request: HttpRequest, job: Job) -> bool:
    return request.user.has_perm(job.permission)


def hand_over(request: HttpRequest, job: Job) -> None:
    """Make it a task of the worker, and say so in messages for the next page."""
    task = async_task(job.task, task_name=job.button)
    messages.success(request, f"Handed to the worker as task {task}: {job.button.lower()}.")
    for warning in warnings(timezone.now()):
        messages.warning(request, warning)


def warnings(now: datetime) -> Iterator[str]:
    """What may keep the task from being done at once."""
    beat = last_beat()
    if beat is None or now - beat > SILENCE:
        yield "No worker has given a sign of life for a minute. Tasks wait until one runs: manage.py qcluster"
