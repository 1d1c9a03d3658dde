"""Why a repository is trending: the stored parts of its momentum as steps that add up exactly. No database, no clock.

    velocity_part + activity_part + render_boost + age_penalty = momentum_score

The order of the factors is that of the score itself: the bonus is taken of the two parts, the discount of all three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, Literal, TypeAlias

from pipeline.models.analytics import RankedRepo

Kind: TypeAlias = Literal["gain", "loss", "none", "total"]
Weights: TypeAlias = Mapping[str, Any]

FEWEST_PLACES, STORED_PLACES = 2, 6
# Bars are drawn in a box of this width, which the page stretches.
WIDTH = 1000
NARROWEST = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """From `x` on, `width` wide, of WIDTH."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Step:
    """One addend, or the sum. `points` is what is shown, `how` and `details` say how it comes about."""

    label: str
    points: str
    how: str
    kind: Kind
    bar: Bar | None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """`steps` add up to `total` as they are shown; `exact` is the same sum with all the digits that are stored.

    `without_boost` is what the score would be without the Render bonus, None where there is none.
    """

    steps: tuple[Step, ...]
    total: str
    total_bar: Bar | None
    exact: str
    without_boost: str | None
    without_boost_exact: str


def waterfall(row: RankedRepo, weights: Weights) -> Waterfall | None:
    """The score's way from zero; None where nothing is known and there is no score."""
    if row.momentum_score is None:
        return None
    parts = (row.velocity_part, row.activity_part, row.render_boost, row.age_penalty)
    total, without = sum(parts, Decimal(0)), without_boost(row, weights)
    places = fewest_places(parts, total)
    bars, shown = _bars(parts), [signed(part, places) for part in parts]
    steps = (
        Step("Star velocity", shown[0], _velocity(row, weights), _kind(parts[0]), bars[0]),
        Step("Activity", shown[1], _activity(row, weights), _kind(parts[1]), bars[1], _activity_inputs(row, weights)),
        Step("Render bonus", shown[2], _boost(row, weights), _kind(parts[2]), bars[2]),
        Step("Age discount", shown[3], _age(row, weights), _kind(parts[3]), bars[3]),
    )
    return Waterfall(
        steps=steps,
        total=plain(total, places),
        total_bar=bars[-1],
        exact=_sum_in_full(parts, total),
        without_boost=plain(without, places) if row.render_boost else None,
        without_boost_exact=plain(without, STORED_PLACES),
    )


def without_boost(row: RankedRepo, weights: Weights) -> Decimal:
    """The score as it would be without the Render bonus: the discount is then taken of less."""
    base = row.velocity_part + row.activity_part
    # A discount of an old repository is zero only where it would be zero of less, too.
    return base + (_rounded(base * (weights["age_factor"] - 1)) if row.age_penalty else Decimal(0))


def _rounded(value: Decimal) -> Decimal:
    """As the score's parts are rounded."""
    return value.quantize(Decimal(1).scaleb(-STORED_PLACES), ROUND_HALF_EVEN)


def fewest_places(parts: Sequence[Decimal], total: Decimal) -> int:
    """Digits after the point with which each number is rounded rightly and the sum still holds; two or more."""
    for places in range(FEWEST_PLACES, STORED_PLACES):
        if sum(_cut(part, places) for part in parts) == _cut(total, places):
            return places
    return STORED_PLACES


def plain(value: Decimal, places: int) -> str:
    """1234.5 with two places is "1,234.50"."""
    return f"{_cut(value, places):,}".replace("-", "−")


def signed(value: Decimal, places: int) -> str:
    """ "+4.94", "−0.52"; nothing is "0" and has no sign."""
    return ("+" if value > 0 else "") + plain(value, places) if value else "0"


def _cut(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _sum_in_full(parts: Sequence[Decimal], total: Decimal) -> str:
    first, *others = (plain(part, STORED_PLACES) for part in parts)
    added = "".join(f" − {text[1:]}" if text.startswith("−") else f" + {text}" for text in others)
    return f"{first}{added} = {plain(total, STORED_PLACES)}"


def _kind(part: Decimal) -> Kind:
    return "gain" if part > 0 else "loss" if part < 0 else "none"


def _bars(parts: Sequence[Decimal]) -> list[Bar | None]:
    """Each part from where the one before ended, and last the sum from zero; None for nothing."""
    ends = [sum(parts[: count + 1], Decimal(0)) for count in range(len(parts))]
    spans = [*zip([Decimal(0), *ends], ends, strict=False), (Decimal(0), ends[-1])]
    top = max(ends)
    return [_bar(start, end, top) if start != end and top > 0 else None for start, end in spans]


def _bar(start: Decimal, end: Decimal, top: Decimal) -> Bar:
    """Wide enough to be seen, however little it is."""
    width = max(float(abs(end - start) / top) * WIDTH, NARROWEST)
    x = min(float(min(start, end) / top) * WIDTH, WIDTH - width)
    return Bar(round(x, 1), round(width, 1))


# -- How each part comes about, in words -----------------------------------------------------------------------


def trimmed(value: Decimal) -> str:
    """All digits there are, without zeros at the end: 12.340000 is "12.34"."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _velocity(row: RankedRepo, weights: Weights) -> str:
    if row.star_velocity is None:
        return "The stars gained in 7 days are unknown: counts as nothing"
    gained = "some" if row.stars_gained_7d is None else f"{row.stars_gained_7d:,}"
    return (
        f"{weights['velocity_weight']} × {trimmed(row.star_velocity)} %: "
        f"{gained} stars gained in 7 days, in percent of {max(row.stars, 1):,}"
    )


def _activity(row: RankedRepo, weights: Weights) -> str:
    if row.activity_score is None:
        return "Nothing is known of the work of the last 7 days: counts as nothing"
    return f"{weights['activity_weight']} × {trimmed(row.activity_score)}, the sum of"


def _activity_inputs(row: RankedRepo, weights: Weights) -> tuple[str, ...]:
    """One line each for commits, closed issues and contributors."""
    inputs = (
        ("commits", "commits_weight", row.commits_last_7_days),
        ("closed issues", "issues_weight", row.issues_closed_last_7_days),
        ("active contributors", "contributors_weight", row.active_contributors),
    )
    if row.activity_score is None:
        return ()
    return tuple(
        f"{weights[weight]} × {words} unknown: counts as nothing"
        if count is None
        else f"{weights[weight]} × {count:,} {words} = {trimmed(weights[weight] * count)}"
        for words, weight, count in inputs
    )


def _boost(row: RankedRepo, weights: Weights) -> str:
    if row.render_boost:
        return f"× {weights['render_factor']}: it has a render.yaml in its root"
    if "uses_render" in row.unknown_parts:
        return "Whether it uses Render is unknown: counts as nothing"
    return "Nothing to add to" if row.uses_render else "None: it has no render.yaml in its root"


def _age(row: RankedRepo, weights: Weights) -> str:
    days = weights["age_days"]
    if row.age_penalty:
        return f"× {weights['age_factor']}: it is older than {days} days"
    if "created_at" in row.unknown_parts or row.created_at is None:
        return "When it was created is unknown: counts as nothing"
    return f"None: it is not older than {days} days" if row.momentum_score else "Nothing to take from"
