"""The momentum score and its parts: pure arithmetic over the facts of one repository.

    star_velocity  = stars gained in 7 days / max(stars, 1) x 100
    activity_score = 0.4 x commits + 0.3 x closed issues + 0.3 x active contributors, each of the last 7 days
    momentum_score = (0.4 x star_velocity + 0.6 x activity_score) x 1.2 if it uses Render x 0.9 if older than 180 days

The weights and factors are settings. An unknown input counts as nothing and is named in `unknown_parts`. Each part is
rounded to six decimals and the score is the sum of the rounded parts, so that the sum shown adds up exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

PLACES = Decimal("0.000001")
ZERO = Decimal(0).quantize(PLACES)


@dataclass(frozen=True, slots=True)
class Inputs:
    """None is unknown. Counts are of the last seven days."""

    stars: int
    stars_gained_7d: int | None
    commits: int | None
    issues_closed: int | None
    contributors: int | None
    uses_render: bool | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class Score:
    """velocity_part + activity_part + render_boost + age_penalty = momentum_score, exactly.

    Velocity is in percent. A score is None when none of its inputs is known.
    """

    star_velocity: Decimal | None
    activity_score: Decimal | None
    momentum_score: Decimal | None
    velocity_part: Decimal
    activity_part: Decimal
    render_boost: Decimal
    age_penalty: Decimal
    unknown_parts: list[str]


def score(inputs: Inputs, weights: Mapping[str, Any], now: datetime) -> Score:
    velocity, activity = star_velocity(inputs), activity_score(inputs, weights)
    velocity_part = _round(weights["velocity_weight"] * (velocity or 0))
    activity_part = _round(weights["activity_weight"] * (activity or 0))
    base = velocity_part + activity_part
    boost = _round(base * (weights["render_factor"] - 1)) if inputs.uses_render else ZERO
    is_old = inputs.created_at is not None and now - inputs.created_at > timedelta(days=weights["age_days"])
    penalty = _round((base + boost) * (weights["age_factor"] - 1)) if is_old else ZERO
    known = velocity is not None or activity is not None
    return Score(
        star_velocity=velocity,
        activity_score=activity,
        momentum_score=base + boost + penalty if known else None,
        velocity_part=velocity_part,
        activity_part=activity_part,
        render_boost=boost,
        age_penalty=penalty,
        unknown_parts=unknown_parts(inputs),
    )


def star_velocity(inputs: Inputs) -> Decimal | None:
    """Stars gained in seven days as percent of the stars held."""
    if inputs.stars_gained_7d is None:
        return None
    return _round(Decimal(inputs.stars_gained_7d) * 100 / max(inputs.stars, 1))


def activity_score(inputs: Inputs, weights: Mapping[str, Any]) -> Decimal | None:
    counts = {
        "commits_weight": inputs.commits,
        "issues_weight": inputs.issues_closed,
        "contributors_weight": inputs.contributors,
    }
    if all(count is None for count in counts.values()):
        return None
    return _round(sum((weights[name] * (count or 0) for name, count in counts.items()), Decimal(0)))


def unknown_parts(inputs: Inputs) -> list[str]:
    names = {
        "stars_gained_7d": inputs.stars_gained_7d,
        "commits_last_7_days": inputs.commits,
        "issues_closed_last_7_days": inputs.issues_closed,
        "active_contributors": inputs.contributors,
        "uses_render": inputs.uses_render,
        "created_at": inputs.created_at,
    }
    return [name for name, value in names.items() if value is None]


def _round(value: Decimal) -> Decimal:
    return Decimal(value).quantize(PLACES, ROUND_HALF_EVEN) + ZERO  # without ZERO, a tenth less of nothing is "-0"
