"""Rows of the ranking made ready for a page. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.models.analytics import TrendingRepo

NEW_WITHIN = timedelta(days=60)

UNKNOWN_WORDS = {
    "stars_gained_7d": "stars gained",
    "commits_last_7_days": "commits",
    "issues_closed_last_7_days": "closed issues",
    "active_contributors": "contributors",
    "uses_render": "use of Render",
    "created_at": "creation date",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A word beside a repository; `kind` is its look, `title` says what the word means."""

    kind: str
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One repository in the list. `momentum_share` is its score in percent of the list's highest, None if unknown."""

    rank: int
    repo: TrendingRepo
    owner: str
    name: str
    link: str | None
    momentum_share: float | None
    badges: list[Badge]


def entries(rows: Sequence[TrendingRepo], now: datetime) -> list[Entry]:
    """The rows in their order, each with its rank: the stored one where all are of the same day, else the position."""
    is_ranked_as_one = len({row.snapshot_date for row in rows}) == 1 and all(row.rank_overall for row in rows)
    highest = max((row.momentum_score for row in rows if row.momentum_score is not None), default=None)
    found = []
    for position, row in enumerate(rows, start=1):
        owner, _, name = row.repo_full_name.rpartition("/")
        found.append(
            Entry(
                rank=row.rank_overall or position if is_ranked_as_one else position,
                repo=row,
                owner=owner,
                name=name,
                link=web_link(row.repo_url),
                momentum_share=share(row.momentum_score, highest),
                badges=badges(row, now),
            )
        )
    return found


def web_link(url: str) -> str | None:
    """The address if it is one of the web (http or https with a host), else None."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def share(value: object, highest: object) -> float | None:
    """`value` in percent of `highest`, 0.0 to 100.0; None where it is unknown."""
    if value is None or highest is None:
        return None
    top = float(str(highest))
    return round(min(max(float(str(value)) / top, 0.0), 1.0) * 100, 1) if top > 0 else 0.0


def badges(row: TrendingRepo, now: datetime) -> list[Badge]:
    found = []
    if row.uses_render:
        found.append(Badge("render", "Render", "A render.yaml lies in the root of its default branch"))
    if row.created_at is not None and now - row.created_at <= NEW_WITHIN:
        found.append(Badge("new", "New", f"Created {row.created_at:%Y-%m-%d}, within the last {NEW_WITHIN.days} days"))
    if row.unknown_parts:
        text = f"Partial data: {unknown_words(row.unknown_parts)} unknown"
        found.append(Badge("partial", text, "What is unknown counts as nothing in the score"))
    return found


def unknown_words(parts: Sequence[str]) -> str:
    """Names of score inputs as words: "commits, closed issues and contributors"."""
    words = [UNKNOWN_WORDS.get(part, part.replace("_", " ")) for part in parts]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
