"""Reference data: the languages Trender follows or knows, and Render's service types. Adding one is one line."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A row of dim_languages; `stream` says that it has a search of its own, `framework` narrows that search."""

    name: str
    category: str
    ecosystem_size: str
    stream: bool = False
    framework: str | None = None

    @property
    def slug(self) -> str:
        """The word in addresses and stream names: "C++" is c-plus-plus."""
        return language_slug(self.name)


def language_slug(name: str) -> str:
    words = name.lower().replace("+", "-plus").replace("#", "-sharp").replace(".", "-dot-")
    return "-".join(re.findall(r"[a-z0-9]+", words))


LANGUAGES = {
    row.name: row
    for row in (
        Language("Python", "general", "large", stream=True),
        Language("TypeScript", "web", "large", stream=True, framework="nextjs"),
        Language("Go", "systems", "large", stream=True),
        Language("JavaScript", "web", "large"),
        Language("Ruby", "web", "medium"),
        Language("Rust", "systems", "medium"),
        Language("Elixir", "web", "small"),
        Language("PHP", "web", "large"),
        Language("Java", "general", "large"),
        Language("C#", "general", "large"),
    )
}

# Languages met for the first time in a run get a row with these words until somebody adds a line above.
UNLISTED_CATEGORY, UNLISTED_SIZE = "other", "unknown"

RENDER_SERVICES = {
    "web": "A web service that answers HTTP requests from the internet.",
    "worker": "A process that works in the background and answers no requests.",
    "cron": "A command that runs on a schedule.",
    "pserv": "A private service, reached only from the same network.",
    "static": "A static site served from a content network.",
    "keyvalue": "A Redis-compatible key value store.",
    "postgres": "A managed PostgreSQL database.",
    "workflow": "Tasks that are run as a durable workflow.",
}
