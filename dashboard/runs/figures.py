"""What a run did and cost, as figures with their units, and what it wrote in each layer. No database, no clock."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dashboard.languages import stream_name
from dashboard.templatetags.figures import UNKNOWN, count, duration, one_decimal
from pipeline.models.runs import StreamState, WorkflowExecution

Status = WorkflowExecution.Status
# Of others the record was never closed, so that its zeros mean nothing.
MEASURED = (Status.SUCCESS, Status.PARTIAL, Status.FAILED)
# What pipeline.github.budget allows itself of the 60 seconds that GitHub gives.
GRAPHQL_SECONDS_A_MINUTE = Decimal(55)
ALMOST_ALL = Decimal("99.9")


@dataclass(frozen=True, slots=True)
class Figure:
    """`detail` is the small print below the value, `title` says how it is measured."""

    name: str
    value: str
    detail: str = ""
    title: str = ""

    @property
    def is_unknown(self) -> bool:
        return self.value == UNKNOWN


@dataclass(frozen=True, slots=True)
class Layer:
    """What a run wrote in one layer: {table: rows}, by name, and how rows come into it."""

    name: str
    arrow: str
    tables: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the rows of one stream are; `is_behind` if it is of an older day than the newest stream."""

    name: str
    day: date
    moment: datetime
    execution_id: int
    is_behind: bool


def figures(run: WorkflowExecution) -> list[Figure]:
    """The figures of the first screen, the most telling first."""
    return [*_work(run), *_cost(run)]


def _work(run: WorkflowExecution) -> list[Figure]:
    speedup = run.parallel_speedup_factor
    times = UNKNOWN if speedup is None else f"{one_decimal(speedup)}×"
    failed, retried = _measured(run, run.tasks_failed), _measured(run, run.tasks_retried)
    tasks = "" if failed is None else f"{count(failed)} failed, {count(retried)} tried again"
    rejected = _measured(run, run.rows_rejected)
    return [
        Figure("Repositories", count(_measured(run, run.repos_processed)), "published"),
        Figure("Rejected", count(rejected), "repositories", "Rows that could not be validated, kept aside with why"),
        Figure("Measured speedup", times, "against one by one", "Seconds of all tasks / seconds on the clock"),
        Figure("Success rate", percent(run.success_rate), "of its tasks"),
        Figure("Tasks", count(_measured(run, run.tasks_executed)), tasks, "The leaves of the tree below"),
    ]


def _cost(run: WorkflowExecution) -> list[Figure]:
    points = _measured(run, run.graphql_points)
    seconds = run.graphql_seconds if run.status in MEASURED else None
    left = graphql_seconds_left(run)
    at_once = state_number(run, "most_in_flight")
    return [
        Figure("Requests", count(_measured(run, run.requests_sent)), _most(at_once), "All that were sent to GitHub"),
        Figure(
            "GraphQL requests",
            count(_measured(run, run.graphql_requests)),
            "" if points is None else f"{count(points)} points",
            "GitHub gives 5,000 points an hour",
        ),
        Figure("GraphQL time", duration(seconds), "of GitHub's servers"),
        Figure(
            "GraphQL time left",
            duration(left),
            f"of {GRAPHQL_SECONDS_A_MINUTE} s, in its last minute",
            "GitHub gives about 60 seconds in any 60; the client keeps to 55. What is left of the hour's requests is "
            "not part of the record",
        ),
        Figure("Unchanged (304)", count(_measured(run, run.not_modified)), "answers that cost nothing"),
    ]


def graphql_seconds_left(run: WorkflowExecution) -> Decimal | None:
    used = state_number(run, "graphql_last_minute")
    return None if used is None else max(GRAPHQL_SECONDS_A_MINUTE - used, Decimal(0))


def state_number(run: WorkflowExecution, name: str) -> Decimal | None:
    """A number of github_state. Nothing else of it is ever shown: it may hold what is not for readers."""
    value = run.github_state.get(name) if isinstance(run.github_state, dict) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return Decimal(str(value)) if is_number else None


def percent(value: Decimal | None) -> str:
    """100.00 is "100 %", 98.765 is "98.8 %"; what is not quite all never reads 100."""
    if value is None:
        return UNKNOWN
    if value == value.to_integral_value():
        return f"{int(value)} %"
    return f"{one_decimal(min(value, ALMOST_ALL) if value < 100 else value)} %"


def share(part: int, whole: int) -> Decimal | None:
    """`part` in percent of `whole`; None of nothing."""
    return Decimal(100 * part) / whole if whole else None


def layers(rows_written: object) -> list[Layer]:
    """The run's rows_written, {table: rows}, in the order the data flows."""
    known = rows_written if isinstance(rows_written, dict) else {}
    rows = {str(table): n for table, n in known.items() if isinstance(n, int) and not isinstance(n, bool)}
    return [
        Layer("raw", "answers of GitHub, new or changed", _of(rows, "raw_")),
        Layer("staging", "typed and validated, one a repository", _of(rows, "stg_")),
        Layer("analytics", "dimensions and the day's facts", _of(rows, "dim_", "fact_")),
    ]


def freshness(streams: Sequence[StreamState]) -> list[Freshness]:
    newest = max((state.snapshot_date for state in streams), default=None)
    return [
        Freshness(
            name=stream_name(state.stream),
            day=state.snapshot_date,
            moment=state.published_at,
            execution_id=state.execution_id,
            is_behind=newest is not None and state.snapshot_date < newest,
        )
        for state in streams
    ]


def _of(rows: dict[str, int], *prefixes: str) -> dict[str, int]:
    return {table: rows[table] for table in sorted(rows) if table.startswith(prefixes)}


def _measured(run: WorkflowExecution, value: int) -> int | None:
    return value if run.status in MEASURED else None


def _most(at_once: Decimal | None) -> str:
    return "" if at_once is None else f"at most {int(at_once)} at once"
