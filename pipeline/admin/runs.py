"""Run records: what each run did, task by task, and which run readers see."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

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
from pipeline.models import PublishedRun, StreamState, SyncedSchedule, TaskRun, WorkflowExecution

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


@admin.register(SyncedSchedule)
class SyncedScheduleAdmin(TableAdmin):
    list_display = ["name", "version"]
    search_fields = ["name"]
    ordering = ["name"]
