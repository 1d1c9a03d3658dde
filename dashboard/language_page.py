"""A language's page: figures, rows with all their columns, and where they come from. No database, no clock."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from dashboard.cells import badge_list, momentum_cell, name_link, number, rank_cell, table_body, title_cell
from dashboard.filters import WINDOWS
from dashboard.kept_rows import KeptRows
from dashboard.languages import language_slug
from dashboard.ranking import aged, badges, movement, repo_href, share, shortened
from dashboard.runs.figures import Figure, percent
from dashboard.runs.figures import share as share_of
from dashboard.templatetags.figures import UNKNOWN, count, gain, one_decimal
from pipeline.models.analytics import LanguageDay

# The header leads to these, whether or not a repository of them has been ranked yet.
ALWAYS_THERE = {"python": "Python", "typescript": "TypeScript", "go": "Go"}
KEPT: KeptRows[Any, "Row"] = KeptRows()
NARROWER = {"TypeScript": "TypeScript (Next.js 16 or newer)"}


@dataclass(frozen=True, slots=True)
class Row:
    """The pieces of a repository's row, safe to put into a page as they are; `description` is text."""

    rank: SafeString
    name: SafeString
    description: str
    badges: SafeString
    momentum: SafeString
    gained: SafeString
    stars: SafeString
    velocity: SafeString
    commits: SafeString
    issues: SafeString
    contributors: SafeString
    forks: SafeString
    created: SafeString


@dataclass(frozen=True, slots=True)
class Standing:
    """The language on the day shown. `today` is None where it was not ranked then; `last` is its last day up to it."""

    today: LanguageDay | None
    rank: int | None
    languages: int
    last: date | None


def language_name(slug: str, known: dict[str, str]) -> str | None:
    """The name a slug stands for; None if no language has it. `known` is {slug: name} of those ranked now."""
    return known.get(slug) or ALWAYS_THERE.get(slug)


def title(language: str) -> str:
    """The name with what is left out of it: of TypeScript only some repositories are searched for."""
    return NARROWER.get(language, language)


def gain_heading(window: str) -> str:
    """ "Gained 7 d", the length of time in one piece."""
    return f"Gained {WINDOWS[window]}".replace(" d", "\u00a0d").replace(" h", "\u00a0h")


def scope(language: str, streams: Collection[str]) -> str:
    """A sentence on where the language's repositories come from. `streams` are the slugs of what is searched for."""
    if language == "TypeScript":
        return (
            "Of TypeScript, Trender searches for repositories whose package.json asks for Next.js 16 or newer; "
            "projects of the Render ecosystem are ranked whatever they ask for."
        )
    if language_slug(language) in {*streams, *ALWAYS_THERE}:
        return (
            f"Trender searches for {language} repositories that were pushed to in the last 30 days or created in the "
            "last 180 days and have the most stars, and adds those of the Render ecosystem."
        )
    return f"Trender does not search for {language}: these are the repositories of the Render ecosystem written in it."


# -- Figures ---------------------------------------------------------------------------------------------------


def standing(language: str, day: date | None, days: Sequence[LanguageDay]) -> Standing:
    """`days` hold the language's own and those of all languages on `day`, the oldest first."""
    own = [each for each in days if each.language == language]
    of_day = sorted((each for each in days if each.snapshot_date == day), key=_place)
    names = [each.language for each in of_day]
    is_there = language in names
    return Standing(
        today=of_day[names.index(language)] if is_there else None,
        rank=names.index(language) + 1 if is_there else None,
        languages=len(names),
        last=own[-1].snapshot_date if own else None,
    )


def _place(day: LanguageDay) -> tuple[Decimal, int, str]:
    """As analytics_language_rankings: momentum of all repositories, then stars, then name."""
    return -(day.momentum_total or Decimal(0)), -day.stars, day.language


def figures(found: Standing) -> list[Figure]:
    """The header's figures; none where the language was not ranked."""
    day = found.today
    if day is None:
        return []
    average = None if day.momentum_total is None or not day.repositories else day.momentum_total / day.repositories
    on_render = percent(share_of(day.render_repositories, day.repositories))
    return [
        Figure("Repositories", count(day.repositories), "ranked"),
        Figure("On Render", on_render, f"{day.render_repositories:,} with a render.yaml"),
        Figure("Stars", count(day.stars), "of all of them"),
        Figure("Stars gained", gain(day.stars_gained_7d), "in 7 days"),
        Figure("Average momentum", one_decimal(average), "points", "Momentum of all divided by their number"),
        Figure("Rank", count(found.rank), f"of {found.languages:,} languages", "By the momentum of all repositories"),
    ]


# -- Rows ------------------------------------------------------------------------------------------------------


def table_rows(rows: Sequence[Row]) -> SafeString:
    """The body of the language's table."""
    return table_body(map(_pieces, rows))


def _pieces(row: Row) -> list[SafeString]:
    """In the order of the columns."""
    return [
        row.rank,
        title_cell(row.name, row.badges, row.description),
        *(row.momentum, row.gained, row.stars, row.velocity, row.commits, row.issues, row.contributors),
        *(row.forks, row.created),
    ]


def rows(found: Sequence[Any], now: datetime, gain_column: str) -> list[Row]:
    """The ranking's rows in their order."""
    highest = max((row.momentum_score for row in found if row.momentum_score is not None), default=None)
    newest = max((row.snapshot_date for row in found), default=now.date())
    keys = [_key(row, now.date(), newest, highest, gain_column) for row in found]
    return KEPT.made(found, keys, lambda missing: [_row(row, now, newest, highest, gain_column) for row in missing])


def _key(row: Any, today: date, newest: date, highest: Decimal | None, gain_column: str) -> tuple[Any, ...]:
    """All that a row's look depends on."""
    is_older = row.snapshot_date < newest
    return row.snapshot_id, row.execution_id, row.previous_rank, today, is_older, highest, gain_column


def _row(row: Any, now: datetime, newest: date, highest: Decimal | None, gain_column: str) -> Row:
    owner, _, name = row.repo_full_name.rpartition("/")
    return Row(
        rank=rank_cell(row.rank_in_language, movement(row.previous_rank, row.rank_in_language)),
        name=name_link(repo_href(row.repo_full_name), owner, name),
        description=shortened(row.description or ""),
        badges=badge_list([*aged(row, newest), *badges(row, now)]),
        momentum=momentum_cell(row.momentum_score, share(row.momentum_score, highest)),
        gained=number(gain(getattr(row, gain_column))),
        stars=number(count(row.stars)),
        velocity=number(one_decimal(row.star_velocity)),
        commits=number(count(row.commits_last_7_days)),
        issues=number(count(row.issues_closed_last_7_days)),
        contributors=number(count(row.active_contributors)),
        forks=number(count(row.forks)),
        created=number(UNKNOWN if row.created_at is None else f"{row.created_at:%Y-%m-%d}"),
    )
