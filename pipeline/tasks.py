"""django-q2's entry points: they take plain values, call one function and return a line."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django_q.tasks import async_task

from pipeline.etl.demo_rows import has_demo_rows
from pipeline.etl.prune import prune_raw
from pipeline.models import WorkflowExecution
from pipeline.reference import LANGUAGES
from pipeline.report import summary_lines
from pipeline.run import RunOptions, run_pipeline
from pipeline.source import github


def enqueue_run(options: RunOptions, *, demo: bool = False) -> str:
    """Hand a run to the worker; returns the task's id."""
    names = [language.name for language in options.languages or ()]
    return str(async_task("pipeline.tasks.run", names, options.limit, options.from_raw, demo, task_name="run_pipeline"))


def run(
    languages: Sequence[str] = (),
    limit: int | None = None,
    from_raw: bool = False,
    demo: bool = False,
    trigger: str = WorkflowExecution.Trigger.MANUAL,
) -> str:
    """One run; returns the first line of its summary for the queue's own list."""
    options = RunOptions([LANGUAGES[name] for name in languages] or None, limit, from_raw, trigger)
    if demo:
        from pipeline.demo_run import run_demo

        execution = run_demo(options)
    else:
        execution = run_pipeline(options, github())
    return next(summary_lines(execution))


def hourly_run() -> str:
    """The scheduled run. A database of made-up repositories stays one: it goes on reading the embedded GitHub."""
    return run(demo=has_demo_rows(), trigger=WorkflowExecution.Trigger.SCHEDULE)


def prune() -> str:
    """Delete raw rows that nobody has sent again for TRENDER_RAW_DAYS, but for the newest of a repository."""
    deleted = prune_raw(timezone.now() - timedelta(days=settings.TRENDER_RAW_DAYS))
    return ", ".join(f"{table}: {rows} rows deleted" for table, rows in deleted.items())
