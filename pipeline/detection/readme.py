"""Reads a README: whether it offers to deploy to Render, and how much of a documentation it is."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from urllib.parse import urlsplit

from pipeline.detection.kept import kept
from pipeline.detection.untrusted import clean_text

MAX_CHARACTERS = 512 * 1024
MAX_URL = 500

_HOST = "render.com"
_HOSTS = frozenset({_HOST, f"www.{_HOST}"})
_CONTEXT = 200

# Every pattern here either starts with fixed characters or is tried at one place only, and none nests repetitions: the
# time stays linear in the length of the text. Where most texts hold nothing to find, a plain search asks first.
_URL = re.compile(r"[hH][tT][tT][pP][sS]?://[^\s<>\"'`()\[\]{}|\\^]+")
_LINK_BEFORE_URL = re.compile(
    r"""(?: \]\([ \t]{0,9}<?                        # Markdown: [text](url
        | ^[ ]{0,3}\[[^\]\n]*\]:[ \t]{0,9}\n?<?     # Markdown: [label]: url
        | \bhref[ ]{0,9}=[ ]{0,9}["']?[ ]{0,9}      # HTML: <a href="url
        | :target:[ \t]{0,9}                        # reStructuredText: an image's target
        | ^\.\.[ ]_[^\n]*:[ \t]{0,9}                # reStructuredText: .. _label: url
        | <                                         # <url>, and reStructuredText's `text <url>`_
        )\Z""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w-])(?:on)?render\.com(?![\w-]|\.\w)", re.IGNORECASE)
_INLINE_CODE = re.compile(r"(`(?<!``)`?)(?!`)[^`\n]*\1(?!`)_*")


@dataclass(frozen=True, slots=True)
class Readme:
    """What a README says; of a text longer than 512 K characters only that much is read."""

    has_deploy_button: bool
    deploy_button_url: str | None
    """The first one, at most 500 characters, http or https at render.com."""
    mentions_render: bool
    """A render.com or onrender.com address appears anywhere."""
    documentation_score: Decimal
    """0.0 to 10.0, see `score_documentation`."""


@kept
def read_readme(text: str) -> Readme:
    """Read a README in Markdown, HTML or reStructuredText. Never raises.

    A deploy button is a link to https://render.com/deploy or below it. What stands in a code block, in inline code or
    in a comment is not shown as a link and does not count, nor does an image's own address.
    """
    text = clean_text(text[:MAX_CHARACTERS])
    lines, code_blocks = _without_code_blocks(text)
    # Code goes first: a comment's opening mark may be quoted in it.
    prose = _without_comments(_INLINE_CODE.sub(_keep_rst_link, "\n".join(lines)))
    url = next(_deploy_links(prose), None)
    return Readme(
        has_deploy_button=url is not None,
        deploy_button_url=url,
        mentions_render=_HOST in text.lower() and _MENTION.search(text) is not None,
        documentation_score=score_documentation(prose, code_blocks),
    )


# --- the button -------------------------------------------------------------------------------------------------------


def is_deploy_url(url: str) -> bool:
    """Tell whether a URL leads to Render's deploy page: that host exactly, and /deploy or a path below it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # The whole authority is compared, so a user name or a port in it makes it somewhere else.
    is_render = parts.scheme in {"http", "https"} and parts.netloc.lower() in _HOSTS
    return is_render and (parts.path == "/deploy" or parts.path.startswith("/deploy/"))


def _deploy_links(prose: str) -> Iterator[str]:
    for match in _URL.finditer(prose):
        url = html.unescape(match[0])
        if _HOST not in url.lower() or len(url) > MAX_URL:
            continue
        if _URL.fullmatch(url) and is_deploy_url(url) and _is_linked(prose, match.start()):
            yield url


def _is_linked(prose: str, start: int) -> bool:
    before = prose[max(0, start - _CONTEXT) : start]
    return _LINK_BEFORE_URL.search(before) is not None and not _is_markdown_image(before)


def _is_markdown_image(before: str) -> bool:
    """Tell whether the "](" at the end closes the text of an image: ![text](url."""
    opening = before.rstrip("< \t")
    if not opening.endswith("]("):
        return False
    depth = 0
    for place in range(len(opening) - 2, -1, -1):
        depth += {"]": 1, "[": -1}.get(opening[place], 0)
        if depth == 0:
            return place > 0 and opening[place - 1] == "!"
    return False


# --- what is prose ----------------------------------------------------------------------------------------------------


def _without_code_blocks(text: str) -> tuple[list[str], int]:
    """Return the lines outside fenced code and the number of fences; one that is never closed runs to the end."""
    outside: list[str] = []
    blocks = 0
    fence = ""
    for line in text.splitlines():
        marker = _fence_marker(line) if "```" in line or "~~~" in line else ""
        if fence:
            if marker.startswith(fence) and line.strip() == marker:
                fence = ""
        elif marker:
            fence = marker
            blocks += 1
        else:
            outside.append(line)
    return outside, blocks


def _fence_marker(line: str) -> str:
    """Return the run of three or more backticks or tildes that a line begins with, or nothing."""
    stripped = line.strip()
    character = stripped[:1]
    if character not in {"`", "~"} or not stripped.startswith(character * 3):
        return ""
    marker = stripped[: len(stripped) - len(stripped.lstrip(character))]
    # ```code``` on one line is inline code.
    return "" if character == "`" and "`" in stripped[len(marker) :] else marker


def _without_comments(text: str) -> str:
    """Return the text without HTML comments; one that is never closed hides the rest, as in a browser."""
    pieces: list[str] = []
    place = 0
    while (start := text.find("<!--", place)) >= 0:
        pieces.append(text[place:start])
        end = text.find("-->", start + 4)
        if end < 0:
            return "".join(pieces)
        place = end + 3
    pieces.append(text[place:])
    return "".join(pieces)


def _keep_rst_link(match: re.Match[str]) -> str:
    """Keep `text <url>`_, which is a link in reStructuredText, and drop other inline code."""
    return match[0] if match[0].endswith("_") else ""


# --- documentation ----------------------------------------------------------------------------------------------------

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)|\s*<h[1-6](?:\s[^>]*)?>(.*)", re.IGNORECASE)
_HEADING_BEGINS = ("#", "<h", "<H")
_UNDERLINE = re.compile(r"([=\-~^*+\"])\1{2,}\s*")
_UNDERLINE_BEGINS = tuple('=-~^*+"')
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])[ \t]+\S")
_PLAIN_SENTENCE = re.compile(r"\w[^|]{40}")
# Searched for in small letters: a pattern that cares for capitals goes through a text several times as fast.
_TOPICS = tuple(
    re.compile(pattern)
    for pattern in (
        r"install|set ?-?up|get(ting)? started|quick ?-?start|requirements",
        r"\busage|\buse\b|\busing\b|example|tutorial|how to|guide|\bapi\b|command",
        r"deploy|hosting|production|docker",
        r"contribut|develop|community|support",
        r"licen[cs]e|licensing|copyright",
    )
)
_FIRST_LINES = 40
_FEWEST_ITEMS = 3


def score_documentation(prose: str, code_blocks: int) -> Decimal:
    """Return how much a reader finds, 0.0 to 10.0 with one decimal.

    The sum of: 0.25 for 400 characters outside code (at most 2.0); 0.25 a heading (1.5); 0.5 for each of five subjects
    that a heading names: installing, using, deploying, taking part, licence (2.5); 0.5 a code block (1.5); 0.1 a link
    (1.0); 0.25 an image or badge (0.5); 0.25 for a list of three items and 0.25 for a table; 0.5 for a sentence near
    the top that says what it is.
    """
    lines = prose.splitlines()
    headings = list(_headings(lines))
    named = "\n".join(headings).lower()
    hundredths = (
        min(25 * (len(prose) // 400), 200)
        + min(25 * len(headings), 150)
        + 50 * sum(topic.search(named) is not None for topic in _TOPICS)
        + min(50 * (code_blocks + prose.count("\n.. code")), 150)
        + min(10 * _count_links(prose), 100)
        + min(25 * (prose.count("![") + prose.count("<img") + prose.count(".. image::")), 50)
        + 25 * _has_list(lines)
        + 25 * ("|" in prose and any(line.lstrip().startswith("|") for line in lines))
        + 50 * any(_PLAIN_SENTENCE.match(line) for line in lines[:_FIRST_LINES])
    )
    return Decimal(hundredths).scaleb(-2).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _headings(lines: list[str]) -> Iterator[str]:
    """Yield the headings: # Markdown, <h1> HTML, and a line of text over a line of === or ---."""
    previous = ""
    for line in lines:
        match = _HEADING.match(line) if line.lstrip().startswith(_HEADING_BEGINS) else None
        if match:
            yield (match[1] or match[2])[:200]
        elif line.startswith(_UNDERLINE_BEGINS) and _underlines(line, previous):
            yield previous.strip()[:200]
        previous = line


def _underlines(line: str, previous: str) -> bool:
    return bool(previous.strip() and _UNDERLINE.fullmatch(line) and not _UNDERLINE.fullmatch(previous))


def _has_list(lines: list[str]) -> bool:
    items = (line for line in lines if _LIST_ITEM.match(line))
    return sum(1 for _ in islice(items, _FEWEST_ITEMS)) == _FEWEST_ITEMS


def _count_links(prose: str) -> int:
    return prose.count("](") + prose.count("href=") + prose.count(">`_") + prose.count("]: http")
