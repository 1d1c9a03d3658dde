"""The platforms that are compared, as data: which file, which name in a README, and what of theirs is not counted."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

GITHUB_SEARCH = "https://github.com/search"


@dataclass(frozen=True, slots=True)
class Platform:
    """`file` in a repository's root configures it, `domain` is its own; two searches are made of them.

    `not_counted` is a sentence on what others call it by, which the two searches do not find.
    """

    slug: str
    name: str
    file: str
    domain: str
    not_counted: str

    @property
    def file_query(self) -> str:
        """Of GitHub's code search as its API reads it."""
        return f"filename:{self.file} path:/"

    @property
    def readme_query(self) -> str:
        """Of GitHub's repository search."""
        return f'"{self.domain}" in:readme'

    @property
    def file_search_url(self) -> str:
        """The same question at github.com, whose code search has a language of its own."""
        return _search_url(f"path:/^{re.escape(self.file)}$/", "code")

    @property
    def readme_search_url(self) -> str:
        return _search_url(self.readme_query, "repositories")


def _search_url(query: str, kind: str) -> str:
    return f"{GITHUB_SEARCH}?{urlencode({'q': query, 'type': kind})}"


# One file each, so that each platform costs two requests. Railway reads two names; its sentence says so.
PLATFORMS = (
    Platform("render", "Render", "render.yaml", "render.com", "READMEs that only name an onrender.com address."),
    Platform("vercel", "Vercel", "vercel.json", "vercel.com", "READMEs that only name a vercel.app address."),
    Platform(
        "railway",
        "Railway",
        "railway.json",
        "railway.com",
        "The second name of Railway's file, railway.toml, and READMEs that only name a railway.app address, "
        "so that its figures are too low.",
    ),
    Platform("fly", "Fly.io", "fly.toml", "fly.io", "READMEs that only name a fly.dev address."),
)
BY_SLUG = {platform.slug: platform for platform in PLATFORMS}
