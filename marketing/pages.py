"""The pages for marketing as data, and what all of them say around their subject."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.frame import Frame
from dashboard.og import open_graph
from dashboard.queries.languages import Coverage
from dashboard.queries.publication import publication_without_next_run

ROOT = "/for-marketing/"
NO_COVERAGE = Coverage({}, None, None)


@dataclass(frozen=True, slots=True)
class MarketingPage:
    """One page: `tab` is its name in the list of pages, `heading` its own, `lead` what is on it."""

    slug: str
    tab: str
    heading: str
    lead: str

    @property
    def path(self) -> str:
        return f"{ROOT}{self.slug}/" if self.slug else ROOT


PAGES = (
    MarketingPage(
        "",
        "Overview",
        "For marketing",
        "What there is to post, write and show, with the run and the rows that prove it.",
    ),
    MarketingPage(
        "cards",
        "Cards",
        "Social cards",
        "Pictures of the week's top community projects with a render.yaml, and of any repository, in two shapes "
        "and two themes.",
    ),
    MarketingPage(
        "stories",
        "Stories",
        "Success stories",
        "Repositories that use Render and grow fast enough to tell about, with the facts as sentences.",
    ),
    MarketingPage(
        "platforms",
        "Platforms",
        "Platform comparison",
        "How many public repositories show signs of Render, Vercel, Railway and Fly.io, counted by GitHub's search.",
    ),
    MarketingPage(
        "blueprints",
        "Blueprints",
        "Blueprint metrics",
        "Repositories with a Deploy to Render button, and how deploys of one's own services went.",
    ),
    MarketingPage(
        "blog",
        "Blog",
        "Monthly blog draft",
        "A draft for each month in Markdown, with numbers that carry their links.",
    ),
    MarketingPage(
        "widgets",
        "Widgets",
        "Widgets",
        "Cards, lists and badges for other sites, ready to copy.",
    ),
    MarketingPage(
        "exports",
        "Exports",
        "Exports",
        "The same rows as files, in CSV, JSON and XLSX.",
    ),
)
BY_SLUG = {page.slug: page for page in PAGES}


def page_context(slug: str, now: datetime, notices: list[str] | None = None) -> dict[str, Any]:
    """What templates/marketing/base.html needs for the page with this slug, "" for the hub; two queries.

    The names of Frame.context() are among them, and `run_id`: the run that readers see, None before there is one.
    """
    seen = publication_without_next_run()
    page = BY_SLUG[slug]
    context = Frame(now, seen, NO_COVERAGE, notices or []).context()
    context |= {"section": "marketing", "pages": PAGES, "page": page}
    context["run_id"] = seen.published.execution.execution_id if seen.published else None
    return context | open_graph(f"{page.heading} on Trender", page.lead, "home", page.path)
