"""Which repositories are leads for a success story, and what can be said of one. No database, no clock."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pipeline.detection.untrusted import clean_text

FAST, STEADY = "fast_growth", "steady_growth"
OURS = ("official", "employee")
LONGEST_NAME, LONGEST_WORD = 300, 40
MOST_TYPES = 8
# Marks that turn the direction of the text after them, and characters that take no room.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")

Measure = Decimal | int | None


def one_line(text: object, longest: int) -> str:
    """A stranger's text as one line of at most `longest` characters, without marks that nobody sees."""
    line = " ".join(_UNSEEN.sub("", clean_text(str(text))).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


# -- Rules -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds as the settings name them; growth is in percent of a repository's stars."""

    fast_stars: int = 500
    fast_velocity: int = 50
    steady_stars: int = 100
    steady_weeks: int = 8
    steady_growth: int = 10


@dataclass(frozen=True, slots=True)
class Condition:
    """One part of a rule: what `measure` finds in a row of the ranking has to be `least` or more."""

    words: str
    measure: Callable[[Any], Measure]
    least: int

    def holds(self, row: Any) -> bool | None:
        """None where the measure is unknown."""
        value = self.measure(row)
        return None if value is None else value >= self.least


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes a repository a lead. `name` is stored with the lead, `settings` name its thresholds."""

    name: str
    title: str
    why: str
    conditions: tuple[Condition, ...]
    settings: tuple[str, ...]

    def holds(self, row: Any) -> bool | None:
        """Whether a row of the ranking meets every condition; None where what is unknown would decide."""
        found = [condition.holds(row) for condition in self.conditions]
        if False in found:
            return False
        return None if None in found else True


def rules(limits: Limits) -> tuple[Rule, ...]:
    """Every rule under these thresholds, by name."""
    return fast_growth(limits), steady_growth(limits)


def fast_growth(limits: Limits) -> Rule:
    return Rule(
        name=FAST,
        title="Fast growth",
        why="A week in which many people took it up at once. Few repositories of that size ever have one.",
        conditions=(
            Condition("a render.yaml in the root of its default branch", _uses_render, 1),
            Condition(f"{limits.fast_stars:,} stars or more", lambda row: row.stars, limits.fast_stars),
            Condition(
                f"{limits.fast_velocity} % of its stars or more gained in 7 days",
                lambda row: row.star_velocity,
                limits.fast_velocity,
            ),
        ),
        settings=("TRENDER_LEAD_STARS", "TRENDER_LEAD_VELOCITY"),
    )


def steady_growth(limits: Limits) -> Rule:
    return Rule(
        name=STEADY,
        title="Steady growth",
        why="Growth that one widely read post does not explain, in projects whose owners are not Render's own people.",
        conditions=(
            Condition("a render.yaml in the root of its default branch", _uses_render, 1),
            Condition("neither of Render's organisations nor of a listed employee", _is_somebody_elses, 1),
            Condition(f"{limits.steady_stars:,} stars or more", lambda row: row.stars, limits.steady_stars),
            Condition(
                f"stars gained in each of the last {limits.steady_weeks} weeks"
                if limits.steady_weeks > 1
                else "stars gained in the last week",
                lambda row: row.weeks_gaining,
                limits.steady_weeks,
            ),
            Condition(f"{limits.steady_growth} % of its stars or more gained in 30 days", growth, limits.steady_growth),
        ),
        settings=("TRENDER_STEADY_LEAD_STARS", "TRENDER_STEADY_LEAD_WEEKS", "TRENDER_STEADY_LEAD_GROWTH"),
    )


def growth(row: Any) -> Decimal | None:
    """Stars gained in 30 days in percent of the stars of now, as star_velocity is of 7 days."""
    gained = row.stars_gained_30d
    return None if gained is None else Decimal(gained) * 100 / max(row.stars, 1)


def _uses_render(row: Any) -> int | None:
    return None if row.uses_render is None else int(row.uses_render)


def _is_somebody_elses(row: Any) -> int:
    return int(row.render_category not in OURS)


# -- Words -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What a story is told from; None is unknown. `services` is {type: number}, `page` an absolute address."""

    full_name: str
    day: date
    run_id: int
    page: str
    stars: int
    language: str | None = None
    created_on: date | None = None
    gained_7d: int | None = None
    velocity: Decimal | None = None
    gained_30d: int | None = None
    weeks_gaining: int | None = None
    commits: int | None = None
    issues_closed: int | None = None
    contributors: int | None = None
    rank: int | None = None
    services: Mapping[str, int] | None = None
    has_button: bool | None = None
    is_demo: bool = False


def facts_of(row: Any, project: Any, page: str) -> Facts:
    """From a row of the ranking and what is known of its use of Render, None for nothing."""
    return Facts(
        full_name=row.repo_full_name,
        day=row.snapshot_date,
        run_id=row.execution_id,
        page=page,
        stars=row.stars,
        language=row.language,
        created_on=row.created_at.date() if row.created_at else None,
        gained_7d=row.stars_gained_7d,
        velocity=row.star_velocity,
        gained_30d=row.stars_gained_30d,
        weeks_gaining=row.weeks_gaining,
        commits=row.commits_last_7_days,
        issues_closed=row.issues_closed_last_7_days,
        contributors=row.active_contributors,
        rank=row.rank_overall,
        services=service_numbers(project.service_counts) if project and project.service_count is not None else None,
        has_button=project.has_blueprint_button if project else None,
        is_demo=row.is_demo,
    )


def service_numbers(counts: object) -> dict[str, int]:
    """{type: number} of what a render.yaml declares; a file may name types of its own."""
    pairs = counts.items() if isinstance(counts, Mapping) else ()
    return {one_line(name, LONGEST_WORD): number for name, number in pairs if isinstance(number, int)}


def story(facts: Facts) -> str:
    """Plain sentences, nothing but facts; what is unknown is named at the end."""
    sentences = [
        "Demo data: this repository is made up." if facts.is_demo else "",
        what_it_is(facts),
        on_render(facts),
        f"On {facts.day} it had {many(facts.stars, 'star')}.",
        gain_of(facts.gained_7d, 7, facts.velocity),
        gain_of(facts.gained_30d, 30, _percent_of(facts.gained_30d, facts.stars)),
        weeks(facts.weeks_gaining),
        work(facts),
        f"By momentum it was number {facts.rank:,} of all repositories ranked that day." if facts.rank else "",
        unknown(facts),
        f"Source: Trender, run {facts.run_id}, {facts.page}",
    ]
    return " ".join(filter(None, sentences))


def what_it_is(facts: Facts) -> str:
    language = f"written mainly in {one_line(facts.language, LONGEST_WORD)}" if facts.language else ""
    created = f"created on {facts.created_on}" if facts.created_on else ""
    more = " and ".join(filter(None, (language, created)))
    return f"{one_line(facts.full_name, LONGEST_NAME)} is a repository on GitHub{', ' if more else ''}{more}."


def on_render(facts: Facts) -> str:
    """What the render.yaml declares, and the deploy button if there is one."""
    declared = declares(facts.services)
    button = " Its README has a Deploy to Render button." if facts.has_button else ""
    return f"A render.yaml lies in the root of its default branch{declared}.{button}"


def declares(services: Mapping[str, int] | None) -> str:
    if services is None:
        return ""
    total = sum(services.values())
    if not total:
        return " and declares no service"
    named = [f"{name} {number:,}" for name, number in list(services.items())[:MOST_TYPES]]
    more = len(services) - MOST_TYPES
    rest = [many(more, "more type")] if more > 0 else []
    return f" and declares {many(total, 'service')}: {', '.join([*named, *rest])}"


def gain_of(gained: int | None, days: int, percent: Decimal | None) -> str:
    if gained is None:
        return ""
    share = f", {_one_decimal(percent)} % of its stars" if gained and percent is not None else ""
    return f"In the {days} days up to then it gained {many(gained, 'star')} that it still holds{share}."


def weeks(number: int | None) -> str:
    if number is None or number < 2:
        return ""
    return f"It gained stars in each of the {number} weeks up to then."


def work(facts: Facts) -> str:
    """What is known of the week's work; nothing where nothing is."""
    known = (
        (facts.commits, "commit"),
        (facts.issues_closed, "closed issue"),
        (facts.contributors, "author of commits"),
    )
    parts = [many(number, word) for number, word in known if number is not None]
    return f"The 7 days up to then had {listed(parts)}." if parts else ""


def unknown(facts: Facts) -> str:
    """ "Not known: the date of creation and the stars gained in 7 days."."""
    values = {
        "the main language": facts.language,
        "the date of creation": facts.created_on,
        "the services of its render.yaml": facts.services,
        "whether its README has a deploy button": facts.has_button,
        "the stars gained in 7 days": facts.gained_7d,
        "the stars gained in 30 days": facts.gained_30d,
        "the weeks in a row with stars gained": facts.weeks_gaining,
        "the commits of 7 days": facts.commits,
        "the issues closed in 7 days": facts.issues_closed,
        "the authors of commits in 7 days": facts.contributors,
    }
    missing = [words for words, value in values.items() if value is None]
    return f"Not known: {listed(missing)}." if missing else ""


def many(number: int, word: str) -> str:
    """ "1 star", "1,328 stars", "2 authors of commits"."""
    first, blank, rest = word.partition(" of ")
    return f"{number:,} {first}{'' if number == 1 else 's'}{blank}{rest}"


def listed(parts: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _percent_of(part: int | None, whole: int) -> Decimal | None:
    return None if part is None else Decimal(part) * 100 / max(whole, 1)


def _one_decimal(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP):,}"
