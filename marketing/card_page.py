"""Cards made ready for their pages: each repository with its four pictures. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from urllib.parse import quote

from django import forms

from dashboard.ranking import repo_href
from marketing.card_facts import CardFacts, alt_text, file_name
from marketing.cards import SHAPES, SIZES, THEMES, Shape, Theme
from marketing.models import MarketingAsset
from pipeline.models.analytics import RankedRepo

LONGEST_SEARCH = 320
GITHUB = ("https://github.com/", "http://github.com/", "github.com/")
KINDS: dict[str, Shape] = {"card_wide": "wide", "card_square": "square"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: `words` are its size and theme."""

    shape: str
    width: int
    height: int
    words: str
    href: str
    file_name: str


@dataclass(frozen=True, slots=True)
class CardSet:
    """A repository's pictures; they show the same, so one alt text holds for all of them.

    `gained` is None where unknown, `is_gone` where the day's row is no longer known.
    """

    owner: str
    name: str
    alt_text: str
    pictures: list[Picture]
    execution_id: int
    day: date
    made_at: datetime | None
    gained: int | None
    is_gone: bool = False

    @property
    def repo_href(self) -> str:
        return repo_href(f"{self.owner}/{self.name}")

    @property
    def cards_href(self) -> str:
        return cards_href(f"{self.owner}/{self.name}")


class SearchForm(forms.Form):
    """A part of a name, or the whole address of a repository on GitHub."""

    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)

    def clean_q(self) -> str:
        text: str = self.cleaned_data["q"]
        start = next((start for start in GITHUB if text.lower().startswith(start)), "")
        return text[len(start) :].removesuffix("/").removesuffix(".git") if start else text


def read_search(params: Mapping[str, str]) -> tuple[str, list[str]]:
    """What is searched for, and a sentence where it can't be."""
    form = SearchForm(params)
    if form.is_valid():
        return str(form.cleaned_data["q"]), []
    return "", [f"Names have at most {LONGEST_SEARCH} characters and no control characters, so nothing was searched."]


def cards_href(full_name: str) -> str:
    """The address of the page with a repository's cards."""
    return f"/for-marketing/cards/{quote(full_name)}/"


def picture_href(full_name: str, shape: Shape, theme: Theme) -> str:
    """The address of a picture that is drawn when it is asked for."""
    return f"/for-marketing/card/{quote(full_name)}/{shape}-{theme}.png"


def asset_href(asset_id: int) -> str:
    return f"/for-marketing/asset/{asset_id}.png"


def on_demand(facts: CardFacts) -> CardSet:
    name = facts.full_name
    pictures = [_picture(shape, theme, picture_href(name, shape, theme), name) for shape in SHAPES for theme in THEMES]
    return CardSet(
        *(facts.owner, facts.name, alt_text(facts), pictures),
        *(facts.execution_id, facts.day, None, facts.gained),
    )


def stored(assets: Iterable[MarketingAsset], rows: Mapping[int, RankedRepo]) -> list[CardSet]:
    """The stored cards by repository, in the order of `rows`: {github_id: the day's row}."""
    order = {github_id: place for place, github_id in enumerate(rows)}
    ranked = sorted(assets, key=lambda each: (order.get(each.github_id, len(order)), each.github_id))
    groups = groupby(ranked, key=lambda each: each.github_id)
    return [_stored(list(group), rows.get(github_id)) for github_id, group in groups]


def _stored(assets: Sequence[MarketingAsset], row: RankedRepo | None) -> CardSet:
    first = assets[0]
    owner, _, name = first.repo_full_name.rpartition("/")
    ordered = sorted(assets, key=lambda each: (SHAPES.index(KINDS[each.asset_type]), each.theme != THEMES[0]))
    return CardSet(
        owner=owner,
        name=name,
        alt_text=first.alt_text,
        pictures=[
            _picture(KINDS[each.asset_type], each.theme, asset_href(each.pk), first.repo_full_name) for each in ordered
        ],
        execution_id=first.execution_id,
        day=first.snapshot_date,
        made_at=first.created_at,
        gained=row.stars_gained_7d if row else None,
        is_gone=row is None,
    )


def _picture(shape: Shape, theme: str, href: str, full_name: str) -> Picture:
    width, height = SIZES[shape]
    return Picture(shape, width, height, f"{width} × {height}, {theme}", href, file_name(full_name, shape, theme))
