"""Pieces of the runs page as HTML: what stands there a hundred times.

Put together by f-strings, since format_html and template nodes would take most of the page's time; every text that
comes from a record goes through `safe`, and numbers are written by the filters.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString

from dashboard.cells import MUTED_UNKNOWN
from dashboard.gantt import Gantt, draw_axis, draw_lane
from dashboard.runs.choice import SORTS, RunChoice
from dashboard.runs.figures import MEASURED
from dashboard.runs.tasks import Fold, Node, Task
from dashboard.templatetags.figures import UNKNOWN, count, one_decimal
from pipeline.models.runs import WorkflowExecution

SHORT_ERROR = 160
HEADINGS = {"number": "No.", "seconds": "Seconds", "attempts": "Tries", "status": "Status"}
CURRENT = ' aria-current="true"'
# Which way each order runs when it is not turned round.
RISING = ("number", "status")


def seconds_of(value: Decimal | None) -> str:
    """ "1.25": hundredths matter where tasks last a fraction of a second."""
    return MUTED_UNKNOWN if value is None else f"{value:,.2f}"


def figure(text: str) -> str:
    """A number as the filters write it."""
    return MUTED_UNKNOWN if text == UNKNOWN else text


def safe(text: object) -> str:
    """Escaped for HTML, for attributes too."""
    return escape(str(text))


def status(word: str, text: str = "") -> str:
    """The word, or a longer text for it, with a sign of its colour before it."""
    return f'<span class="state state--{safe(word).replace(" ", "-")}">{safe(text or word)}</span>'


def error_text(error: str) -> str:
    """An error's words; long ones can be opened."""
    if not error:
        return ""
    if len(error) <= SHORT_ERROR:
        return f'<bdi class="tasks__error">{safe(error)}</bdi>'
    short = safe(error[:SHORT_ERROR].rstrip())
    return f'<details class="tasks__error"><summary><bdi>{short}…</bdi></summary><bdi>{safe(error)}</bdi></details>'


# -- The tree --------------------------------------------------------------------------------------------------


def tree_html(nodes: "Sequence[Node | Fold]") -> SafeString:
    """The tasks as nested lists."""
    return SafeString(_list(map(_item, nodes)) if nodes else "")


def _list(items: Iterable[str]) -> str:
    return f'<ul class="tree"><li>{"</li><li>".join(items)}</li></ul>'


def _item(node: Node | Fold) -> str:
    return _fold(node) if isinstance(node, Fold) else _line(node.task) + tree_html(node.children)


def _fold(fold: Fold) -> str:
    state = status(fold.status, f"{fold.failed:,} failed" if fold.failed else "")
    facts = _facts(fold.seconds, fold.items, fold.attempts - len(fold.tasks), state)
    name = f'<span class="tree__name">{safe(fold.name)} × {len(fold.tasks)}</span>'
    is_open = " open" if fold.is_open else ""
    return (
        f'<details class="tree__fold"{is_open}><summary class="tree__line">{name}{facts}</summary>'
        f"{_list(map(_line, fold.tasks))}</details>"
    )


def _line(task: Task) -> str:
    # A leaf's stream is that of the task it stands below.
    stream = f' <span class="tree__stream">{safe(task.stream)}</span>' if task.stream and not task.is_leaf else ""
    facts = _facts(task.seconds, task.items, task.attempts - 1, status(task.status))
    name = f'<span class="tree__name">{safe(task.name)}{stream}</span>'
    return f'<div class="tree__line">{name}{facts}</div>{error_text(task.error)}'


def _facts(seconds: Decimal | None, items: int | None, again: int, state: str) -> str:
    """Tries, items and seconds, each with its unit: a tree has no headings."""
    tried = f"{again:,} more {'try' if again == 1 else 'tries'}" if again else ""
    dealt_with = "" if items is None else f"{items:,} item{'' if items == 1 else 's'}"
    lasted = "" if seconds is None else f"{seconds:,.2f} s"
    return "".join(f'<span class="tree__fact">{fact}</span>' for fact in (tried, dealt_with, lasted)) + state


# -- The table of all tasks ------------------------------------------------------------------------------------


def sort_headings(choice: RunChoice) -> dict[str, SafeString]:
    """{column: its heading}, a link that sorts by it; chosen again, it turns the order round."""
    return {name: _heading(choice, name) for name in SORTS}


def _heading(choice: RunChoice, name: str) -> SafeString:
    is_chosen, is_reversed = choice.sort.removeprefix("-") == name, choice.sort.startswith("-")
    wanted = f"-{name}" if is_chosen and not is_reversed else name
    direction = "ascending" if (name in RISING) != is_reversed else "descending"
    kind = "" if name == "status" else ' class="num"'
    state = f' aria-sort="{direction}"' if is_chosen else ""
    link = f'<a href="{safe(choice.query(sort=wanted))}#all-tasks">{HEADINGS[name]}</a>'
    return SafeString(f'<th scope="col"{kind}{state}>{link}</th>')


def sort_links(choice: RunChoice) -> SafeString:
    """The same orders as a list, for windows that have no room for headings."""
    items = "".join(
        f'<li><a href="{safe(choice.query(sort=name))}#all-tasks"{CURRENT if name == choice.sort else ""}>'
        f"{HEADINGS[name]}</a></li>"
        for name in SORTS
    )
    return SafeString(f'<ul class="sorts" aria-label="Sort tasks by">{items}</ul>')


def task_rows(tasks: Sequence[Task]) -> SafeString:
    return SafeString("".join(map(_task_row, tasks)))


def _task_row(task: Task) -> str:
    return (
        f'<tr><td class="num" data-label="No.">{task.number}</td>'
        f'<th scope="row" data-label="Task">{safe(task.name)}{error_text(task.error)}</th>'
        f'<td data-label="Stream">{safe(task.stream) or "–"}</td><td data-label="Status">{status(task.status)}</td>'
        f'<td class="num" data-label="Tries">{task.attempts}</td>'
        f'<td class="num" data-label="Seconds">{seconds_of(task.seconds)}</td>'
        f'<td class="num" data-label="Items">{figure(count(task.items))}</td></tr>'
    )


# -- The list of runs ------------------------------------------------------------------------------------------


def run_rows(runs: Sequence[WorkflowExecution], shown: int | None) -> SafeString:
    """The runs as rows of a table, the one that is shown marked; each leads to itself."""
    return SafeString("".join(_run_row(run, run.execution_id == shown) for run in runs))


def _run_row(run: WorkflowExecution, is_shown: bool) -> str:
    # A run that was skipped did nothing, and that is known.
    is_measured, number = run.status in (*MEASURED, run.Status.SKIPPED), run.execution_id
    mark = ' class="runs__shown" aria-current="true"' if is_shown else ""
    return (
        f'<tr{mark}><th scope="row" class="num" data-label="Run">'
        f'<a class="runs__link" href="?run={number}">{number}</a></th>'
        f'<td data-label="Began (UTC)">{_moment(run.execution_date)}</td>'
        f'<td data-label="Trigger">{safe(run.get_trigger_display()).lower()}</td>'
        f'<td data-label="Status">{status(run.status)}</td>'
        f'<td class="num" data-label="Seconds">{seconds_of(run.total_duration_seconds)}</td>'
        f'<td class="num" data-label="Repositories">{figure(count(run.repos_processed if is_measured else None))}</td>'
        f'<td class="num" data-label="Requests">{figure(count(run.requests_sent if is_measured else None))}</td>'
        f'<td class="num" data-label="Speedup (×)">{figure(one_decimal(run.parallel_speedup_factor))}</td></tr>'
    )


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f'<time datetime="{utc.isoformat(timespec="seconds")}">{utc:%Y-%m-%d %H:%M}</time>'


# -- The Gantt chart -------------------------------------------------------------------------------------------


def gantt_rows(chart: Gantt) -> SafeString:
    """Each lane with its name, and the axis below them. draw_lane escapes what it writes."""
    lanes = "".join(
        f'<div class="gantt__lane"><p class="gantt__name{" gantt__name--inner" if lane.is_inner else ""}" '
        f'aria-hidden="true">{safe(lane.name)}</p>{draw_lane(lane, chart.ticks)}</div>'
        for lane in chart.lanes
    )
    axis = f'<div class="gantt__lane"><p class="gantt__name"></p>{draw_axis(chart.ticks)}</div>'
    return SafeString(lanes + axis)
