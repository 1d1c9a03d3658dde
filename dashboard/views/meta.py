"""The runs page: did the last run work, and how does the workflow run. And how far a run is that goes on."""

from dataclasses import asdict
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from dashboard.cache import until_published
from dashboard.frame import Frame
from dashboard.gantt import gantt
from dashboard.og import open_graph
from dashboard.queries import runs as queries
from dashboard.queries.languages import Coverage
from dashboard.queries.moment import one_moment
from dashboard.queries.publication import publication
from dashboard.queries.storage import database_bytes
from dashboard.runs import cells
from dashboard.runs.charts import how_many, run_charts
from dashboard.runs.choice import RunChoice, no_such_run, read_choice
from dashboard.runs.figures import MEASURED, figures, freshness, layers, percent, share
from dashboard.runs.progress import progress
from dashboard.runs.tasks import page_tasks, sorted_tasks, tree
from dashboard.runs.timeline import spans
from dashboard.runs.verdict import answer, verdict
from dashboard.workflow_source import chapters
from pipeline.models.runs import TaskRun, WorkflowExecution

NO_COVERAGE = Coverage({}, None, None)


@require_safe
@cache_control(no_cache=True)
def meta(request: HttpRequest) -> HttpResponse:
    """One run with its tasks, the course of the last ones, and the workflow's own source."""
    now, (choice, notices) = timezone.now(), read_choice(request.GET)
    with one_moment():
        frame = Frame(now, publication(), NO_COVERAGE, notices)
        runs = queries.newest_runs(choice.run)
        shown = chosen(runs, choice, notices) or newest(runs)
        tasks = queries.tasks_of(shown)
        context = frame.context() | history(runs, shown) | data(frame)
    context |= {"section": "meta", "choice": choice, "workflow": workflow()}
    context |= open_graph("How Trender's last run went", "Tasks, times and rows, measured.", "meta", "/meta/")
    context |= whole_run(frame, shown, tasks, choice) if shown else {}
    response = render(request, "dashboard/meta.html", context)
    # A run that goes on changes the page every second; all others stand until something is published.
    return response if context.get("progress") else until_published(lambda _: response)(request)


@require_safe
@never_cache
def progress_json(request: HttpRequest) -> HttpResponse:
    """How far the run asked for is, or the newest; two queries. static/js/progress.js asks for it."""
    choice, _ = read_choice(request.GET)
    with one_moment():
        run = queries.run_or_newest(choice.run)
        tasks = queries.tasks_of(run)
    return JsonResponse(asdict(progress(run, tasks, timezone.now())))


@cache
def workflow() -> SafeString:
    """The workflow's own source as HTML, which stays the same as long as the process does."""
    return render_to_string("dashboard/meta/_workflow.html", {"chapters": chapters()})


def chosen(runs: list[WorkflowExecution], choice: RunChoice, notices: list[str]) -> WorkflowExecution | None:
    """The run the address names; None for the newest, with a notice where the named one does not exist."""
    run = next((run for run in runs if run.execution_id == choice.run), None)
    if run is None and choice.run is not None:
        notices.append(no_such_run(choice.run))
    return run


def newest(runs: list[WorkflowExecution]) -> WorkflowExecution | None:
    """The newest run that did not find another one at work; where none of them did, the newest."""
    return next((run for run in runs if run.status != run.Status.SKIPPED), runs[0] if runs else None)


def whole_run(frame: Frame, run: WorkflowExecution, tasks: list[TaskRun], choice: RunChoice) -> dict[str, Any]:
    """All that is said about the run that is shown."""
    last = frame.publication.last_run
    is_newest = last is None or last.execution_id == run.execution_id
    return {
        "shown": run,
        "is_newest": is_newest,
        "verdict": verdict(run, frame.publication.streams, is_newest=is_newest),
        "figures": figures(run) if run.status in MEASURED else [],
        "layers": layers(run.rows_written),
        "progress": progress(run, tasks, frame.now) if run.status == run.Status.RUNNING else None,
        **task_parts(run, tasks, choice),
    }


def task_parts(run: WorkflowExecution, tasks: list[TaskRun], choice: RunChoice) -> dict[str, Any]:
    """The run's tasks as a chart, a tree and a table."""
    words = page_tasks(run, tasks)
    chart = gantt(spans(run, tasks, words))
    listed = sorted_tasks(list(words.values()), choice.sort, only_failed=choice.failed)
    return {
        "gantt": chart,
        "gantt_rows": cells.gantt_rows(chart) if chart else "",
        "tree": cells.tree_html(tree(tasks, words)),
        "task_count": len(tasks),
        "listed_count": len(listed),
        "headings": cells.sort_headings(choice),
        "sort_links": cells.sort_links(choice),
        "task_rows": cells.task_rows(listed),
        "is_cut": len(tasks) == queries.MOST_TASKS,
        "all_href": choice.query(failed=False),
        "failed_href": choice.query(failed=True),
    }


def history(runs: list[WorkflowExecution], shown: WorkflowExecution | None) -> dict[str, Any]:
    """The last runs as charts and as a list; one query."""
    worked, before = queries.last_worked_runs(), run_before(runs, shown)
    return {
        "how_many": how_many(worked),
        "charts": run_charts(worked),
        "run_rows": cells.run_rows(runs[: queries.LISTED], shown.execution_id if shown else None),
        "run_count": len(runs[: queries.LISTED]),
        "going_on": next((run for run in runs if run.status == run.Status.RUNNING and run != shown), None),
        "before": before,
        "before_answer": answer(before) if before else "",
    }


def run_before(runs: list[WorkflowExecution], shown: WorkflowExecution | None) -> WorkflowExecution | None:
    """The newest run before the shown one that did not find another one at work."""
    earlier = (run for run in runs if shown and run.execution_id < shown.execution_id)
    return next((run for run in earlier if run.status != run.Status.SKIPPED), None)


def data(frame: Frame) -> dict[str, Any]:
    """How old and how good the rows are that readers see, and the room they take; two queries."""
    quality = queries.data_quality()
    return {
        "freshness": freshness(frame.publication.streams),
        "quality": quality,
        "database_bytes": database_bytes(),
        "quality_share": percent(share(quality.good, quality.repositories)),
    }
