"""What other sites show when they link to a page (Open Graph): one line in a view, templates/_og.html does the rest."""

from urllib.parse import quote

from django.conf import settings

from dashboard.languages import language_slug
from dashboard.ranking import repo_href

LONGEST_DESCRIPTION = 200


def open_graph(title: str, description: str = "", picture: str = "home", path: str = "") -> dict[str, str]:
    """The context of templates/_og.html.

    `picture` is one of dashboard.pictures.PAGES or "language-<slug>"; `path` the page's address without a choice of
    the reader's, left out where there is no such thing.
    """
    return {
        "og_title": title,
        "og_description": _shortened(description),
        "og_image": f"/og/{quote(picture)}.png",
        "og_path": path,
    }


def open_graph_language(language: str) -> dict[str, str]:
    slug = language_slug(language)
    words = f"The {language} repositories with the most momentum on GitHub, read every hour."
    return open_graph(f"{language} on Trender", words, f"language-{slug}", f"/language/{slug}/")


def open_graph_repo(full_name: str, description: str | None) -> dict[str, str]:
    words = description or "Rank, stars gained and momentum, read from GitHub every hour."
    picture = {"og_image": f"/og/repo/{quote(full_name)}.png"}
    return open_graph(f"{full_name} on Trender", words, path=repo_href(full_name)) | picture


def absolute(path: str) -> str:
    return settings.TRENDER_BASE_URL.rstrip("/") + path


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 1].rstrip()}…"
