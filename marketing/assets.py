"""Makes the week's social cards and keeps them."""

from datetime import date, datetime

from django.db import transaction

from dashboard.queries.moment import one_moment
from dashboard.queries.ranking import star_days
from marketing.card_facts import CHART_DAYS, CardFacts, alt_text, card_facts
from marketing.cards import SHAPES, THEMES, Shape, draw
from marketing.models import MarketingAsset
from marketing.queries import cards as queries

Kind = MarketingAsset.AssetType
KINDS: dict[Shape, Kind] = {"wide": Kind.CARD_WIDE, "square": Kind.CARD_SQUARE}
NOBODY = (
    "No cards were made: no community project with a render.yaml has a known number of stars gained above 0 "
    "in the last 7 days."
)


def make_weekly_cards(now: datetime) -> str:
    """Cards of the week's five community projects, in both shapes and themes, in place of the same day's before."""
    chosen = weekly_facts()
    if not chosen:
        return NOBODY
    assets = [asset for facts in chosen for asset in assets_of(facts, now)]
    with transaction.atomic():
        store(chosen[0].day, assets)
    return (
        f"{len(assets)} cards of {len(chosen)} community projects were made from run {chosen[0].execution_id} "
        f"of {chosen[0].day}."
    )


def weekly_facts() -> list[CardFacts]:
    """What the cards of the week say, the most stars gained first; two queries."""
    with one_moment():
        rows = queries.weekly_top()
        gains = star_days([row.github_id for row in rows], rows[0].snapshot_date, CHART_DAYS) if rows else {}
    return [card_facts(row, gains.get(row.github_id, {}), place, row.among) for place, row in enumerate(rows, 1)]


def assets_of(facts: CardFacts, now: datetime) -> list[MarketingAsset]:
    """One for each shape and theme, not saved yet."""
    text = alt_text(facts)
    return [
        MarketingAsset(
            asset_type=KINDS[shape],
            theme=theme,
            github_id=facts.github_id,
            repo_full_name=facts.full_name,
            alt_text=text,
            image=draw(facts, shape, theme),
            execution_id=facts.execution_id,
            snapshot_date=facts.day,
            created_at=now,
        )
        for shape in SHAPES
        for theme in THEMES
    ]


def store(day: date, assets: list[MarketingAsset]) -> None:
    """Replaces what is stored of the day. A card that was there already keeps its id, so that its address stands."""
    chosen = {asset.github_id for asset in assets}
    MarketingAsset.objects.filter(snapshot_date=day).exclude(github_id__in=chosen).delete()
    MarketingAsset.objects.bulk_create(
        assets,
        update_conflicts=True,
        unique_fields=["github_id", "asset_type", "theme", "snapshot_date"],
        update_fields=["repo_full_name", "alt_text", "image", "execution_id", "created_at"],
    )
