"""The searches that find repositories, as GitHub's search reads them."""

from datetime import date, timedelta

ESTABLISHED_DAYS = 30
RISING_DAYS = 180
SEARCH_PAGE = 100
SEARCH_RESULTS = 1000

RENDER_FILE_SEARCH = "filename:render.yaml path:/"
RENDER_README_SEARCH = '"render.com" in:readme'


def established(language: str, today: date) -> str:
    """Repositories of a language with a push in the last 30 days."""
    return f"language:{_word(language)} pushed:>={today - timedelta(days=ESTABLISHED_DAYS)}"


def rising(language: str, today: date) -> str:
    """Repositories of a language created in the last 180 days."""
    return f"language:{_word(language)} created:>={today - timedelta(days=RISING_DAYS)}"


def topic(name: str) -> str:
    return f"topic:{name}"


def _word(text: str) -> str:
    """A qualifier's value; names of more than one word stand in quotes."""
    return f'"{text}"' if " " in text else text
