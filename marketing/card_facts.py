"""What a social card says about a repository, and the same in words. Published rows in; no database, no clock."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboard.ranking import day_names
from dashboard.templatetags.figures import UNKNOWN, count, gain, one_decimal
from pipeline.models.analytics import RankedRepo
from trender.pictures.text import LONGEST, drawable

WEEK = 7
CHART_DAYS = 30
OF_WEEKLY = "community projects on Render"
# With names of 300 characters an alt text stays under the 1,000 that the strictest of the big networks takes.
LONGEST_DESCRIPTION = 280
LONGEST_NAME = 300
# They are not seen, and some turn the text around them; joiners of emoji are not among them.
STEERING = re.compile("[\u00ad\u061c\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class CardFacts:
    """One repository as published on `day` by the run `execution_id`; None is unknown.

    `gained` are the stars of the 7 days up to `day`; `days` those of each of the last 30, oldest first, without those
    before it was created. `place` is its place among the `among` community projects on Render whose gain of the week is
    known, both 0 on a card that was asked for by itself.
    """

    github_id: int
    owner: str
    name: str
    description: str
    language: str
    uses_render: bool
    is_demo: bool
    day: date
    execution_id: int
    stars: int
    gained: int | None
    rank: int | None
    momentum: Decimal | None
    days: tuple[int | None, ...]
    place: int = 0
    among: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def gained_words(self) -> str:
        return f"stars gained in the {WEEK} days to {self.day}"

    @property
    def place_words(self) -> str:
        """Among how many is said, because those that were read are not all there are."""
        if not self.place or self.among < 2:
            return ""
        first = "Most" if self.place == 1 else f"{ordinal(self.place)} most"
        return f"{first} of {count(self.among)} {OF_WEEKLY}"

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """(what, value) of what stands beside the stars gained."""
        return (
            ("stars in all", count(self.stars)),
            ("momentum rank", count(self.rank)),
            ("momentum", one_decimal(self.momentum)),
        )

    @property
    def course_words(self) -> str:
        """What the bars are, and what is not known of them."""
        known = [day for day in self.days if day is not None]
        if not known:
            return f"stars a day, {UNKNOWN}"
        missing = len(self.days) - len(known)
        gap = f"; {missing} {'day' if missing == 1 else 'days'} {UNKNOWN}" if missing else ""
        span = f"last {len(self.days)} days" if len(self.days) > 1 else "first day"
        return f"stars a day, {span}, {count(max(known))} at most{gap}"

    @property
    def source_words(self) -> str:
        kind = "Made-up demo data" if self.is_demo else "Counts of GitHub"
        return f"{kind}, {self.day}, run {self.execution_id}"

    @property
    def drawn_owner(self) -> str:
        """A name that can't be drawn is replaced by one that leads to the repository as well."""
        return _telling(self.owner) or "github.com"

    @property
    def drawn_name(self) -> str:
        return _telling(self.name) or f"repository {self.github_id}"


def card_facts(row: RankedRepo, gains: Mapping[str, int], place: int = 0, among: int = 0) -> CardFacts:
    """`gains` is {"YYYY-MM-DD": stars gained} of the repository."""
    owner, _, name = row.repo_full_name.rpartition("/")
    return CardFacts(
        github_id=row.github_id,
        owner=owner,
        name=name,
        description=row.description or "",
        language=row.language or "",
        uses_render=bool(row.uses_render),
        is_demo=row.is_demo,
        day=row.snapshot_date,
        execution_id=row.execution_id,
        stars=row.stars,
        gained=row.stars_gained_7d,
        rank=row.rank_overall,
        momentum=row.momentum_score,
        days=tuple(gains.get(day) for day in _days_of(row)),
        place=place,
        among=among,
    )


def _days_of(row: RankedRepo) -> list[str]:
    """The last 30 that it has existed: before, there was nothing to be known."""
    born = row.created_at.date().isoformat() if row.created_at else ""
    return [day for day in day_names(row.snapshot_date, CHART_DAYS) if day >= born]


def alt_text(facts: CardFacts) -> str:
    """The card for who does not see it: everything on it, with whole names, in plain sentences."""
    sentences = [
        _closed(f"Card of the GitHub repository {_plain(facts.full_name, LONGEST_NAME)}"),
        _closed(_plain(facts.description, LONGEST_DESCRIPTION)),
        f"{_gained_sentence(facts)}{f', {_lower_first(facts.place_words)}' if facts.place_words else ''}.",
        f"{', '.join(f'{what} {value}' for what, value in facts.figures)}.",
        f"Bars: {facts.course_words}.",
        f"{', '.join(filter(None, [_plain(facts.language, 60), 'with a render.yaml' * facts.uses_render]))}.",
        f"{facts.source_words}.",
    ]
    return " ".join(_upper_first(sentence) for sentence in sentences if sentence.strip("."))


def ordinal(number: int) -> str:
    """2 is "2nd", 11 is "11th"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def file_name(full_name: str, shape: str, theme: str) -> str:
    """A name for the file that every system takes."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", full_name).strip(".-")[:100]
    return f"{plain or 'repository'}-{shape}-{theme}.png"


def _gained_sentence(facts: CardFacts) -> str:
    value = "an unknown number of" if facts.gained is None else gain(facts.gained)
    return f"{value} {facts.gained_words}"


def _telling(text: str) -> str:
    """The name as it can be drawn, "" where letters of it can't: without them it would be another's."""
    clean, whole = drawable(text), unicodedata.normalize("NFC", text[:LONGEST])
    is_whole = _letters(clean) == _letters(whole) > 0
    return clean if is_whole or clean == text else ""


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _plain(text: str, most: int) -> str:
    """In one line without signs that steer, cut at the end of a word where that is near."""
    signs = STEERING.sub("", text)
    signs = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in signs)
    line = " ".join(signs.split())
    if len(line) <= most:
        return line
    return f"{line[: most - 1].rsplit(' ', 1)[0] if ' ' in line[most - 40 : most - 1] else line[: most - 1]}…"


def _closed(sentence: str) -> str:
    return sentence if not sentence or sentence[-1] in ".!?…。！？" else f"{sentence}."


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
