"""Rows of the ranking made ready for a page. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote, urlsplit

from dashboard.charts import Sparkline, sparkline
from dashboard.languages import language_slug
from pipeline.models.analytics import RankedRepo

NEW_WITHIN = timedelta(days=60)
YOUNG = timedelta(days=180)
# A star or two are no climb, however few there were before.
LEAST_RISING = 10
STEADY_WEEKS = 8
SPARKLINE_DAYS = 30
# Two lines of the table hold no more.
LONGEST_DESCRIPTION = 130

UNKNOWN_WORDS = {
    "stars_gained_7d": "stars gained",
    "commits_last_7_days": "commits",
    "issues_closed_last_7_days": "closed issues",
    "active_contributors": "contributors",
    "uses_render": "use of Render",
    "created_at": "creation date",
}

Gains = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Badge:
    """A word beside a repository; `kind` is its look, `title` says what the word means."""

    kind: str
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Movement:
    """How the rank changed since the repository's day before: `places` up (above zero) or down."""

    places: int
    text: str
    title: str

    @property
    def kind(self) -> str:
        return "up" if self.places > 0 else "down" if self.places < 0 else "same"


@dataclass(frozen=True, slots=True)
class Entry:
    """One repository in a list. `momentum_share` is its score in percent of the list's highest, None if unknown."""

    repo: RankedRepo
    rank: int | None
    movement: Movement | None
    owner: str
    name: str
    href: str
    language_href: str | None
    description: str
    gained: int | None
    momentum_share: float | None
    badges: list[Badge]
    sparkline: Sparkline | None


def entries(
    rows: Sequence[RankedRepo],
    now: datetime,
    gains: Mapping[int, Gains],
    gain_column: str = "stars_gained_7d",
    newest: date | None = None,
    highest: Decimal | None = None,
) -> list[Entry]:
    """The rows in their order.

    `gains` is {github_id: {"YYYY-MM-DD": stars gained}}, `now` the moment ages are counted from, `newest` the newest
    day and `highest` the highest score of the list that the rows are part of.
    """
    highest, newest = highest or highest_momentum(rows), newest or newest_day(rows, now)
    return [_entry(row, now, newest, highest, gains.get(row.github_id, {}), gain_column) for row in rows]


def highest_momentum(rows: Sequence[RankedRepo]) -> Decimal | None:
    return max((row.momentum_score for row in rows if row.momentum_score is not None), default=None)


def newest_day(rows: Sequence[RankedRepo], now: datetime) -> date:
    return max((row.snapshot_date for row in rows), default=now.date())


def _entry(
    row: RankedRepo, now: datetime, newest: date, highest: Decimal | None, gains: Gains, gain_column: str
) -> Entry:
    owner, _, name = row.repo_full_name.rpartition("/")
    return Entry(
        repo=row,
        rank=row.rank_overall,
        movement=movement(getattr(row, "previous_rank", None), row.rank_overall),
        owner=owner,
        name=name,
        href=repo_href(row.repo_full_name),
        language_href=language_href(row.language),
        description=shortened(row.description or ""),
        gained=getattr(row, gain_column),
        momentum_share=share(row.momentum_score, highest),
        badges=[*aged(row, newest), *badges(row, now)],
        sparkline=sparkline([gains.get(day) for day in day_names(row.snapshot_date)]) if gains else None,
    )


def repo_href(full_name: str) -> str:
    """The address of a repository's page."""
    return f"/repo/{quote(full_name)}/"


def language_href(language: str | None) -> str | None:
    slug = language_slug(language or "")
    return f"/language/{slug}/" if slug else None


def shortened(text: str) -> str:
    """At most as much as a row shows."""
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1].rstrip()}…"


@lru_cache(maxsize=64)
def day_names(last: date, days: int = SPARKLINE_DAYS) -> tuple[str, ...]:
    """ "YYYY-MM-DD" of `days` days up to `last`, oldest first."""
    return tuple((last - timedelta(days=back)).isoformat() for back in reversed(range(days)))


def movement(before: int | None, now: int | None) -> Movement | None:
    """None where there is no rank of the day before, or none now."""
    if before is None or now is None:
        return None
    places = before - now
    if not places:
        return Movement(0, "=", f"Rank {before} the day before too")
    arrow, word = ("▲", "up") if places > 0 else ("▼", "down")
    return Movement(places, f"{arrow} {abs(places)}", f"{abs(places)} {word} from rank {before} the day before")


def web_link(url: str | None) -> str | None:
    """The address if it is one of the web (http or https with a host), else None."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def share(value: object, highest: object) -> float | None:
    """`value` in percent of `highest`, 0.0 to 100.0; None where it is unknown."""
    if value is None or highest is None:
        return None
    top = float(str(highest))
    return round(min(max(float(str(value)) / top, 0.0), 1.0) * 100, 1) if top > 0 else 0.0


def badges(row: RankedRepo, now: datetime) -> list[Badge]:
    found = []
    if row.uses_render:
        found.append(Badge("render", "Render", "A render.yaml lies in the root of its default branch"))
    if row.created_at is not None and timedelta(0) <= now - row.created_at <= NEW_WITHIN:
        found.append(Badge("new", "New", f"Created {row.created_at:%Y-%m-%d}, within the last {NEW_WITHIN.days} days"))
    if is_rising(row, now):
        title = "Younger than 180 days, 10 stars or more in 7 days, and faster than in the last 30 days"
        found.append(Badge("rising", "Rising", title))
    if row.unknown_parts:
        text = f"Partial data: {unknown_words(row.unknown_parts)} unknown"
        found.append(Badge("partial", text, "What is unknown counts as nothing in the score"))
    return found


def aged(row: RankedRepo, newest: date) -> list[Badge]:
    """A mark for a row that is older than the newest of its list: its stream has not been read since."""
    if row.snapshot_date >= newest:
        return []
    return [Badge("old", f"Of {row.snapshot_date}", "Its stream could not be read since; its rank is that of this day")]


def is_rising(row: RankedRepo, now: datetime) -> bool:
    """Young and climbing; the same rule as the list's query."""
    week, month = row.stars_gained_7d, row.stars_gained_30d
    if week is None or week < LEAST_RISING or month is None or row.created_at is None:
        return False
    return row.created_at >= now - YOUNG and week * 30 > month * 7


def is_steady(row: RankedRepo) -> bool:
    """Gaining stars in every one of the last 8 weeks; the same rule as the list's query."""
    return (row.weeks_gaining or 0) >= STEADY_WEEKS


def unknown_words(parts: Sequence[str]) -> str:
    """Names of score inputs as words: "commits, closed issues and contributors"."""
    words = [UNKNOWN_WORDS.get(part, part.replace("_", " ")) for part in parts]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
