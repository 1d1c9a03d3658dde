"""fact_task_runs as a run goes on: the task log's changes, written in batches from the run's own thread."""

from decimal import Decimal

from django.db import DatabaseError, transaction

from pipeline.etl import bulk
from pipeline.models import TaskRun, WorkflowExecution
from pipeline.tasklog import Task, TaskLog

CHANGING = ["status", "attempts", "finished_at", "seconds", "items", "error"]


class TaskRecorder:
    """Writes what changed since the last call: one insert for new tasks, one update for ended ones."""

    def __init__(self, execution: WorkflowExecution, tasks: TaskLog) -> None:
        self.execution, self.tasks = execution, tasks
        self._rows: dict[int, TaskRun] = {}

    def adopt(self, task: Task, row: TaskRun) -> None:
        """`row` is what another process has written of `task`."""
        self._rows[task.number] = row

    def write(self) -> None:
        """Raises DatabaseError; what could not be written is written the next time."""
        changed = self.tasks.drain()
        try:
            with transaction.atomic():
                self._write(changed)
        except DatabaseError:
            self.tasks.put_back(changed)
            raise

    def _write(self, changed: list[Task]) -> None:
        new = [task for task in changed if task.number not in self._rows]
        known = [self._fill(self._rows[task.number], task) for task in changed if task.number in self._rows]
        # Parents start before their children, so level by level each parent's row has its key in time.
        while new:
            ready = [task for task in new if task.parent is None or task.parent.number in self._rows]
            rows = TaskRun.objects.bulk_create([self._row(task) for task in ready], batch_size=500)
            self._rows |= {row.number: row for row in rows}
            new = [task for task in new if task.number not in self._rows]
        bulk.update(TaskRun, "id", [{name: getattr(row, name) for name in ("id", *CHANGING)} for row in known])

    def _row(self, task: Task) -> TaskRun:
        parent = self._rows[task.parent.number] if task.parent is not None else None
        row = TaskRun(
            execution=self.execution,
            number=task.number,
            parent=parent,
            name=task.name,
            stream=task.stream,
            started_at=task.started_at,
        )
        return self._fill(row, task)

    @staticmethod
    def _fill(row: TaskRun, task: Task) -> TaskRun:
        row.status, row.attempts, row.finished_at = task.status, task.attempts, task.finished_at
        row.seconds = None if task.seconds is None else Decimal(str(round(task.seconds, 3)))
        row.items, row.error = task.items, task.error
        return row
