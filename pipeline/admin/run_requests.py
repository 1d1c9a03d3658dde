"""Runs asked for from the list of runs: each becomes a task of the worker, and the answer says what to expect."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from pipeline.etl.demo_rows import has_demo_rows
from pipeline.heartbeats import RUNNING, going_on, run_sign, worker_sign
from pipeline.models import WorkflowExecution
from pipeline.run import RunOptions, streams_of_languages
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM
from pipeline.tasks import enqueue_run

PERMISSION = "pipeline.change_workflowexecution"
Status, Trigger = WorkflowExecution.Status, WorkflowExecution.Trigger


class NothingToDo(Exception):
    """Why no task was made, as a sentence."""


class RunRequest(forms.Form):
    """What is wanted: `what` is one of WANTED, `stream` a slug, needed for one stream only."""

    what = forms.ChoiceField()
    stream = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [(name, name) for name in WANTED]  # type: ignore[attr-defined]
        self.fields["stream"].choices = [(slug, slug) for slug in streams()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("what") == "stream" and not values.get("stream") and not self.errors:
            raise forms.ValidationError("Choose a stream.")
        return values

    def options(self) -> RunOptions:
        """Raises NothingToDo."""
        return WANTED[self.cleaned_data["what"]](self.cleaned_data["stream"])


def streams() -> list[str]:
    return [*(language.slug for language in streams_of_languages()), ECOSYSTEM]


def failed_streams() -> list[str]:
    """Those that the newest run did not publish, all of them where it published nothing. Raises NothingToDo."""
    newest = WorkflowExecution.objects.exclude(status__in=(Status.SKIPPED, Status.RUNNING)).first()
    if newest is None:
        raise NothingToDo("There is no run yet whose streams could have failed.")
    if newest.status in (Status.FAILED, Status.ABANDONED):
        return []
    failed = {error.get("stream") for error in newest.error_details}
    found = [stream for stream in streams() if stream in failed]
    if not found:
        raise NothingToDo(f"No stream failed in run {newest.execution_id}.")
    return found


WANTED: dict[str, Callable[[str], RunOptions]] = {
    "run": lambda stream: RunOptions(trigger=Trigger.ADMIN),
    "stream": lambda stream: RunOptions(trigger=Trigger.ADMIN, streams=[stream]),
    "rebuild": lambda stream: RunOptions(trigger=Trigger.ADMIN, from_raw=True),
    "retry": lambda stream: RunOptions(trigger=Trigger.ADMIN, streams=failed_streams() or None),
}


def may_request(request: HttpRequest) -> bool:
    return request.user.has_perm(PERMISSION)


def answer(request: HttpRequest) -> None:
    """Hand what was posted to the worker, or say why not, as messages for the next page."""
    form = RunRequest(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return
    try:
        options = form.options()
    except NothingToDo as reason:
        messages.info(request, str(reason))
        return
    # A database of made-up repositories stays one, as with the scheduled run.
    task = enqueue_run(options, demo=has_demo_rows())
    messages.success(request, f"Handed to the worker as task {task}{_wanted(options)}.")
    for warning in warnings():
        messages.warning(request, warning)


def warnings() -> Iterator[str]:
    """What may keep a new task from running at once."""
    now = timezone.now()
    running = going_on()
    if running is not None:
        sign = run_sign(running, now)
        yield (
            f"Run {running.execution_id} has not ended ({sign.state}: {sign.words}). A task that begins while it is "
            "going on is skipped."
        )
    worker = worker_sign(now)
    if worker.state != RUNNING:
        yield f"The worker seems {worker.state}: {worker.words}. Tasks wait until one runs: manage.py qcluster"


def _wanted(options: RunOptions) -> str:
    if options.from_raw:
        return ": rebuild from raw"
    return f": {', '.join(options.streams)}" if options.streams else ": all streams"
