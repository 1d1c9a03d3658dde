"""What other sites can show of the ranking, and the texts to paste there. No database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.text import Truncator

from dashboard.og import absolute
from dashboard.ranking import repo_href

LONGEST_NAME = 300
THEMES = {"system": "Follows the reader", "light": "Light", "dark": "Dark"}
ADDRESS = "https://github.com/"
WORDS = "Rank on Trender"
# Pixels; where ranks have three digits and have moved, a line of the list takes two.
CARD, LIST = (400, 200), (400, 360)
DEFAULT_VALUES = {"q": "the first of the ranking", "theme": "follows the reader", "language": "all", "render": "all"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says. `q` names a repository or a part of its name; `language` is a slug."""

    q: str = ""
    theme: str = "system"
    language: str = ""
    render: bool = False

    def of(self, full_name: str) -> str:
        """The address of the same choice for another repository."""
        return with_query("", q=full_name, **self.of_list(), theme=self.theme)

    def of_list(self) -> dict[str, str]:
        return {"language": self.language, "render": "1" if self.render else ""}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text to paste into a `form` of file."""

    form: str
    text: str


@dataclass(frozen=True, slots=True)
class Widget:
    """`path` is what it shows, on this site; `size` its frame's (width, height), None for a picture."""

    slug: str
    name: str
    words: str
    path: str
    size: tuple[int, int] | None
    snippets: tuple[Snippet, ...]


class WidgetForm(forms.Form):
    """Reads the parameters; what it can't read is named in its errors."""

    q = forms.CharField(required=False, max_length=LONGEST_NAME)
    theme = forms.ChoiceField(required=False, choices=list(THEMES.items()))

    def __init__(self, data: QueryDict, languages: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["language"] = forms.ChoiceField(required=False, choices=list(languages.items()))
        self.fields["render"] = forms.ChoiceField(required=False, choices=[("1", "1"), ("0", "0")])


def read_choice(params: QueryDict, languages: Mapping[str, str]) -> tuple[Choice, list[str]]:
    """The choice an address makes, and a sentence for each part of it that says nothing here."""
    form = WidgetForm(params, languages)
    form.is_valid()
    good: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value}
    if "render" in good:
        good["render"] = good["render"] == "1"
    if "q" in good:
        good["q"] = good["q"].removeprefix(ADDRESS).strip("/")
    notices = [_notice(name, params.get(name, "")) for name in form.errors]
    return replace(Choice(), **good), notices


def _notice(name: str, given: str) -> str:
    return f"“{Truncator(given).chars(40)}” is no {name} this page knows; it shows {DEFAULT_VALUES[name]}."


def not_found(q: str) -> str:
    return f"No repository of the current ranking is called “{Truncator(q).chars(40)}”; this is the first of it."


# -- The widgets -----------------------------------------------------------------------------------------------


def card(full_name: str, theme: str) -> Widget:
    path = with_query(f"/embed/{quote(full_name)}/", theme=theme)
    words = "Rank, stars, stars gained in 7 days and momentum of one repository."
    return Widget("card", "Card of a repository", words, path, CARD, (frame(path, f"{full_name} on Trender", CARD),))


def top(choice: Choice, language: str) -> Widget:
    """`language` is the name that choice.language stands for."""
    path = with_query("/embed/top/", **choice.of_list(), theme=choice.theme)
    which = f"{language} repositories" if language else "repositories"
    words = f"The five {which}{' with Render' if choice.render else ''} that have the most momentum now."
    title = f"{language} repositories gaining momentum, by Trender".strip()
    return Widget("top", "List of five", words, path, LIST, (frame(path, title[0].upper() + title[1:], LIST),))


def badge(full_name: str) -> Widget:
    path = f"/badge/{quote(full_name)}.svg"
    page, picture = absolute(repo_href(full_name)), absolute(path)
    words = "Rank and stars gained in 7 days, the same picture on light pages and on dark ones."
    html = format_html('<a href="{}"><img src="{}" alt="{}" height="20"></a>', page, picture, WORDS)
    snippets = (
        Snippet("Markdown", f"[![{WORDS}]({picture})]({page})"),
        Snippet("HTML", str(html)),
        Snippet("reStructuredText", f".. image:: {picture}\n   :target: {page}\n   :alt: {WORDS}"),
    )
    return Widget("badge", "Badge", words, path, None, snippets)


def frame(path: str, title: str, size: tuple[int, int]) -> Snippet:
    html = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy"></iframe>', absolute(path), title, *size
    )
    return Snippet("HTML", str(html))


def with_query(path: str, **pairs: str) -> str:
    """The path with those of `pairs` that say something; a card follows the reader's theme by itself."""
    said = {name: value for name, value in pairs.items() if value and value != "system"}
    return f"{path}?{urlencode(said)}" if said else path
