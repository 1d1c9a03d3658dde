"""Pieces of a row as HTML: what tables, cards and short lists repeat a hundred times on a page.

Made here rather than by template tags, because a page of a hundred rows spends most of its time on them; everything
that is not a number goes through format_html, which escapes it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.charts import Sparkline
from dashboard.ranking import Badge, Entry, Movement, web_link
from dashboard.templatetags.figures import UNKNOWN, count, gain, one_decimal

MUTED_UNKNOWN = SafeString(f'<span class="muted">{UNKNOWN}</span>')


@dataclass(frozen=True, slots=True)
class Cells:
    """The pieces of one row, all of them safe to put into a page as they are."""

    entry: Entry
    rank: SafeString
    name: SafeString
    badges: SafeString
    language: SafeString
    stars: SafeString
    gained: SafeString
    sparkline: SafeString
    momentum: SafeString
    description: str


def cells(entries: Sequence[Entry]) -> list[Cells]:
    return [
        Cells(
            entry=entry,
            rank=rank_cell(entry.rank, entry.movement),
            name=name_link(entry.href, entry.owner, entry.name),
            badges=badge_list(entry.badges),
            language=language_link(entry.repo.language, entry.language_href),
            stars=number(count(entry.repo.stars)),
            gained=number(gain(entry.gained)),
            sparkline=spark(entry.sparkline),
            momentum=momentum_cell(entry.repo.momentum_score, entry.momentum_share),
            description=entry.description,
        )
        for entry in entries
    ]


def table_rows(rows: Sequence[Cells]) -> SafeString:
    """The body of the ranking's table."""
    return table_body(
        [row.rank, title_cell(row.name, row.badges, row.description), row.language, row.stars, row.gained,
         row.sparkline, row.momentum]
        for row in rows
    )  # fmt: skip


def table_body(rows: Iterable[Sequence[SafeString]]) -> SafeString:
    """Rows of cells; what a cell looks like hangs on its place, so that no cell repeats it."""
    return SafeString("".join(f'<tr class="row"><td>{"</td><td>".join(cells)}</td></tr>\n' for cells in rows))


def title_cell(name: SafeString, badges: SafeString, description: str) -> SafeString:
    """A repository's name with its badges and, as text, what it says about itself."""
    return SafeString(
        f'<div class="row__title">{name}{badges}</div><p class="row__description"><bdi>{escape(description)}</bdi></p>'
    )


def number(text: str) -> SafeString:
    """A figure as the filters write it: it holds digits and signs only."""
    return MUTED_UNKNOWN if text == UNKNOWN else SafeString(text)


def rank_cell(rank: int | None, movement: Movement | None) -> SafeString:
    """The rank and its movement; both are numbers and our own words only."""
    if rank is None or movement is None:
        return number(count(rank))
    title = f' title="{movement.title}"' if movement.places else ""
    return SafeString(f'{rank:,}<span class="move move--{movement.kind}"{title}>{movement.text}</span>')


def name_link(href: str, owner: str, name: str) -> SafeString:
    return format_html('<a class="row__name" href="{}"><bdi><span>{}/</span>{}</bdi></a>', href, owner, name)


def badge_list(badges: Sequence[Badge]) -> SafeString:
    if not badges:
        return SafeString("")
    items = (
        format_html('<li class="badge badge--{}" title="{}">{}</li>', badge.kind, badge.title, badge.text)
        for badge in badges
    )
    return SafeString(f'<ul class="badges">{"".join(items)}</ul>')


def language_link(language: str | None, href: str | None) -> SafeString:
    if language is None:
        return MUTED_UNKNOWN
    return format_html('<a href="{}">{}</a>', href, language) if href else format_html("{}", language)


def spark(line: Sparkline | None) -> SafeString:
    """The line as SVG with its text alternative. It holds numbers and our own words only."""
    if line is None:
        return MUTED_UNKNOWN
    drawn = f'<path d="{line.path}"/><circle cx="{line.last_x}" cy="{line.last_y}" r="2"/>' if line.path else ""
    box = f"0 0 {line.width} {line.height}"
    return SafeString(f'<svg class="spark" viewBox="{box}" role="img" aria-label="{line.text}">{drawn}</svg>')


def momentum_cell(score: Decimal | None, share: float | None) -> SafeString:
    """The score, and its share of the list's highest as a bar that says nothing the number does not."""
    if score is None:
        return MUTED_UNKNOWN
    bar = "" if share is None else f'<progress class="bar" max="100" value="{share}" aria-hidden="true"></progress>'
    return SafeString(one_decimal(score) + bar)


def external_link(url: str | None, words: str) -> SafeString:
    """A link that leads away from here, if the address is one of the web; else the words alone."""
    href = web_link(url)
    if href is None:
        return format_html("{}", words)
    return format_html('<a href="{}" rel="noopener noreferrer nofollow ugc">{}</a>', href, words)
