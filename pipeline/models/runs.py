"""Run records: one row a run, one a task, and the published pointers. Written by run.py and what it calls."""

from django.db import models
from django.db.models import Q


class WorkflowExecution(models.Model):
    """One row per run of the pipeline, with what it did and cost, measured."""

    class Status(models.TextChoices):
        RUNNING = "running"
        SUCCESS = "success"
        PARTIAL = "partial"
        FAILED = "failed"
        ABANDONED = "abandoned"
        SKIPPED = "skipped"

    class Trigger(models.TextChoices):
        MANUAL = "manual"
        SCHEDULE = "schedule"
        ADMIN = "admin"
        HISTORY = "history", "demo history"
        FROM_RAW = "from_raw", "rebuild from raw"

    execution_id = models.BigAutoField(primary_key=True)
    execution_date = models.DateTimeField(help_text="When it started; every step's `now`.")
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True, help_text="Last sign of life, by the machine's clock.")
    status = models.CharField(max_length=10, choices=Status)
    trigger = models.CharField(max_length=10, choices=Trigger, default=Trigger.MANUAL)
    is_demo = models.BooleanField(default=False, help_text="Read from the embedded GitHub: made-up repositories.")
    snapshot_date = models.DateField()
    total_duration_seconds = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    repos_processed = models.PositiveIntegerField(default=0)
    tasks_executed = models.PositiveIntegerField(default=0)
    tasks_succeeded = models.PositiveIntegerField(default=0)
    tasks_failed = models.PositiveIntegerField(default=0)
    tasks_retried = models.PositiveIntegerField(default=0)
    parallel_speedup_factor = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    languages_processed = models.JSONField(default=list)
    error_details = models.JSONField(default=list, help_text="[{stream, step, error, remedy}, ...]")
    success_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, help_text="Percent of tasks.")
    requests_sent = models.PositiveIntegerField(default=0)
    graphql_requests = models.PositiveIntegerField(default=0)
    graphql_points = models.PositiveIntegerField(default=0)
    graphql_seconds = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    not_modified = models.PositiveIntegerField(default=0, help_text="Answers 304, which cost nothing.")
    rows_written = models.JSONField(default=dict, help_text="{layer or table: rows}")
    github_state = models.JSONField(default=dict, help_text="What the next run's client starts from.")
    notes = models.JSONField(default=list, help_text="What is missing although nothing failed.")
    rows_rejected = models.PositiveIntegerField(default=0)
    open_parts = models.PositiveIntegerField(
        null=True, help_text="Parts of a shared run that have not ended; unknown where one process does it all."
    )

    class Meta:
        db_table = "fact_workflow_executions"
        verbose_name = "run"
        ordering = ["-execution_id"]
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(status="running"), name="one_running_execution"),
        ]
        indexes = [models.Index(fields=["status", "-execution_id"], name="executions_by_status")]

    def __str__(self) -> str:
        return f"run {self.execution_id} ({self.status})"


class TaskRun(models.Model):
    """One row per task of a run; a parent's row stands above its leaves."""

    class Status(models.TextChoices):
        RUNNING = "running"
        SUCCESS = "success"
        FAILED = "failed"
        SKIPPED = "skipped"

    execution = models.ForeignKey(WorkflowExecution, models.CASCADE, related_name="task_runs")
    number = models.PositiveIntegerField(help_text="Counts a run's tasks in the order they started.")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    name = models.CharField(max_length=100)
    stream = models.CharField(max_length=50, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    attempts = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seconds = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    items = models.PositiveIntegerField(null=True, help_text="Repositories, rows or files it dealt with.")
    error = models.TextField(blank=True)

    class Meta:
        db_table = "fact_task_runs"
        verbose_name = "task run"
        ordering = ["execution_id", "number"]
        constraints = [models.UniqueConstraint(fields=["execution", "number"], name="one_task_per_number")]

    def __str__(self) -> str:
        return f"{self.name} {self.stream}".strip()


class PublishedRun(models.Model):
    """One row: the pointer to the run that readers see. Changes in the same transaction as the facts."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="+")
    snapshot_date = models.DateField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "published_run"
        verbose_name = "published run"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_published_run")]

    def __str__(self) -> str:
        return f"run {self.execution_id} of {self.snapshot_date}"


class StreamState(models.Model):
    """One row per stream: its newest published day, so that a stream that failed shows how old its rows are."""

    stream = models.CharField(max_length=50, primary_key=True)
    snapshot_date = models.DateField()
    published_at = models.DateTimeField()
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="+")

    class Meta:
        db_table = "published_streams"
        verbose_name = "published stream"

    def __str__(self) -> str:
        return f"{self.stream} of {self.snapshot_date}"


class WorkerHeartbeat(models.Model):
    """One row per start of the worker: its last sign of life."""

    name = models.CharField(max_length=40, primary_key=True, help_text="Another one at each start.")
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    status = models.CharField(max_length=20, help_text="In django-q2's words.")
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "worker_heartbeats"
        verbose_name = "worker heartbeat"
        ordering = ["-beat_at"]

    def __str__(self) -> str:
        return f"worker {self.pid} on {self.host}"


class SyncedSchedule(models.Model):
    """One row per schedule of the code: the version of it that was last written to the worker's schedules."""

    name = models.CharField(max_length=100, primary_key=True)
    version = models.CharField(max_length=16)

    class Meta:
        db_table = "synced_schedules"
        verbose_name = "synced schedule"

    def __str__(self) -> str:
        return self.name
