"""The tasks of a run as a tree with long rows of leaves put together, and as a sorted list. No database, no clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from dashboard.languages import stream_name
from pipeline.models.runs import TaskRun, WorkflowExecution

Status = TaskRun.Status
# Fewer leaves of a name than this stand one by one.
FOLDED_FROM = 2
STATUS_ORDER = {"failed": 0, "cut short": 1, "running": 2, "skipped": 3, "success": 4}


@dataclass(frozen=True, slots=True)
class Task:
    """One task in the page's words. `seconds` and `items` are None where they are not known."""

    number: int
    name: str
    stream: str
    status: str
    attempts: int
    seconds: Decimal | None
    items: int | None
    error: str
    is_leaf: bool


@dataclass(slots=True)
class Node:
    """A task with what stands below it."""

    task: Task
    children: "list[Node | Fold]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Fold:
    """Leaves of one name below the same task. `seconds` is their sum, as if one came after the other."""

    name: str
    tasks: list[Task]

    @property
    def seconds(self) -> Decimal | None:
        return _sum([task.seconds for task in self.tasks])

    @property
    def items(self) -> int | None:
        known = [task.items for task in self.tasks if task.items is not None]
        return sum(known) if known else None

    @property
    def failed(self) -> int:
        return sum(task.status == "failed" for task in self.tasks)

    @property
    def status(self) -> str:
        """The worst of its tasks: what failed, else what has not ended, else success."""
        return min((task.status for task in self.tasks), key=lambda word: STATUS_ORDER.get(word, len(STATUS_ORDER)))

    @property
    def attempts(self) -> int:
        return sum(task.attempts for task in self.tasks)

    @property
    def is_open(self) -> bool:
        """Failures are not folded away."""
        return self.failed > 0


def leaves_of(tasks: Sequence[TaskRun]) -> list[TaskRun]:
    """Tasks without children: the ones that do the work and are counted."""
    parents = {task.parent_id for task in tasks}
    return [task for task in tasks if task.pk not in parents]


def page_tasks(run: WorkflowExecution, tasks: Sequence[TaskRun]) -> dict[int, Task]:
    """{id: task}, in the order they started."""
    leaves = {task.pk for task in leaves_of(tasks)}
    return {task.pk: _task(run, task, task.pk in leaves) for task in tasks}


def _task(run: WorkflowExecution, task: TaskRun, is_leaf: bool) -> Task:
    is_left = task.status == Status.RUNNING and run.status != WorkflowExecution.Status.RUNNING
    return Task(
        number=task.number,
        name=task.name,
        stream=stream_name(task.stream) if task.stream else "",
        # A process that was killed had no time to write how its tasks ended.
        status="cut short" if is_left else task.status,
        attempts=task.attempts,
        seconds=task.seconds,
        items=task.items,
        error=task.error,
        is_leaf=is_leaf,
    )


def tree(tasks: Sequence[TaskRun], words: dict[int, Task]) -> list[Node]:
    """The tasks below each other as they started each other; a task whose parent is missing stands at the top."""
    nodes = {task.pk: Node(words[task.pk]) for task in tasks}
    below: dict[int | None, list[Node]] = {}
    for task in tasks:
        parent = task.parent_id if task.parent_id in nodes else None
        below.setdefault(parent, []).append(nodes[task.pk])
    for key, node in nodes.items():
        node.children = folded(below.get(key, []))
    return below.get(None, [])


def folded(nodes: Sequence[Node]) -> "list[Node | Fold]":
    """The nodes with leaves of the same name put together where there are several, at the place of the first."""
    names: dict[str, list[Node]] = {}
    for node in nodes:
        if node.task.is_leaf:
            names.setdefault(node.task.name, []).append(node)
    long = {name: same for name, same in names.items() if len(same) >= FOLDED_FROM}
    found: list[Node | Fold] = []
    for node in nodes:
        same = long.get(node.task.name) if node.task.is_leaf else None
        if same is None:
            found.append(node)
        elif same[0] is node:
            found.append(Fold(node.task.name, [each.task for each in same]))
    return found


def sorted_tasks(tasks: Sequence[Task], sort: str, *, only_failed: bool) -> list[Task]:
    """By number as they started; else the longest, the most often tried or the failed first. "-" turns it round."""
    name, is_reversed = sort.removeprefix("-"), sort.startswith("-")
    chosen = [task for task in tasks if task.status == "failed"] if only_failed else list(tasks)
    known = [task for task in chosen if name != "seconds" or task.seconds is not None]
    unknown = [task for task in chosen if name == "seconds" and task.seconds is None]
    return [*sorted(known, key=_key(name), reverse=is_reversed), *unknown]


def _key(name: str) -> Callable[[Task], tuple[Decimal | int, int]]:
    keys: dict[str, Callable[[Task], Decimal | int]] = {
        "number": lambda task: 0,
        "seconds": lambda task: -(task.seconds or 0),
        "attempts": lambda task: -task.attempts,
        "status": lambda task: STATUS_ORDER.get(task.status, len(STATUS_ORDER)),
    }
    return lambda task: (keys[name](task), task.number)


def _sum(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None
