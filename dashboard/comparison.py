"""Repositories side by side: what a comparison says of each. No database, no clock."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import quote

from django import forms
from django.http import QueryDict

from dashboard.charts import Chart, Role, Series, Sparkline, sparkline
from dashboard.ranking import Entry, Gains, day_names
from dashboard.templatetags.figures import UNKNOWN, count, gain, one_decimal
from pipeline.models.analytics import RankedRepo

MOST, FEWEST = 4, 2
# More names than can be compared are read, since some may be unknown; and no endless list.
MOST_NAMES = 12
LONGEST = 2000
LONGEST_SHOWN = 40
CHART_DAYS = 30
MULTIPLE_SIZE = (260, 72)
ROLES: tuple[Role, ...] = ("accent", "third", "muted")
GITHUB = re.compile(r"^(https?://)?(www\.)?github\.com/", re.IGNORECASE)

Number = int | Decimal | None


# -- Which repositories ----------------------------------------------------------------------------------------


class CompareForm(forms.Form):
    repos = forms.CharField(required=False, max_length=LONGEST)


@dataclass(frozen=True, slots=True)
class Asked:
    """Full names in the order given, none twice, and a sentence for each thing that could not be taken."""

    names: list[str]
    notices: list[str]


def read_names(params: QueryDict) -> Asked:
    """The names in all parameters `repos`, with commas or spaces between them; addresses on GitHub are names too."""
    form = CompareForm({"repos": ",".join(params.getlist("repos"))})
    if not form.is_valid():
        return Asked([], ["The list of repositories is too long or holds signs that no name has; none was taken."])
    parts = [GITHUB.sub("", part).strip("/") for part in re.split(r"[,\s]+", form.cleaned_data["repos"]) if part]
    names = list({part.lower(): part for part in reversed(parts) if is_name(part)}.values())[::-1]
    odd = [part for part in parts if not is_name(part)]
    notices = [f"{_listed(odd)} {'is' if len(odd) == 1 else 'are'} not written as owner/name."] if odd else []
    if len(names) > MOST_NAMES:
        notices.append(f"Only the first {MOST_NAMES} names were looked up.")
    return Asked(names[:MOST_NAMES], notices)


def is_name(text: str) -> bool:
    owner, slash, name = text.partition("/")
    return bool(owner and slash and name and "/" not in name)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the names led to: rows in the order asked for, and sentences on what they did not lead to."""

    rows: list[RankedRepo]
    notices: list[str]


def choose(asked: Asked, ids: Mapping[str, int], ranked: Mapping[int, RankedRepo]) -> Chosen:
    """`ids` are {name in lower case: github_id}, `ranked` {github_id: row}."""
    notices = list(asked.notices)
    unknown = [name for name in asked.names if name.lower() not in ids]
    unranked = [name for name in asked.names if name.lower() in ids and ids[name.lower()] not in ranked]
    if unknown:
        notices.append(f"{_listed(unknown)} {'is' if len(unknown) == 1 else 'are'} not known here.")
    if unranked:
        notices.append(f"{_listed(unranked)} {'is' if len(unranked) == 1 else 'are'} not in the current ranking.")
    rows: dict[int, RankedRepo] = {}
    for name in asked.names:
        row = ranked.get(ids.get(name.lower(), -1))
        if row is None:
            continue
        if row.repo_full_name.lower() != name.lower():
            notices.append(f"“{_short(name)}” is now called “{_short(row.repo_full_name)}”.")
        rows.setdefault(row.github_id, row)
    if len(rows) > MOST:
        left_out = [row.repo_full_name for row in list(rows.values())[MOST:]]
        notices.append(f"At most {MOST} can be compared at once; {_listed(left_out)} left out.")
    return Chosen(list(rows.values())[:MOST], notices)


def compare_query(names: Sequence[str]) -> str:
    """ "?repos=a/b,c/d"; "?" for none."""
    return "?repos=" + ",".join(quote(name) for name in names) if names else "?"


def _listed(names: Sequence[str]) -> str:
    shown = [f"“{_short(name)}”" for name in names[:MOST]]
    more = len(names) - len(shown)
    return ", ".join([*shown, f"{more} more"] if more else shown)


def _short(text: str, most: int = LONGEST_SHOWN) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


# -- The table -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of the table. `best` says which value is marked, None where none is better than another."""

    label: str
    column: str
    write: Callable[..., str]
    best: Callable[..., Number] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    is_best: bool = False

    @property
    def is_unknown(self) -> bool:
        return self.text == UNKNOWN


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    title: str
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: list[Line]


def _percent(value: Decimal | None) -> str:
    return UNKNOWN if value is None else f"{one_decimal(value)} %"


def _signed(value: Decimal | None) -> str:
    """A part of the score with its sign; parts have two digits, so that small ones are not all zero."""
    return UNKNOWN if value is None else f"{value:+,.2f}" if value else "0.00"


def _weeks(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value} {'week' if value == 1 else 'weeks'}"


def _day(value: date | None) -> str:
    return UNKNOWN if value is None else f"{value:%Y-%m-%d}"


def _words(value: str | None) -> str:
    return value or UNKNOWN


def _render(value: bool | None) -> str:
    return {True: "yes, render.yaml in the root", False: "no"}.get(value, UNKNOWN) if value is not None else UNKNOWN


def _share(value: Decimal) -> str:
    return f"{value * 100:.0f} %"


METRICS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    (
        "Standing",
        (
            Metric("Rank", "rank_overall", count, min, "Among all repositories, by momentum"),
            Metric("Rank in its language", "rank_in_language", count),
            Metric("Momentum", "momentum_score", one_decimal, max),
            Metric("Stars", "stars", count, max),
            Metric("Forks", "forks", count, max),
        ),
    ),
    (
        "Stars gained",
        (
            Metric("In 24 hours", "stars_gained_24h", gain, max),
            Metric("In 7 days", "stars_gained_7d", gain, max),
            Metric("In 30 days", "stars_gained_30d", gain, max),
            Metric("Velocity", "star_velocity", _percent, max, "Stars of 7 days in percent of all"),
            Metric("Gaining without a break", "weeks_gaining", _weeks, max, "Weeks in a row with stars gained"),
        ),
    ),
    (
        "Work of 7 days",
        (
            Metric("Commits", "commits_last_7_days", count, max),
            Metric("Issues closed", "issues_closed_last_7_days", count, max),
            Metric("Active contributors", "active_contributors", count, max, "Authors of the commits, without bots"),
        ),
    ),
    (
        "Parts of the momentum",
        (
            Metric("Velocity", "velocity_part", _signed),
            Metric("Activity", "activity_part", _signed),
            Metric("Render bonus", "render_boost", _signed),
            Metric("Age discount", "age_penalty", _signed),
        ),
    ),
    (
        "About",
        (
            Metric("Uses Render", "uses_render", _render),
            Metric("Language", "language", _words),
            Metric("Created", "created_at", _day),
            Metric("Data quality", "data_quality_score", _share, None, "Share of what is known, and how fresh it is"),
            Metric("Numbers of", "snapshot_date", _day),
        ),
    ),
)


def table(rows: Sequence[RankedRepo]) -> list[Group]:
    """All metrics, one value for each row."""
    return [Group(title, [_line(metric, rows) for metric in metrics]) for title, metrics in METRICS]


def _line(metric: Metric, rows: Sequence[RankedRepo]) -> Line:
    values = [getattr(row, metric.column) for row in rows]
    best = _best(metric, values)
    written = [Value(metric.write(value), value is not None and value == best) for value in values]
    return Line(metric.label, metric.title, written)


def _best(metric: Metric, values: Sequence[Number]) -> Number:
    """The value to mark; None where fewer than two are known or all are the same."""
    known = [value for value in values if value is not None]
    return metric.best(known) if metric.best and len(known) > 1 and len(set(known)) > 1 else None


# -- The course of 30 days -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Multiple:
    """One of several small pictures on the same scale."""

    name: str
    line: Sparkline


def chart(entries: Sequence[Entry], gains: Mapping[int, Gains], last: date) -> Chart:
    """Stars gained each day, for at most three."""
    days = day_names(last, CHART_DAYS)
    names = short_names([entry.repo.repo_full_name for entry in entries])
    series = [
        Series(name, [gains.get(entry.repo.github_id, {}).get(day) for day in days], role)
        for name, entry, role in zip(names, entries, ROLES, strict=False)
    ]
    sums = [f"{each.name} {sum(value or 0 for value in each.values):,}" for each in series]
    return Chart(
        id="compared-stars",
        kind="line",
        title="Stars gained each day",
        summary=f"Stars gained in the {CHART_DAYS} days to {last}: {', '.join(sums)}.",
        labels=days,
        series=series,
        unit="stars",
        empty="No star history is known of these yet.",
    )


def multiples(entries: Sequence[Entry], gains: Mapping[int, Gains], last: date) -> list[Multiple]:
    """The same for four: a picture each, since four lines in one are a tangle."""
    highest = max((max(days.values(), default=0) for days in gains.values()), default=0)
    wide, high = MULTIPLE_SIZE
    days = day_names(last, CHART_DAYS)
    return [
        Multiple(
            entry.repo.repo_full_name,
            sparkline(
                [gains.get(entry.repo.github_id, {}).get(day) for day in days],
                wide,
                high,
                highest,
            ),
        )
        for entry in entries
    ]


def short_names(full_names: Sequence[str]) -> list[str]:
    """Without the owners where that leaves them different; shortened, numbered if that makes two the same."""
    short = [name.rpartition("/")[2] for name in full_names]
    chosen = short if len(set(short)) == len(short) else list(full_names)
    cut = [_short(name, 24) for name in chosen]
    return cut if len(set(cut)) == len(cut) else [f"{number}. {name}" for number, name in enumerate(cut, 1)]
