"""Run records: what each run did, task by task, and which run readers see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from pipeline.admin import run_requests
from pipeline.admin.shared import (
    UNKNOWN,
    HugeTableAdmin,
    SearchedTableAdmin,
    StreamFilter,
    TableAdmin,
    number,
    run_link,
    short,
)
from pipeline.heartbeats import going_on, run_sign, worker_sign
from pipeline.models import (
    PublishedRun,
    StreamState,
    SyncedSchedule,
    TaskRun,
    WorkerHeartbeat,
    WorkflowExecution,
)

INDENT = "\u2003"  # an em space: a step to the right without a style
TASK_COLUMNS = ("task", "stream", "status", "attempts", "seconds", "items", "error")
TASK_HEAD = format_html(
    "<thead><tr>{}</tr></thead>", format_html_join("", '<th scope="col">{}</th>', ((name,) for name in TASK_COLUMNS))
)
TASK_ROW = '<tr><td>{}<a href="{}">{}</a></td>' + "<td>{}</td>" * (len(TASK_COLUMNS) - 1) + "</tr>"


def as_tree(tasks: Iterable[TaskRun]) -> Iterator[tuple[int, TaskRun]]:
    """(depth, task), each parent followed by all that is below it; siblings stay in the given order."""
    rows = list(tasks)
    known = {task.pk for task in rows}
    below: defaultdict[int | None, list[TaskRun]] = defaultdict(list)
    for task in rows:
        below[task.parent_id if task.parent_id in known else None].append(task)
    waiting = [(0, task) for task in reversed(below[None])]
    while waiting:
        depth, task = waiting.pop()
        yield depth, task
        waiting += [(depth + 1, child) for child in reversed(below[task.pk])]


def task_row(depth: int, task: TaskRun) -> tuple[Any, ...]:
    """The cells of TASK_ROW."""
    address = reverse("admin:pipeline_taskrun_change", args=[task.pk])
    measured = (UNKNOWN if value is None else value for value in (task.seconds, task.items))
    error = Truncator(" ".join(task.error.split())).chars(120)
    return (INDENT * depth, address, task.name, task.stream, task.get_status_display(), task.attempts, *measured, error)


@admin.register(WorkflowExecution)
class WorkflowExecutionAdmin(SearchedTableAdmin):
    list_display = [
        *("execution_id", "execution_date", "status", "trigger"),
        number("total_duration_seconds", "seconds"),
        number("repos_processed", "repositories"),
        number("tasks_executed", "tasks"),
        number("tasks_failed", "failed"),
        number("tasks_retried", "tried again"),
        number("rows_rejected", "rejected"),
        number("requests_sent", "requests"),
        number("graphql_points", "points"),
        number("parallel_speedup_factor", "speedup"),
        "is_demo",
    ]
    list_filter = ["status", "trigger", "is_demo"]
    search_fields = ["error_details", "notes"]
    search_help_text = "A run's number, or words of an error or a note"
    number_field = "execution_id"
    date_hierarchy = "execution_date"
    ordering = ["-execution_id"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "task_tree"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.request_view)
        return [path("request/", view, name="pipeline_workflowexecution_request"), *super().get_urls()]

    def request_view(self, request: HttpRequest) -> HttpResponse:
        """Hand a run to the worker; only for those who may change runs, and only by a form of the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not run_requests.may_request(request):
            raise PermissionDenied
        run_requests.answer(request)
        return redirect("admin:pipeline_workflowexecution_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        now = timezone.now()
        run = going_on()
        shown = {
            "worker": worker_sign(now),
            "run": run,
            "run_sign": run_sign(run, now) if run is not None else None,
            "may_request": run_requests.may_request(request),
            "streams": run_requests.streams(),
        }
        return super().changelist_view(request, shown | (extra_context or {}))

    @admin.display(description="task tree")
    def task_tree(self, run: WorkflowExecution) -> str:
        """One line a task: Django's own inline forms need two, in an order that knows no tree."""
        rows = (task_row(depth, task) for depth, task in as_tree(run.task_runs.order_by("number")))
        return format_html("<table>{}<tbody>{}</tbody></table>", TASK_HEAD, format_html_join("\n", TASK_ROW, rows))


@admin.register(TaskRun)
class TaskRunAdmin(HugeTableAdmin):
    list_display = [
        *("id", "name", "stream", "status", "attempts", "started_at", "seconds", "items"),
        short("error"),
        run_link,
    ]
    list_display_links = ["id", "name"]
    list_filter = ["status", StreamFilter, "started_at"]
    search_fields = ["name", "error"]
    search_help_text = "A task's name, words of its error, or the number of a run"
    number_field = "execution_id"
    ordering = ["-id"]


@admin.register(PublishedRun)
class PublishedRunAdmin(TableAdmin):
    list_display = ["__str__", "snapshot_date", "published_at", run_link]


@admin.register(StreamState)
class StreamStateAdmin(TableAdmin):
    list_display = ["stream", "snapshot_date", "published_at", run_link]
    list_filter = ["snapshot_date"]
    search_fields = ["stream"]
    ordering = ["stream"]


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(TableAdmin):
    list_display = ["host", "pid", "status", "started_at", "beat_at"]
    list_filter = ["status"]


@admin.register(SyncedSchedule)
class SyncedScheduleAdmin(TableAdmin):
    list_display = ["name", "version"]
    search_fields = ["name"]
    ordering = ["name"]
