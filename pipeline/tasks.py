"""django-q2's entry points: they take plain values, call one function and return a line."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_q.tasks import async_task

from pipeline import alerts
from pipeline.etl.demo_rows import has_demo_rows
from pipeline.etl.prune import prune_raw
from pipeline.etl.prune_records import prune_records
from pipeline.etl.prune_size import prune_raw_to
from pipeline.fanout.parts import take
from pipeline.fanout.start import start_run
from pipeline.fanout.work import do
from pipeline.models import WorkflowExecution
from pipeline.reference import LANGUAGES
from pipeline.report import summary_lines
from pipeline.run import RunOptions, run_pipeline
from pipeline.runlog import in_run
from pipeline.source import github


def enqueue_run(options: RunOptions, *, demo: bool = False) -> str:
    """Hand a run to the worker; returns the task's id."""
    names = [language.name for language in options.languages or ()]
    arguments = {"trigger": str(options.trigger), "streams": list(options.streams or ())}
    return str(
        async_task(
            "pipeline.tasks.run", names, options.limit, options.from_raw, demo, task_name="run_pipeline", **arguments
        )
    )


def run(
    languages: Sequence[str] = (),
    limit: int | None = None,
    from_raw: bool = False,
    demo: bool = False,
    trigger: str = WorkflowExecution.Trigger.MANUAL,
    streams: Sequence[str] = (),
    now: str = "",
    refresh_histories: bool = False,
) -> str:
    """One run; returns the first line of its summary for the queue's own list.

    `streams` are slugs, empty for all; `now` is an ISO moment, empty for the machine's clock.
    """
    options = RunOptions(
        languages=[LANGUAGES[name] for name in languages] or None,
        limit=limit,
        from_raw=from_raw,
        trigger=trigger,
        now=datetime.fromisoformat(now) if now else None,
        streams=streams or None,
        seconds=settings.TRENDER_TASK_SECONDS,
        refresh_histories=refresh_histories,
    )
    if settings.TRENDER_FANOUT == "queue" and settings.GITHUB_TOKENS and not (demo or from_raw):
        execution = start_run(options)
        if execution.status == WorkflowExecution.Status.RUNNING:
            return f"Run {execution.execution_id} is handed out in parts"
    elif demo:
        from pipeline.demo_run import run_demo

        execution = run_demo(options)
    else:
        execution = run_pipeline(options, github())
    return next(summary_lines(execution))


def work(execution_id: int) -> str:
    """Whatever part of a shared run waits; nothing where others were quicker or the run has ended."""
    taken = take(execution_id)
    if taken is None:
        return f"no part of run {execution_id} waits"
    with in_run(execution_id):
        return do(taken)


def hourly_run() -> str:
    """The scheduled run. A database of made-up repositories stays one: it goes on reading the embedded GitHub."""
    return run(demo=has_demo_rows(), trigger=WorkflowExecution.Trigger.SCHEDULE)


def refresh_star_histories() -> str:
    """A run that reads every star history anew, also those that an hourly run has read today.

    In between, a day's count is topped up with the change of the total, which does not tell stars given from stars
    taken back; this brings it back to GitHub's own count.
    """
    return run(demo=has_demo_rows(), trigger=WorkflowExecution.Trigger.SCHEDULE, refresh_histories=True)


def check_overdue() -> str:
    """Tell the operator, once a period, when nothing has been published for TRENDER_OVERDUE_MINUTES."""
    return alerts.check_overdue(timezone.now())


def prune() -> str:
    """Delete what is older or larger than the settings allow; says how many rows of which table went.

    Raw rows that nobody has sent again for TRENDER_RAW_DAYS or that are beyond TRENDER_RAW_MEGABYTES, but for the
    newest of a repository; tasks of runs and of the worker after TRENDER_TASK_DAYS; sessions that have expired.
    """
    now = timezone.now()
    deleted = Counter(prune_raw(now - timedelta(days=settings.TRENDER_RAW_DAYS)))
    deleted.update(prune_raw_to(settings.TRENDER_RAW_MEGABYTES * 1_000_000))
    deleted.update(prune_records(now - timedelta(days=settings.TRENDER_TASK_DAYS), now))
    return ", ".join(f"{table}: {rows} rows deleted" for table, rows in deleted.items())
