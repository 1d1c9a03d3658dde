"""Badges for READMEs: which words, and the picture drawn around them. No database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import category
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.utils.html import format_html

from dashboard.ranking import repo_href
from dashboard.templatetags.figures import UNKNOWN, count, gain, one_decimal
from pipeline.models.analytics import RankedRepo
from trender.pictures.text import em_width

METRICS = ("rank", "momentum", "gain")
LABEL = "trender"
LONGEST_LABEL = 40
NOT_RANKED = "not ranked"

# Both halves are filled and their words white, so that a badge reads the same on a light page and on a dark one.
LABEL_COLOUR, KNOWN_COLOUR, NOT_RANKED_COLOUR = "3b4144", "0c6a75", "62676a"
TEXT_SIZE = 11
PAD = 6
# Other fonts are a little wider than the one measured with; textLength brings them to exactly this width.
ROOM = 1.04


@dataclass(frozen=True, slots=True)
class Wanted:
    metric: str = METRICS[0]
    label: str = LABEL


class BadgeForm(forms.Form):
    """Reads a badge's parameters."""

    metric = forms.ChoiceField(required=False, choices=[(name, name) for name in METRICS])
    label = forms.CharField(required=False)

    def clean_label(self) -> str:
        # Signs that steer, NUL and halves of characters would break the picture.
        printable = "".join(each for each in self.cleaned_data["label"] if category(each)[0] != "C")
        return printable.strip()[:LONGEST_LABEL]


def read_badge(params: Mapping[str, str]) -> Wanted:
    """What an address asks for; a badge has no room for notices, so what it can't read is left at its default."""
    form = BadgeForm(params)
    form.is_valid()
    chosen = form.cleaned_data
    return Wanted(chosen.get("metric") or METRICS[0], chosen.get("label") or LABEL)


@dataclass(frozen=True, slots=True)
class BadgePicture:
    """`colour` of the message's half is six hexadecimal digits."""

    label: str
    message: str
    colour: str

    def svg(self) -> str:
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="20" viewBox="0 0 {whole} 20" role="img"'
            ' aria-label="{label}: {message}"><title>{label}: {message}</title>'
            '<clipPath id="round"><rect width="{whole}" height="20" rx="3"/></clipPath>'
            '<g clip-path="url(#round)"><rect width="{split}" height="20" fill="#{dark}"/>'
            '<rect x="{split}" width="{rest}" height="20" fill="#{colour}"/></g>'
            '<g fill="#fff" font-family="Inter,Helvetica,Arial,sans-serif" font-size="{size}" font-weight="600">'
            '<text x="{pad}" y="14" textLength="{left}" lengthAdjust="spacingAndGlyphs">{label}</text>'
            '<text x="{start}" y="14" textLength="{right}" lengthAdjust="spacingAndGlyphs">{message}</text></g></svg>',
            **self._places(),
            label=self.label,
            message=self.message,
            colour=self.colour,
            dark=LABEL_COLOUR,
            size=TEXT_SIZE,
        )

    def _places(self) -> dict[str, float]:
        """Where the halves and their words begin and how wide they are, in pixels."""
        left, right = (round(em_width(text, TEXT_SIZE) * ROOM, 1) for text in (self.label, self.message))
        split, rest = round(left + 2 * PAD), round(right + 2 * PAD)
        start = {"pad": PAD, "start": split + PAD}
        return {"whole": split + rest, "split": split, "rest": rest, "left": left, "right": right} | start

    def endpoint(self) -> dict[str, Any]:
        """As https://shields.io/badges/endpoint-badge reads it."""
        return {"schemaVersion": 1, "label": self.label, "message": self.message, "color": self.colour}


def badge_picture(row: RankedRepo | None, wanted: Wanted) -> BadgePicture:
    if row is None:
        return BadgePicture(wanted.label, NOT_RANKED, NOT_RANKED_COLOUR)
    return BadgePicture(wanted.label, message(row, wanted.metric), KNOWN_COLOUR)


def message(row: RankedRepo, metric: str) -> str:
    """ "rank 12 · +392/7d", "momentum 80.3" or "+392 stars/7d"; an unknown gain is left out beside a rank."""
    gained = gain(row.stars_gained_7d)
    if metric == "momentum":
        return f"momentum {one_decimal(row.momentum_score)}"
    if metric == "gain":
        return f"{gained} stars/7d" if gained != UNKNOWN else "stars/7d unknown"
    rank = f"rank {count(row.rank_overall)}"
    return rank if gained == UNKNOWN else f"{rank} · {gained}/7d"


# -- What to paste ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Snippets:
    """Texts to paste elsewhere that show a repository's badge or card."""

    markdown: str
    html: str
    embed: str


def snippets(full_name: str) -> Snippets:
    base, path = settings.TRENDER_BASE_URL.rstrip("/"), quote(full_name)
    page, picture = f"{base}{repo_href(full_name)}", f"{base}/badge/{path}.svg"
    words = "Rank on Trender"
    return Snippets(
        markdown=f"[![{words}]({picture})]({page})",
        html=format_html('<a href="{}"><img src="{}" alt="{}" height="20"></a>', page, picture, words),
        embed=format_html(
            '<iframe src="{}/embed/{}/" title="{} on Trender" width="400" height="200" loading="lazy"></iframe>',
            *(base, path, full_name),
        ),
    )
