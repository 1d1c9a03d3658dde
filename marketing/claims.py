"""What may be said of the workflow, each claim from the records of stated runs. No database, no clock.

A number is never rounded in its own favour: shares and speedups down, times and requests up.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import median

from dashboard.templatetags.figures import count, duration
from pipeline.models.runs import WorkflowExecution

Status, Trigger = WorkflowExecution.Status, WorkflowExecution.Trigger
Runs = Sequence[WorkflowExecution]

PERIOD = timedelta(days=30)
ENOUGH = 10
# A run that found another one at work did nothing; the demo's history is made up; a rebuild asks GitHub nothing.
ENDED = (Status.SUCCESS, Status.PARTIAL, Status.FAILED, Status.ABANDONED)
NOT_COUNTED = (Trigger.HISTORY, Trigger.FROM_RAW)
PUBLISHED = (Status.SUCCESS, Status.PARTIAL)
# The record of an abandoned run was never closed, so that its zeros mean nothing.
CLOSED = (Status.SUCCESS, Status.PARTIAL, Status.FAILED)
ON_TIME = timedelta(minutes=5)
HOUR = timedelta(hours=1)
RULE = (
    "Runs that ended in the 30 days before the moment named, failed and abandoned ones too; without those that found "
    "another run at work and did nothing, without the demo's made-up history and without rebuilds from stored answers."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """`value` is None where there are fewer than 10 runs; `runs` are the ids of those it rests on, newest first."""

    slug: str
    name: str
    value: Decimal | None
    text: str
    sentence: str
    formula: str
    runs: tuple[int, ...]

    @property
    def is_enough(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Kind:
    """A claim before it is made: which runs it rests on, and how their numbers become one."""

    slug: str
    name: str
    formula: str
    rests_on: Callable[[WorkflowExecution], bool]
    measure: Callable[[Runs, datetime], tuple[Decimal, str, str] | None]
    """(value, the value as text, the words of the sentence); None where the numbers give nothing."""


def claims(runs: Runs, until: datetime) -> list[Claim]:
    """Every claim over `runs`, which ended in the PERIOD before `until`, newest first."""
    return [claim(kind, runs, until) for kind in KINDS]


def claim(kind: Kind, runs: Runs, until: datetime) -> Claim:
    basis = [run for run in runs if kind.rests_on(run)]
    measured = kind.measure(basis, until) if len(basis) >= ENOUGH else None
    ids = tuple(run.execution_id for run in basis)
    if measured is None:
        text = f"not enough runs yet ({min(len(basis), ENOUGH)} of {ENOUGH})"
        return Claim(kind.slug, kind.name, None, text, "", kind.formula, ids)
    value, text, words = measured
    return Claim(kind.slug, kind.name, value, text, f"In the 30 days to {day(until)}, {words}.", kind.formula, ids)


def day(moment: datetime) -> str:
    """ "21 November 2026"."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y}"


def at_most(value: Decimal, step: str) -> Decimal:
    """Rounded down, for what is better the larger it is."""
    return value.quantize(Decimal(step), ROUND_FLOOR)


def at_least(value: Decimal, step: str) -> Decimal:
    """Rounded up, for what is better the smaller it is."""
    return value.quantize(Decimal(step), ROUND_CEILING)


def share(part: int, whole: int) -> Decimal:
    """`part` in percent of `whole`, one decimal, rounded down."""
    return at_most(Decimal(100 * part) / whole, "0.1")


def percent(value: Decimal) -> str:
    """100.0 is "100 %", 99.6 is "99.6 %"."""
    return f"{int(value)} %" if value == value.to_integral_value() else f"{value} %"


# -- The claims ------------------------------------------------------------------------------------------------


def how_many(runs: Runs, until: datetime) -> tuple[Decimal, str, str]:
    number = len(runs)
    return Decimal(number), count(number), f"{count(number)} runs of the pipeline ended: {by_status(runs)}"


def by_status(runs: Runs) -> str:
    """ "288 success, 1 partial, 1 failed"."""
    numbers = Counter(run.status for run in runs)
    return ", ".join(f"{count(numbers[status])} {status}" for status in ENDED if numbers[status])


def succeeded(runs: Runs, until: datetime) -> tuple[Decimal, str, str]:
    good = sum(run.status == Status.SUCCESS for run in runs)
    value = share(good, len(runs))
    return value, percent(value), f"{count(good)} of {count(len(runs))} runs succeeded in all their parts"


def tasks_succeeded(runs: Runs, until: datetime) -> tuple[Decimal, str, str] | None:
    executed, good = sum(run.tasks_executed for run in runs), sum(run.tasks_succeeded for run in runs)
    if not executed:
        return None
    value = share(good, executed)
    return value, percent(value), f"{count(good)} of {count(executed)} tasks in {count(len(runs))} runs succeeded"


def speedup(runs: Runs, until: datetime) -> tuple[Decimal, str, str]:
    value = at_most(median(run.parallel_speedup_factor or Decimal(0) for run in runs), "0.1")
    words = f"at least half of {count(len(runs))} runs were {value} times as fast as one task after the other, or more"
    return value, f"{value}×", words


def took(runs: Runs, until: datetime) -> tuple[Decimal, str, str]:
    seconds = median(run.total_duration_seconds or Decimal(0) for run in runs)
    value = at_least(seconds, "0.1")
    # Above a minute the words show whole seconds.
    text = duration(value if value < 60 else at_least(seconds, "1"))
    return value, text, f"at least half of {count(len(runs))} runs took {text} or less"


def requests(runs: Runs, until: datetime) -> tuple[Decimal, str, str] | None:
    sent, repositories = sum(run.requests_sent for run in runs), sum(run.repos_processed for run in runs)
    if not repositories:
        return None
    value = at_least(Decimal(sent) / repositories, "0.01")
    words = f"{count(len(runs))} runs sent {count(sent)} requests and published {count(repositories)} repositories"
    return value, f"{value}", f"{words}, on average {value} requests or less for each"


def hours_kept(runs: Runs, until: datetime) -> tuple[Decimal, str, str] | None:
    """Of the full hours since that of the first scheduled run, those in which one began on time."""
    first = min(full_hour(run.execution_date) for run in runs)
    hours = (until - first) // HOUR
    on_time = {full_hour(run.execution_date) for run in runs if is_on_time(run)}
    kept = sum(hour + HOUR <= until for hour in on_time)
    if hours < ENOUGH:
        return None
    value = share(kept, hours)
    return value, percent(value), f"a scheduled run began on time in {count(kept)} of {count(hours)} hours"


def full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def is_on_time(run: WorkflowExecution) -> bool:
    return run.execution_date - full_hour(run.execution_date) <= ON_TIME


KINDS = (
    Kind("runs", "Runs in 30 days", "Number of runs that ended.", lambda run: True, how_many),
    Kind(
        "success",
        "Runs that succeeded",
        "Runs with the status success / all runs that ended. A run of which a part failed counts as not succeeded.",
        lambda run: True,
        succeeded,
    ),
    Kind(
        "tasks",
        "Tasks that succeeded",
        "Tasks that succeeded / tasks executed, added up over the runs whose record was closed.",
        lambda run: run.status in CLOSED,
        tasks_succeeded,
    ),
    Kind(
        "speedup",
        "Median speedup",
        "Of each run that published: seconds of all its tasks / seconds on the clock; the middle one of these.",
        lambda run: run.status in PUBLISHED and run.parallel_speedup_factor is not None,
        speedup,
    ),
    Kind(
        "duration",
        "Median duration",
        "Seconds from start to end of each run that published; the middle one of these.",
        lambda run: run.status in PUBLISHED and run.total_duration_seconds is not None,
        took,
    ),
    Kind(
        "requests",
        "Requests per repository",
        "Requests sent to GitHub by all runs whose record was closed, failed ones too / repositories they published.",
        lambda run: run.status in CLOSED,
        requests,
    ),
    Kind(
        "hours",
        "Hours kept",
        "Full hours (UTC) since the first scheduled run of the 30 days in which a scheduled run began within 5 minutes "
        "/ all full hours since then. Hours in which nothing ran count as not kept.",
        lambda run: run.trigger == Trigger.SCHEDULE,
        hours_kept,
    ),
)
SLUGS = tuple(kind.slug for kind in KINDS)
